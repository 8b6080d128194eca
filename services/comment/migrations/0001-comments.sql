-- One row for each article that was commented on. Whoever adds a comment holds it, and so does whoever closes it.
create table comment.threads (
  article_id uuid primary key,
  -- The article is gone.
  closed     boolean not null default false
);

create table comment.comments (
  id            bigint primary key generated always as identity,
  article_id    uuid not null references comment.threads (article_id),
  author_id     uuid not null,
  -- Markdown, as it was written.
  body          text not null,
  created_at    timestamptz not null default date_trunc('milliseconds', clock_timestamp()),
  -- Set by a moderator: only the author and moderators see it.
  hidden_at     timestamptz,
  hidden_reason text
);

create index comments_of_article on comment.comments (article_id, id);
create index comments_of_author on comment.comments (author_id, created_at);
create index comments_hidden on comment.comments (id) where hidden_at is not null;

create table comment.reports (
  comment_id  bigint not null references comment.comments (id) on delete cascade,
  reporter_id uuid not null,
  reason      text not null,
  note        text not null,
  reported_at timestamptz not null default now(),
  -- A moderator has decided.
  closed_at   timestamptz,
  primary key (comment_id, reporter_id)
);

create index reports_open on comment.reports (comment_id) where closed_at is null;
