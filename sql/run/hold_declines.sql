-- Said before the run ends, so that its death does not undo it. One row.
UPDATE billing_runs SET declines = 'HELD' WHERE run_no = :run AND holder = :holder AND declines IN ('COUNT', 'HELD')
