-- The name as a reader sees it: `skeleton` in names.ts. Null until the job `compare-names` has seen the row. Names that looked
-- the same before this was compared keep working: all but one have the id behind their skeleton.
alter table "user".profiles add column username_skeleton text;
