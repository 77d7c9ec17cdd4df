$1::int IS NULL
