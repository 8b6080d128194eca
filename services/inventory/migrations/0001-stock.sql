create table inventory.stock (
  sku          text primary key,
  seller_id    uuid not null,
  on_hand      bigint not null default 0,
  reserved     bigint not null default 0,
  -- 0: no warning
  low_stock_at bigint not null default 0 check (low_stock_at >= 0),
  -- how many movements there have been; events carry it
  version      bigint not null default 0,
  updated_at   timestamptz not null default now(),
  constraint stock_on_hand_not_negative check (on_hand >= 0),
  constraint stock_reserved_not_negative check (reserved >= 0),
  constraint stock_not_oversold check (reserved <= on_hand)
) with (fillfactor = 70);

-- The ledger. Rows are never changed; summed over a SKU they give its stock, and their versions have no gap.
create table inventory.movements (
  sku       text not null references inventory.stock,
  -- version of the stock after it
  version   bigint not null,
  id        uuid not null,
  kind      text not null check (kind in ('set', 'adjust', 'reserve', 'release', 'expire', 'commit', 'restock')),
  on_hand   bigint not null,
  reserved  bigint not null,
  reference text,
  note      text,
  at        timestamptz not null default clock_timestamp(),
  primary key (sku, version)
);

create table inventory.reservations (
  order_id   uuid primary key,
  -- expired: let go by time, so it may be taken again; released: given up for good, also before it was made
  state      text not null check (state in ('held', 'committed', 'released', 'expired')),
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index reservations_due on inventory.reservations (expires_at) where state = 'held';

create table inventory.reservation_lines (
  order_id uuid not null references inventory.reservations,
  -- no foreign key: the check would lock stock rows in the order of the lines, before they are locked in theirs
  sku      text not null,
  quantity bigint not null check (quantity > 0),
  primary key (order_id, sku)
);

-- References that have brought goods back already.
create table inventory.restocks (
  reference    text primary key,
  restocked_at timestamptz not null default now()
);
