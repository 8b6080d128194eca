#!/bin/sh
# Runs once, in a new PostgreSQL: makes the role that Doran uses, which is no superuser, and its database. The superuser
# keeps no password, so nobody can be it over the network.
set -eu

psql --no-psqlrc --set ON_ERROR_STOP=1 --set password="$POSTGRES_PASSWORD" --username postgres --dbname postgres <<'SQL'
create role doran login password :'password';
create database doran owner doran;
alter role postgres password null;
SQL
