-- Outside a transaction
drop index concurrently if exists product.listings_name_ko;
create index concurrently listings_name_ko on product.listings (name collate product.names_ko, product_id) where state = 'on-sale';
drop index concurrently if exists product.listings_name_en;
create index concurrently listings_name_en on product.listings ((summary->'name'->>'en') collate product.names_en, product_id) where state = 'on-sale';
drop index concurrently if exists product.listings_seller_name_ko;
create index concurrently listings_seller_name_ko on product.listings (seller_id, name collate product.names_ko, product_id) where state = 'on-sale';
drop index concurrently if exists product.listings_brand_name_ko;
create index concurrently listings_brand_name_ko on product.listings (brand, name collate product.names_ko, product_id) where state = 'on-sale' and brand is not null;
drop index concurrently if exists product.listings_category_1_name_ko;
create index concurrently listings_category_1_name_ko on product.listings ((category_path[1]), name collate product.names_ko, product_id) where state = 'on-sale';
drop index concurrently if exists product.listings_category_2_name_ko;
create index concurrently listings_category_2_name_ko on product.listings ((category_path[2]), name collate product.names_ko, product_id) where state = 'on-sale' and category_path[2] is not null;
drop index concurrently if exists product.listings_category_3_name_ko;
create index concurrently listings_category_3_name_ko on product.listings ((category_path[3]), name collate product.names_ko, product_id) where state = 'on-sale' and category_path[3] is not null;
drop index concurrently if exists product.listings_category_4_name_ko;
create index concurrently listings_category_4_name_ko on product.listings ((category_path[4]), name collate product.names_ko, product_id) where state = 'on-sale' and category_path[4] is not null;
drop index concurrently if exists product.listings_search_form;
create index concurrently listings_search_form on product.listings (product_id) where search_form = 1;
