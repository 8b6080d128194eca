-- What people did by virtue of a role, or to what belongs to somebody else. It is only appended to, and each entry holds the
-- hash of the one before it, so that an entry that is changed or removed later is found (`doran check`).
create table doran.audit (
  -- set by the trigger, without gaps
  seq       bigint primary key,
  at        timestamptz not null,
  actor     uuid not null,
  roles     text[] not null,
  session   text not null,
  -- of the client, as the public door saw it
  address   text,
  -- service.operation
  operation text not null,
  -- what it was done to: the path's parameters, and what the operation adds
  target    jsonb not null,
  before    jsonb,
  after     jsonb,
  -- `done`, or the code of the error that refused it
  outcome   text not null,
  request   text,
  previous  bytea not null,
  hash      bytea not null
);
create index audit_of_actor on doran.audit (actor, seq);
create index audit_of_operation on doran.audit (operation, seq);

-- The end of the chain. It is kept apart, so that entries removed from the end are missed.
create table doran.audit_head (
  sole boolean primary key default true check (sole),
  seq  bigint not null,
  hash bytea not null
);
insert into doran.audit_head (seq, hash) values (0, '\x');

-- jsonb has one text for each value; a time is written as seconds, because its own text depends on the session.
create function doran.audit_hash(e doran.audit) returns bytea
  language sql stable
  set search_path = pg_catalog
  as $$
    select sha256(convert_to(jsonb_build_array(
      encode(e.previous, 'hex'), e.seq, extract(epoch from e.at), e.actor, e.roles, e.session, e.address, e.operation,
      e.target, e.before, e.after, e.outcome, e.request)::text, 'UTF8'))
  $$;

-- With the rights of the table's owner: a role that may only insert appends to the chain all the same.
create function doran.chain_audit() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog
  as $$
    begin
      select seq + 1, hash into new.seq, new.previous from doran.audit_head for update;
      new.at := clock_timestamp();
      new.hash := doran.audit_hash(new);
      update doran.audit_head set seq = new.seq, hash = new.hash;
      return new;
    end
  $$;
create trigger audit_is_chained before insert on doran.audit for each row execute function doran.chain_audit();

create function doran.refuse_change() returns trigger
  language plpgsql
  as $$
    begin
      raise exception '%.% is only appended to', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
    end
  $$;
create trigger audit_is_append_only before update or delete or truncate on doran.audit
  for each statement execute function doran.refuse_change();
create trigger audit_head_stays before delete or truncate on doran.audit_head
  for each statement execute function doran.refuse_change();
revoke update, delete, truncate on doran.audit, doran.audit_head from public;

-- How often somebody has done something within the hour that began with the first time: one row for each.
create table doran.hourly_counts (
  act   text not null,
  who   uuid not null,
  since timestamptz not null,
  count integer not null,
  primary key (act, who)
);
