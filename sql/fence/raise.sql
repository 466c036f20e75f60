-- A new run: whoever held the fence before can neither claim nor say no from here on. One row.
UPDATE billing_fence
   SET epoch = GREATEST(epoch, :above) + 1, holder = :holder, seq = 0, raised_at = UTC_TIMESTAMP(6)
 WHERE id = 1
