-- Outside a transaction
-- A process looks for what is due for its own handlers, one after the other, so tasks of a service that is away cost nobody
-- else anything. In byte order, so that the handlers with one prefix are one range whatever the database's collation is.
drop index concurrently if exists doran.tasks_due_by_handler;
create index concurrently tasks_due_by_handler on doran.tasks (handler collate "C", run_at) where state = 'ready';
-- The planner would prefer it to the one above, and walk through everybody's tasks.
drop index concurrently if exists doran.tasks_due;
