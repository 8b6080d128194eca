create table note.notes (
  id    text primary key,
  text  text not null,
  state text not null default 'written',
  -- how often the service was told of it
  told  integer not null default 0
);
