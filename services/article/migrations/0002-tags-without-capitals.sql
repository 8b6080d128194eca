-- Outside a transaction
-- A tag is kept as its author writes it, and found whatever the capital letters.
create index concurrently if not exists tags_by_key on article.tags ((lower(normalize(tag, nfc) collate "und-x-icu")));
