-- Booked, or claimed, after all. Rows: any.
UPDATE charge_differences
   SET state = 'GONE', closed_at = UTC_TIMESTAMP(6), run_no = :run
 WHERE kind = 'NOT_BOOKABLE'
   AND current_subject IN (<subjects>)
