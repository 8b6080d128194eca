-- The processes that are running, in the database that all of them share. A row whose heart no longer beats counts as gone.
create table doran.instances (
  id         text primary key,
  -- where the others reach it
  url        text not null,
  services   text[] not null,
  version    text not null,
  state      text not null check (state in ('ready', 'leaving')),
  started_at timestamptz not null default now(),
  seen_at    timestamptz not null default now()
);
