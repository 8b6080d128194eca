-- Which share of the requests for an operation goes to another target than the service itself, for example to a system
-- that is being replaced, or to a new version that is being tried.
create table gateway.routes (
  operation  text not null,
  -- URL without a path
  target     text not null,
  -- of a hundred
  share      integer not null check (share between 1 and 100),
  updated_at timestamptz not null default now(),
  primary key (operation, target)
);
