-- Which process claimed the task last, for people who look.
alter table doran.tasks add column holder text;
