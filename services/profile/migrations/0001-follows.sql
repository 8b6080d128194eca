create table profile.follows (
  follower_id uuid not null,
  followed_id uuid not null,
  followed_at timestamptz not null default now(),
  primary key (follower_id, followed_id)
);

create index follows_of_followed on profile.follows (followed_id);

-- Versions of who follows whom: a later change of one pair has a higher number.
create sequence profile.follow_changes;
