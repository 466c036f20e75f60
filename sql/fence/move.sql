-- The first statement of every no: a real change, so that a cluster certifies it. One row, or we have been fenced off.
UPDATE billing_fence SET seq = seq + 1 WHERE id = 1 AND epoch = :epoch AND holder = :holder AND seq = :seq
