-- Outside a transaction
-- Since when every attempt has failed; null for a task that has not failed since it last got anywhere.
alter table doran.tasks add column if not exists failing_since timestamptz;
drop index concurrently if exists doran.tasks_failing;
create index concurrently tasks_failing on doran.tasks (failing_since) where failing_since is not null;

-- Finished sagas, in the order in which they are forgotten.
drop index concurrently if exists doran.sagas_finished;
create index concurrently sagas_finished on doran.sagas (updated_at) where state in ('done', 'undone');
