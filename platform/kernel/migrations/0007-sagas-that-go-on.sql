-- Outside a transaction
-- Since when every attempt has failed; null for a task that has not failed since it last got anywhere. Whoever uses the
-- table does not wait for the column: the migration gives way and begins anew.
set lock_timeout = '500ms';
alter table doran.tasks add column if not exists failing_since timestamptz;
set lock_timeout = 0;
drop index concurrently if exists doran.tasks_failing;
create index concurrently tasks_failing on doran.tasks (failing_since) where failing_since is not null;

-- Finished sagas, to be forgotten. By a column that no step changes, so that steps need no entries in the indexes.
drop index concurrently if exists doran.sagas_finished;
create index concurrently sagas_finished on doran.sagas (created_at) where state in ('done', 'undone');
