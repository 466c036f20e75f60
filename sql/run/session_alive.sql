-- Whether the server still knows a session of ours: a user sees his own. One row: 0 or 1.
SELECT COUNT(*) FROM information_schema.processlist WHERE id = :id
