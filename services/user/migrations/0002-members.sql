-- How the community knows a user. The name is unique without regard to capital letters; those who never chose one have
-- one that says nothing of them.
alter table "user".profiles
  add column username text,
  add column bio      text,
  add column image    text;

update "user".profiles set username = 'member-' || right(id::text, 12);

alter table "user".profiles alter column username set not null;

create unique index profiles_username on "user".profiles (lower(username));
