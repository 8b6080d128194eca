-- What other services say of those who sell, or may sell one day: a shop is open while its seller is active and holds the role.
create table product.standings (
  seller_id      uuid primary key,
  status         text not null default 'active',
  -- version of the user's status change that was taken in last
  status_version integer not null default 0,
  has_role       boolean not null default true,
  -- version of the account's change of roles that was taken in last
  role_version   integer not null default 0,
  is_open        boolean not null generated always as (status = 'active' and has_role) stored
);
insert into product.standings (seller_id) select id from product.sellers;

-- Kept with the shop, whose row is locked by whoever writes one of its products. The listings of a closed shop have the state
-- `closed` in place of `on-sale`, which no list shows; the products themselves keep theirs.
alter table product.sellers add column is_open boolean not null default true;
