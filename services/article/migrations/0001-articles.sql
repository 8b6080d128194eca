-- A UUIDv7 (RFC 9562, with microseconds in place of the first random bits), so that ids sort by this moment.
create function article.id_at(at timestamptz) returns uuid language sql volatile as $$
  select encode(
      substring(int8send(us / 1000) from 3)
      || int2send((28672 + (us % 1000) * 4096 / 1000)::smallint)
      || substring(uuid_send(gen_random_uuid()) from 9),
    'hex')::uuid
  from (select floor(extract(epoch from at) * 1000000)::bigint as us) as moment
$$;

create table article.articles (
  -- Newest first is by id: the moment of creation with a tie-break.
  id            uuid primary key,
  slug          text not null,
  author_id     uuid not null,
  title         text not null,
  description   text not null,
  -- In the author's order.
  tags          text[] not null,
  favorites     integer not null default 0,
  created_at    timestamptz not null,
  updated_at    timestamptz not null,
  -- Counts every change; events carry it.
  version       integer not null default 1,
  -- Set by a moderator: only the author and moderators see it.
  hidden_at     timestamptz,
  hidden_reason text
);

create unique index articles_slug on article.articles (slug);
create index articles_of_author on article.articles (author_id, id) where hidden_at is null;
create index articles_shown on article.articles (id) where hidden_at is null;
create index articles_hidden on article.articles (id) where hidden_at is not null;

-- Apart from the articles, because lists do not show them.
create table article.bodies (
  article_id uuid primary key references article.articles (id) on delete cascade,
  -- Markdown, as it was written.
  body       text not null
);

-- Every slug that an article has or had: links stay good when a title changes, and nobody else's article takes one over.
create table article.slugs (
  slug       text primary key,
  -- Claimed before the article is there.
  article_id uuid not null references article.articles (id) on delete cascade deferrable initially deferred
);

create index slugs_of_article on article.slugs (article_id);

-- Of articles that are shown.
create table article.tagged (
  tag        text not null,
  article_id uuid not null references article.articles (id) on delete cascade,
  primary key (tag, article_id)
);

create index tags_of_article on article.tagged (article_id);

create table article.favorites (
  user_id    uuid not null,
  article_id uuid not null references article.articles (id) on delete cascade,
  primary key (user_id, article_id)
);

create index favorites_of_article on article.favorites (article_id);

-- Versions of who likes what: a later change of one pair has a higher number.
create sequence article.favorite_changes;

-- How many articles are shown: of each tag, of each author, and of all. Kept with every change, so lists need not count.
create table article.tags (
  tag      text primary key,
  articles integer not null,
  used_at  timestamptz not null
);

create index tags_by_use on article.tags (articles desc, tag) where articles > 0;
create index tags_by_time on article.tags (used_at desc, tag) where articles > 0;

create table article.authors (
  author_id uuid primary key,
  articles  integer not null
);

create table article.total (
  single   boolean primary key default true check (single),
  articles bigint not null
);

insert into article.total (articles) values (0);

create table article.reports (
  article_id  uuid not null references article.articles (id) on delete cascade,
  reporter_id uuid not null,
  reason      text not null,
  note        text not null,
  reported_at timestamptz not null default now(),
  -- A moderator has decided.
  closed_at   timestamptz,
  primary key (article_id, reporter_id)
);

create index reports_open on article.reports (article_id) where closed_at is null;
