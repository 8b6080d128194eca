-- Without a password hash it is a claim on the address, whose registration has not been finished.
create table auth.accounts (
  user_id        uuid primary key,
  email          text not null,
  password_hash  text,
  roles          text[] not null default '{}',
  status         text not null default 'active' check (status in ('active', 'suspended', 'withdrawn')),
  -- Version of the user's status change that was taken in last.
  status_version integer not null default 0,
  created_at     timestamptz not null default now()
);

create unique index accounts_email on auth.accounts (lower(email));

create table auth.sessions (
  id             uuid primary key,
  user_id        uuid not null references auth.accounts (user_id),
  -- Key with which each refresh token of the session yields the next one.
  family_secret  bytea not null,
  user_agent     text,
  address        text,
  created_at     timestamptz not null default now(),
  last_used_at   timestamptz not null default now(),
  expires_at     timestamptz not null,
  revoked_at     timestamptz
);

create index sessions_of_user on auth.sessions (user_id, id);
create index sessions_by_expiry on auth.sessions (expires_at);

-- Every refresh token of a session, so that an old one is known when it comes back.
create table auth.refresh_tokens (
  -- SHA-256 of the token.
  hash       bytea primary key,
  session_id uuid not null references auth.sessions (id) on delete cascade,
  rotated_at timestamptz
);

create index refresh_tokens_of_session on auth.refresh_tokens (session_id);

create table auth.keys (
  id          text primary key,
  public_key  jsonb not null,
  -- PKCS #8, sealed with AES-256-GCM: nonce, tag, ciphertext; the id is the additional data.
  private_key bytea not null,
  -- Which encryption key sealed it.
  sealed_by   text not null,
  usable_from timestamptz not null
);

-- At most one row: the encryption key of an installation that was not given one.
create table auth.encryption_key (
  single boolean primary key default true check (single),
  secret bytea not null
);

create table auth.attempts (
  -- `account:<hash of the e-mail>` or `client:<network>`.
  key           text primary key,
  failures      integer not null,
  last_at       timestamptz not null,
  blocked_until timestamptz not null
);

create index attempts_by_time on auth.attempts (last_at);

create table auth.revocations (
  -- `user:<id>` or `session:<id>`.
  subject      text primary key,
  issued_until timestamptz not null
);

create index revocations_by_time on auth.revocations (issued_until);

create table auth.audit (
  id         uuid primary key,
  at         timestamptz not null default now(),
  kind       text not null,
  user_id    uuid,
  session_id uuid,
  address    text,
  details    jsonb not null default '{}'
);

create index audit_of_user on auth.audit (user_id, id);
create index audit_by_kind on auth.audit (kind, id);
create index audit_by_time on auth.audit (at);
