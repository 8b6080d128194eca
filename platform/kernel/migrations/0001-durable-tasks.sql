-- Everything that must happen later, and must not be forgotten, is a row of this table.
create table doran.tasks (
  id         bigint generated always as identity primary key,
  -- service/kind:name, for example `order/on:payment.captured`, `order/saga:checkout@1`, `auth/job:rotate-keys`
  handler    text not null,
  -- at most one live task of a handler has this key
  key        text,
  payload    jsonb not null,
  -- W3C traceparent of what caused it
  trace      text,
  state      text not null default 'ready' check (state in ('ready', 'dead')),
  -- when it is due; while a process holds it: when its lease ends
  run_at     timestamptz not null default now(),
  -- raised at each claim: a holder whose epoch is old has lost the task
  epoch      bigint not null default 0,
  attempts   integer not null default 0,
  last_error text,
  created_at timestamptz not null default now()
);
create index tasks_due on doran.tasks (run_at) where state = 'ready';
create unique index tasks_key on doran.tasks (handler, key) where key is not null;
create index tasks_dead on doran.tasks (id) where state = 'dead';

-- The outbox: what each service published, kept for a while for audit and for new readers.
create table doran.events (
  id           uuid primary key,
  name         text not null,
  data         jsonb not null,
  trace        text,
  published_at timestamptz not null default now()
);
create index events_published_at on doran.events (published_at);

-- Who is told of an event. `publish` makes one task a row, in the publisher's own transaction.
create table doran.subscriptions (
  event   text not null,
  handler text not null,
  primary key (event, handler)
);

-- Events that came from another database, so that one that comes twice is handled once.
create table doran.inbox (
  event_id    uuid not null,
  handler     text not null,
  received_at timestamptz not null default now(),
  primary key (event_id, handler)
);
create index inbox_received_at on doran.inbox (received_at);

create table doran.sagas (
  id         uuid primary key,
  service    text not null,
  name       text not null,
  version    integer not null,
  key        text not null,
  input      jsonb not null,
  state      text not null default 'running' check (state in ('running', 'compensating', 'done', 'undone')),
  -- index of the step that is next
  step       integer not null default 0,
  -- result of each step that is done, by its name
  results    jsonb not null default '{}',
  -- why it is being undone
  error      jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (service, name, key)
);
create index sagas_unfinished on doran.sagas (created_at) where state in ('running', 'compensating');

-- The answers given under an Idempotency-Key, written in the transaction of the work itself.
create table doran.idempotency_keys (
  -- service.operation, whoever called, and their key
  scope       text primary key,
  fingerprint text not null,
  -- json and not jsonb: the members keep their order, so the answer is the same to the letter
  reply       json,
  created_at  timestamptz not null default now()
);
create index idempotency_keys_created_at on doran.idempotency_keys (created_at);
