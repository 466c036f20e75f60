-- After a lost COMMIT: waits for the lost transaction, if the server still has it. One row.
SELECT epoch, holder, seq FROM billing_fence WHERE id = 1 FOR UPDATE
