-- One row.
SELECT epoch, holder, seq, paused, paused_because, paused_at FROM billing_fence WHERE id = 1
