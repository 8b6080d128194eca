-- Counts the changes of an account's roles, so that news of them that arrives late changes nothing.
alter table auth.accounts add column role_version integer not null default 0;
