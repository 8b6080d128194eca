-- A change of a number in the listings is a new entry in every index of theirs, the slow one of words included. So
-- sales are only noted here, where they wait for nobody, and are counted into the listings once a minute: a product
-- that sells every second then costs as much as one that sold once.
create table product.sales (
  product_id uuid not null,
  -- negative for what was cancelled
  units      integer not null
);
create index sales_product on product.sales (product_id);

alter table product.listings add column sold bigint not null default 0 check (sold >= 0);

create index listings_popular on product.listings (sold, created_at, product_id) where state = 'on-sale';
create index listings_seller_popular on product.listings (seller_id, sold, created_at, product_id) where state = 'on-sale';
create index listings_brand_popular on product.listings (brand, sold, created_at, product_id) where state = 'on-sale' and brand is not null;
create index listings_category_1_popular on product.listings ((category_path[1]), sold, created_at, product_id) where state = 'on-sale';
create index listings_category_2_popular on product.listings ((category_path[2]), sold, created_at, product_id) where state = 'on-sale' and category_path[2] is not null;
create index listings_category_3_popular on product.listings ((category_path[3]), sold, created_at, product_id) where state = 'on-sale' and category_path[3] is not null;
create index listings_category_4_popular on product.listings ((category_path[4]), sold, created_at, product_id) where state = 'on-sale' and category_path[4] is not null;

-- Whether a brand has anything on sale in a category of any level.
create index listings_brand_category on product.listings
  (brand, (category_path[1]), (category_path[2]), (category_path[3]), (category_path[4]))
  where state = 'on-sale' and brand is not null;
