-- The first statement of every claim. One row, or we have been fenced off or paused.
UPDATE billing_fence SET seq = seq + 1 WHERE id = 1 AND epoch = :epoch AND holder = :holder AND seq = :seq AND NOT paused
