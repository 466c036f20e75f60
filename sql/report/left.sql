-- What a charge run leaves PENDING though nothing ended it, and no open difference or earlier attempt in doubt that is told
-- of holds it back. Of a run that reached its --limit only what it had sent and got back. What the app keeps locked comes
-- first. Rows: up to :limit, each with how many there are of both kinds.
SELECT l.charge_key, l.invoice_id, l.not_before, l.evidence,
       COALESCE(SUM(l.locked) OVER (), 0) AS locked,
       COUNT(*) OVER () AS total
  FROM (SELECT a.id, a.charge_key, a.invoice_id, a.not_before, a.evidence,
               CASE WHEN a.evidence = :locked AND a.run_no = :run THEN 1 ELSE 0 END AS locked
          FROM charge_attempts a FORCE INDEX (ix_attempts_state)
         WHERE a.state = 'PENDING'
           AND (:all = 1 OR a.invoice_id IN (<invoice_ids>))
           AND (:limit_reached = 0 OR (a.run_no = :run AND a.send_no > 0 AND a.not_before IS NOT NULL))
           AND NOT EXISTS (SELECT 1
                             FROM charge_differences d
                            WHERE d.invoice_id = CONVERT(a.invoice_id USING utf8mb4) COLLATE utf8mb4_bin
                              AND d.state = 'OPEN'
                              AND d.judged = 0)
           AND NOT EXISTS (SELECT 1
                             FROM charge_attempts s FORCE INDEX (uq_invoice_attempt)
                            WHERE s.invoice_id = a.invoice_id
                              AND s.attempt_no < a.attempt_no
                              AND s.charge_key IN (<told>))) l
 ORDER BY l.locked DESC, l.id
 LIMIT :limit
