-- The gateway shows that nothing is wrong with these any more. Rows: any.
UPDATE charge_differences
   SET state = 'GONE', closed_at = UTC_TIMESTAMP(6), run_no = :run
 WHERE state = 'OPEN'
   AND ((kind IN ('UNKNOWN_HERE', 'CHARGED_TWICE') AND current_subject IN (<transactions>))
     OR (kind = 'CHARGED_ELSEWHERE' AND SUBSTRING_INDEX(current_subject, ' ', 1) IN (<transactions>))
     OR (kind IN ('AMOUNT', 'REVERSED', 'UNKNOWN_THERE') AND current_subject IN (<charge_keys>)))
