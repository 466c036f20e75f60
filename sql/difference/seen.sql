-- Still so. Rows: the number of ids.
UPDATE charge_differences SET run_no = :run WHERE id IN (<ids>)
