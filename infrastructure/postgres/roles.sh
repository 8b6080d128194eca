#!/bin/sh
# Runs once, in a new PostgreSQL: creates Doran's role, which is not a superuser, and its database. Removes the
# superuser's password, so that nobody can use that role over the network.
set -eu

psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username postgres --dbname postgres <<'SQL'
create role doran login password :'password';
create database doran owner doran;
alter role postgres password null;
SQL
