-- Names and texts are {"ko": …, "en": …}. Money is in minor units of the currency. Times have the milliseconds
-- that the API shows and no more, so that a cursor made from one finds its place again.

create table product.sellers (
  id         uuid primary key,
  slug       text not null unique,
  name       jsonb not null,
  about      jsonb not null,
  version    integer not null default 1,
  updated_at timestamptz(3) not null default now()
);

create table product.brands (
  slug text primary key,
  name jsonb not null
);

-- `path` holds the slugs from the topmost category to this one, so descendants are found by one element.
create table product.categories (
  slug     text primary key,
  name     jsonb not null,
  parent   text references product.categories,
  position integer not null,
  path     text[] not null check (cardinality(path) between 1 and 4 and path[cardinality(path)] = slug)
);

create table product.products (
  id          uuid primary key,
  seller_id   uuid not null references product.sellers,
  key         text not null,
  state       text not null check (state in ('draft', 'on-sale', 'stopped')),
  category    text not null references product.categories,
  brand       text references product.brands,
  name        jsonb not null,
  description jsonb not null,
  attributes  jsonb not null,
  images      jsonb not null,
  options     jsonb not null,
  version     integer not null default 1,
  created_at  timestamptz(3) not null default now(),
  updated_at  timestamptz(3) not null default now(),
  unique (seller_id, key)
);
create index products_export on product.products (seller_id, id);
create index products_category on product.products (category);
create index products_brand on product.products (brand);

create table product.variants (
  sku              text primary key,
  product_id       uuid not null references product.products on delete cascade,
  position         integer not null,
  price            bigint not null check (price >= 0),
  compare_at_price bigint check (compare_at_price > price),
  currency         text not null check (currency = 'KRW'),
  options          text[] not null
);
create index variants_product on product.variants (product_id, position);

-- What a text is searched by: every pair of neighbouring characters in its words, and every single character
-- that is not Latin, because one Korean syllable can be a word. Trigrams would miss words of one and two
-- syllables, which in Korean are the most usual ones.
create function product.grams(content text) returns text[]
  language sql immutable strict parallel safe cost 10000
  return (
    select coalesce(array_agg(distinct gram), '{}')
    from regexp_split_to_table(content, '\s+') word,
         lateral (
           select substr(word, i, 2) as gram from generate_series(1, length(word) - 1) i
           union all
           select c from regexp_split_to_table(word, '') c where c collate "C" > '⺀'
         ) grams
  );

-- Read models: written in the transaction of each change, so that a list is one walk along an index and a
-- product's page is one row.
create table product.listings (
  product_id    uuid primary key references product.products on delete cascade,
  seller_id     uuid not null,
  state         text not null,
  brand         text,
  category_path text[] not null,
  name          text collate "C" not null,
  price_from    bigint not null,
  search_text   text not null,
  created_at    timestamptz(3) not null,
  summary       jsonb not null
);

create table product.details (
  product_id uuid primary key references product.products on delete cascade,
  detail     jsonb not null
);

create index listings_of_seller on product.listings (seller_id, created_at, product_id);
create index listings_search on product.listings using gin (product.grams(search_text)) where state = 'on-sale';

-- Each filter that leads a list, with each order.
create index listings_newest on product.listings (created_at, product_id) where state = 'on-sale';
create index listings_price on product.listings (price_from, product_id) where state = 'on-sale';
create index listings_name on product.listings (name, product_id) where state = 'on-sale';

create index listings_seller_newest on product.listings (seller_id, created_at, product_id) where state = 'on-sale';
create index listings_seller_price on product.listings (seller_id, price_from, product_id) where state = 'on-sale';
create index listings_seller_name on product.listings (seller_id, name, product_id) where state = 'on-sale';

create index listings_brand_newest on product.listings (brand, created_at, product_id) where state = 'on-sale' and brand is not null;
create index listings_brand_price on product.listings (brand, price_from, product_id) where state = 'on-sale' and brand is not null;
create index listings_brand_name on product.listings (brand, name, product_id) where state = 'on-sale' and brand is not null;

create index listings_category_1_newest on product.listings ((category_path[1]), created_at, product_id) where state = 'on-sale';
create index listings_category_1_price on product.listings ((category_path[1]), price_from, product_id) where state = 'on-sale';
create index listings_category_1_name on product.listings ((category_path[1]), name, product_id) where state = 'on-sale';
create index listings_category_2_newest on product.listings ((category_path[2]), created_at, product_id) where state = 'on-sale' and category_path[2] is not null;
create index listings_category_2_price on product.listings ((category_path[2]), price_from, product_id) where state = 'on-sale' and category_path[2] is not null;
create index listings_category_2_name on product.listings ((category_path[2]), name, product_id) where state = 'on-sale' and category_path[2] is not null;
create index listings_category_3_newest on product.listings ((category_path[3]), created_at, product_id) where state = 'on-sale' and category_path[3] is not null;
create index listings_category_3_price on product.listings ((category_path[3]), price_from, product_id) where state = 'on-sale' and category_path[3] is not null;
create index listings_category_3_name on product.listings ((category_path[3]), name, product_id) where state = 'on-sale' and category_path[3] is not null;
create index listings_category_4_newest on product.listings ((category_path[4]), created_at, product_id) where state = 'on-sale' and category_path[4] is not null;
create index listings_category_4_price on product.listings ((category_path[4]), price_from, product_id) where state = 'on-sale' and category_path[4] is not null;
create index listings_category_4_name on product.listings ((category_path[4]), name, product_id) where state = 'on-sale' and category_path[4] is not null;
