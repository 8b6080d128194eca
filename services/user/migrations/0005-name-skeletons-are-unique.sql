-- Outside a transaction
create unique index concurrently if not exists profiles_skeleton on "user".profiles (username_skeleton);
create index concurrently if not exists profiles_without_skeleton on "user".profiles (id) where username_skeleton is null;
