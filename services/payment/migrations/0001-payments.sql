create table payment.payments (
  id          uuid primary key,
  order_id    uuid not null,
  buyer_id    uuid not null,
  provider    text not null,
  -- the provider's own name for it; null until its page is open
  session_id  text,
  payment_url text,
  amount      bigint not null check (amount > 0),
  currency    text not null,
  title       text not null,
  return_url  text not null,
  status      text not null default 'pending' check (status in ('pending', 'approved', 'authorised', 'captured',
                'voided', 'partially_refunded', 'refunded', 'failed')),
  captured    bigint not null default 0 check (captured between 0 and amount),
  refunded    bigint not null default 0 check (refunded between 0 and captured),
  failure     jsonb,
  -- how far we have followed the provider: what is not newer changes nothing
  sequence    bigint not null default 0,
  -- given up by us: nothing new may be begun
  cancelled   boolean not null default false,
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  unique (provider, session_id)
);
create index payments_of_order on payment.payments (order_id);
create index payments_open on payment.payments (updated_at) where status in ('pending', 'approved', 'authorised');

-- What we have asked the provider for, committed before it is asked.
create table payment.operations (
  -- also the provider's idempotency key
  key         text primary key,
  payment_id  uuid not null references payment.payments,
  kind        text not null check (kind in ('authorise', 'capture', 'void', 'refund')),
  amount      bigint not null,
  reason      text not null default '',
  refund_id   uuid unique,
  state       text not null default 'started' check (state in ('started', 'succeeded', 'refused')),
  code        text,
  message     text,
  created_at  timestamptz not null default now(),
  finished_at timestamptz
);
create index operations_of_payment on payment.operations (payment_id);
create index operations_started on payment.operations (created_at) where state = 'started';

-- What the provider has and we cannot explain; for a person to look at.
create table payment.discrepancies (
  id         uuid primary key,
  payment_id uuid not null references payment.payments,
  what       text not null,
  details    jsonb not null,
  found_at   timestamptz not null default now(),
  unique (payment_id, what)
);
