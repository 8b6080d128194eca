create table "order".carts (
  id         uuid primary key,
  -- null for a guest
  buyer_id   uuid,
  state      text not null default 'open' check (state in ('open', 'ordered', 'merged')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create unique index carts_open_of_buyer on "order".carts (buyer_id) where state = 'open' and buyer_id is not null;
create index carts_abandoned on "order".carts (updated_at) where state = 'open' and buyer_id is null;

create table "order".cart_lines (
  cart_id    uuid not null references "order".carts on delete cascade,
  sku        text not null,
  quantity   integer not null check (quantity between 1 and 999),
  -- what the buyer last saw, to point out a change
  price_seen bigint not null,
  added_at   timestamptz not null default now(),
  primary key (cart_id, sku)
);

create table "order".orders (
  id         uuid primary key,
  number     text not null unique,
  buyer_id   uuid not null,
  cart_id    uuid not null unique,
  status     text not null default 'awaiting_payment'
             check (status in ('awaiting_payment', 'processing', 'paid', 'cancelled', 'expired')),
  total      bigint not null check (total > 0),
  refunded   bigint not null default 0 check (refunded between 0 and total),
  currency   text not null,
  address    jsonb not null,
  note       text not null,
  -- the current attempt to pay
  payment_id uuid unique,
  failure    jsonb,
  placed_at  timestamptz not null default now(),
  paid_at    timestamptz,
  expires_at timestamptz not null
);
create index orders_of_buyer on "order".orders (buyer_id, id desc);
create index orders_unpaid on "order".orders (expires_at) where status = 'awaiting_payment';

create table "order".seller_orders (
  id          uuid primary key,
  order_id    uuid not null references "order".orders,
  -- in the order in which the sellers stood in the cart
  position    integer not null,
  seller_id   uuid not null,
  seller_name jsonb not null,
  status      text not null default 'pending' check (status in ('pending', 'preparing', 'cancelling', 'cancelled')),
  subtotal    bigint not null check (subtotal > 0),
  unique (order_id, seller_id)
);
create index seller_orders_of_seller on "order".seller_orders (seller_id, id desc);

create table "order".order_lines (
  seller_order_id uuid not null references "order".seller_orders,
  position        integer not null,
  sku             text not null,
  product_id      uuid not null,
  name            jsonb not null,
  option_text     jsonb not null,
  image           text,
  quantity        integer not null check (quantity > 0),
  price           bigint not null check (price >= 0),
  primary key (seller_order_id, position)
);

create table "order".history (
  id       bigint generated always as identity primary key,
  order_id uuid not null references "order".orders,
  at       timestamptz not null default clock_timestamp(),
  what     text not null,
  details  jsonb not null default '{}'
);
create index history_of_order on "order".history (order_id, id);
