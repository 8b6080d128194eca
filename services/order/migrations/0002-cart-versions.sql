-- Counts what has been done to a cart's lines, so that whoever changes one knows whether they are still those that were read.
alter table "order".carts add column version integer not null default 0;
-- Room for the changes of a cart beside it: each is a new row, and one on the same page needs no entries in the indexes.
alter table "order".carts set (fillfactor = 70);
