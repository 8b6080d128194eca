-- How the community knows a user. Those who never chose a name have one that says nothing of them.
alter table "user".profiles
  add column username     text,
  -- The name as names are compared: `nameKey` in members.ts.
  add column username_key text,
  add column bio          text,
  add column image        text;

update "user".profiles set username = 'member-' || right(id::text, 12), username_key = 'member-' || right(id::text, 12);

alter table "user".profiles
  alter column username set not null,
  alter column username_key set not null;

create unique index profiles_username on "user".profiles (username_key);
