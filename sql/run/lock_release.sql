-- One row.
SELECT RELEASE_LOCK(:name)
