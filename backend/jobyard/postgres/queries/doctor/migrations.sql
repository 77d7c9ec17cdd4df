-- doctor/migrations: the migrations that the database is at: one, but for a broken one. Locks: none.
SELECT version_num FROM alembic_versions ORDER BY version_num
