-- Payments that were cancelled before they were entered; none is opened under such an id any more.
create table payment.tombstones (
  payment_id uuid primary key,
  created_at timestamptz not null default now()
);
