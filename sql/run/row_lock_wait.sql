-- How long this session waits for a row that another one has locked.
SET SESSION innodb_lock_wait_timeout = :seconds
