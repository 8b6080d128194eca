-- Names in the order of the reader's language, numbers within them by their value: 9호 before 10호.
create collation product.names_ko (provider = icu, locale = 'ko-u-kn-true');
create collation product.names_en (provider = icu, locale = 'en-u-kn-true');

-- How `search_text` was made: 1 with spaces and without shops, categories and SKUs; 2 as `product.searchable` says. A
-- process of the version before writes 1; a job brings all to 2.
alter table product.listings add column search_form smallint not null default 1;

-- A field as it is searched: full-width letters are the usual ones, capitals are small, and spaces do not count.
create function product.searchable(field text) returns text
  language sql immutable parallel safe
  return regexp_replace(lower(normalize(field, nfkc)), '\s+', '', 'g');
