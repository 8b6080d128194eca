create table sample.samples (
  id         uuid primary key,
  title      text not null,
  created_at timestamptz not null default now()
);
