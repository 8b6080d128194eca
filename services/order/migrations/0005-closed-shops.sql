-- Shops that were closed once, as the catalogue tells; all others are open.
create table "order".shops (
  seller_id uuid primary key,
  is_open   boolean not null,
  version   integer not null
);
