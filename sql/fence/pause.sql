-- The big red switch: no claim begins after this. One row, or none where it was paused before.
UPDATE billing_fence SET paused = 1, paused_because = :because, paused_at = UTC_TIMESTAMP(6) WHERE id = 1 AND NOT paused
