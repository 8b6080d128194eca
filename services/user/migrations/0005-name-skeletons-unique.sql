-- Outside a transaction
drop index concurrently if exists "user".profiles_skeleton;
create unique index concurrently profiles_skeleton on "user".profiles (username_skeleton);
drop index concurrently if exists "user".profiles_without_skeleton;
create index concurrently profiles_without_skeleton on "user".profiles (id) where username_skeleton is null;
