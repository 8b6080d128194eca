-- Set while nobody has decided what becomes of a part whose money was given back past Doran; it is not shipped meanwhile.
alter table "order".seller_orders add column held_at timestamptz;
-- What was given back past Doran of what the order's payment had taken.
alter table "order".orders add column returned bigint not null default 0;
