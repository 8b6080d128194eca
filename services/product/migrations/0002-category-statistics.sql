-- PostgreSQL takes no statistics from expressions in partial indexes. Without them it believes that every category
-- holds half a percent of all products, and then searches words within one the slow way.
create statistics product.listings_category_1 on (category_path[1]) from product.listings;
create statistics product.listings_category_2 on (category_path[2]) from product.listings;
create statistics product.listings_category_3 on (category_path[3]) from product.listings;
create statistics product.listings_category_4 on (category_path[4]) from product.listings;
