-- A SKU stays with the seller who used it first, also when no variant has it any more: stock and past orders know it
-- by its name.
create table product.skus (
  sku       text primary key,
  seller_id uuid not null references product.sellers
);
insert into product.skus (sku, seller_id)
select v.sku, p.seller_id from product.variants v join product.products p on p.id = v.product_id;
