-- New entries of the index of words went to a list first, which every search read from end to end until a vacuum came by: a
-- minute after a few hundred products had been sold, a search took three times as long. They go where they belong at once.
alter index product.listings_search set (fastupdate = off);
select gin_clean_pending_list('product.listings_search');
