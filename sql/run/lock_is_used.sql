-- The session that has the run's lock; NULL: nobody. One row.
SELECT IS_USED_LOCK(:name)
