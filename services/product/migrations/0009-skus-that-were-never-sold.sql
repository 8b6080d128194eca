-- A SKU that was never on sale, and that no variant has any more, may be taken by another seller. Of those from before this nobody knows.
alter table product.skus add column was_on_sale boolean not null default true;
