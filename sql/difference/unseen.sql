-- Found by looking at a due invoice alone, and not seen again by a run that looked at every invoice that was due on its
-- date: what was seen for a later date may have become due since. Rows: any.
UPDATE charge_differences d
  LEFT JOIN billing_runs r ON r.run_no = d.run_no
   SET d.state = 'GONE', d.closed_at = UTC_TIMESTAMP(6), d.run_no = :run
 WHERE d.state = 'OPEN'
   AND d.judged = 1
   AND d.run_no <> :run
   AND (r.as_of IS NULL OR r.as_of <= :as_of)
