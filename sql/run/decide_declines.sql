-- What a person said of a run that holds declines or letters. One row, or somebody else was quicker.
UPDATE billing_runs SET declines = :declines WHERE run_no = :run AND declines = 'HELD'
