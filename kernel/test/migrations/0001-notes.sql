create table note.notes (id text primary key, text text not null, state text);
