#!/bin/sh
# Runs once, in the empty cluster of the postgres service: roles, database, and the passwords of the two addresses.
set -eu
password() { sed -n 's|^[a-z]*://[^:]*:\([^@]*\)@.*|\1|p' "/run/secrets/$1"; }
psql -v ON_ERROR_STOP=1 -U postgres -v owner=ihospita_owner -v application=ihospita_app -v database=ihospita \
    -f /docker-entrypoint-initdb.d/roles/roles.sql
psql -v ON_ERROR_STOP=1 -U postgres -v owner="$(password database_owner_url)" -v application="$(password database_url)" <<'SQL'
ALTER ROLE ihospita_owner PASSWORD :'owner';
ALTER ROLE ihospita_app PASSWORD :'application';
SQL
