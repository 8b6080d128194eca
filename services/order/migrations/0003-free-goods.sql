-- What costs nothing is ordered without a payment. The rows that exist satisfy the stricter checks, so nothing is left to validate.
alter table "order".orders drop constraint orders_total_check;
alter table "order".orders add constraint orders_total_not_negative check (total >= 0) not valid;
alter table "order".seller_orders drop constraint seller_orders_subtotal_check;
alter table "order".seller_orders add constraint seller_orders_subtotal_not_negative check (subtotal >= 0) not valid;
