-- In which lane the events of this subscription wait: `urgent`, `events` or `bulk`.
alter table doran.subscriptions add column lane text not null default 'events';
