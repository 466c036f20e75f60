-- Whose it is, who we are, and what time it is. One row.
SELECT IS_USED_LOCK(:name) AS holder, CONNECTION_ID() AS self, UTC_TIMESTAMP(6) AS now
