create table "user".profiles (
  id         uuid primary key,
  email      text not null,
  name       text not null,
  phone      text,
  locale     text not null check (locale in ('ko', 'en')),
  status     text not null default 'active' check (status in ('active', 'suspended', 'withdrawn')),
  -- Counts every change; events carry it.
  version    integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table "user".addresses (
  id          uuid primary key,
  user_id     uuid not null references "user".profiles (id),
  recipient   text not null,
  phone       text not null,
  postal_code text not null,
  line1       text not null,
  line2       text,
  country     text not null,
  is_default  boolean not null,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now()
);

create index addresses_of_user on "user".addresses (user_id, id);

-- At most one. That there is one as soon as there are addresses is the work of addresses.ts, under the lock of
-- the profile.
create unique index addresses_one_default on "user".addresses (user_id) where is_default;
