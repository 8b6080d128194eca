-- How often the event was handled here, counted by the transaction that handles it. Null: not watched, because it came before
-- this was counted, or because an operator gave its task up.
alter table doran.inbox add column handled integer;
alter table doran.inbox alter column handled set default 0;

-- What was published before a subscriber in another database was known has not been handed on to it.
alter table doran.subscriptions add column since timestamptz not null default now();
