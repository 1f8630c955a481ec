-- Two roles and one database, run once by a superuser:
--     psql -v owner=… -v application=… -v database=… -f roles.sql
-- The owner alters tables: migrations and the making of a hospital. The application reads and writes rows, and can
-- neither alter a table nor switch off a trigger. USAGE on a hospital's schema is granted when the hospital is made.
SELECT format('CREATE ROLE %I LOGIN', :'owner') WHERE to_regrole(:'owner') IS NULL \gexec
SELECT format('CREATE ROLE %I LOGIN', :'application') WHERE to_regrole(:'application') IS NULL \gexec

CREATE DATABASE :"database" OWNER :"owner" TEMPLATE template0 ENCODING 'UTF8';
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"application";

\connect :"database"
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
CREATE EXTENSION IF NOT EXISTS unaccent;

ALTER SCHEMA public OWNER TO :"owner";
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO :"application";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO :"application";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT USAGE, SELECT ON SEQUENCES TO :"application";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" GRANT EXECUTE ON FUNCTIONS TO :"application";
