-- No longer so: it closes by itself. Rows: the number of ids.
UPDATE charge_differences SET state = 'GONE', closed_at = UTC_TIMESTAMP(6), run_no = :run WHERE id IN (<ids>) AND state <> 'GONE'
