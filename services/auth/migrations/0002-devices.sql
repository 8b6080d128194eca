-- Devices that have signed in to an account: wrong passwords of others do not make them wait.
create table auth.devices (
  -- SHA-256 of the token that the device keeps.
  hash         bytea primary key,
  user_id      uuid not null references auth.accounts (user_id),
  last_used_at timestamptz not null default now()
);

create index devices_of_user on auth.devices (user_id, last_used_at);
create index devices_by_time on auth.devices (last_used_at);
