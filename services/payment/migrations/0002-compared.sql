-- The sequence at which the payment was last compared with what the provider has.
alter table payment.payments add column compared bigint not null default -1;

-- What the reconciliation goes through: payments that are not over, and those that have moved since they were compared.
create index payments_to_compare on payment.payments (id)
  where status in ('pending', 'approved', 'authorised') or compared < sequence;
drop index payment.payments_open;
