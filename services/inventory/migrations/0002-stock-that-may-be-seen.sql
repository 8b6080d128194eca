-- Whether buyers may know of the SKU: not while only drafts have had it.
alter table inventory.stock add column is_public boolean not null default true;
