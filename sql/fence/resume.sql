-- Claims may begin again. One row, or none where it was not paused.
UPDATE billing_fence SET paused = 0, paused_because = NULL, paused_at = NULL WHERE id = 1 AND paused
