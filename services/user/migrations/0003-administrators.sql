-- Who has the role of an administrator, as auth tells it: at most those who have it, never more. So whoever counts the active
-- ones among them, under a lock of the table, never counts too many.
create table "user".administrators (
  user_id uuid primary key references "user".profiles (id)
);
