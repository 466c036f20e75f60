-- The letters that one run holds back. One row.
SELECT COUNT(*) FROM outbox_emails WHERE run_no = :run AND state = 'HELD'
