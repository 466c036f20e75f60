-- What may be claimed now: its day and hour have come, no open difference blocks its invoice, and every earlier attempt
-- of the invoice with a send that nobody answered was looked up by this run. (What refused a claim is tried again by the
-- next run, while an approval whose booking was refused is not sent once more: of an attempt that has ended it is one, though
-- one that was never sent as far as we know has no room for it in sends; what was found by judging the invoice alone is
-- judged again, under its lock.) The indexes are named, since on a fresh table's statistics the optimizer reads all of
-- it for each attempt. Rows: up to :limit.
SELECT a.id, a.invoice_id
  FROM charge_attempts a FORCE INDEX (ix_attempts_state)
 WHERE a.state = 'PENDING'
   AND (a.not_before IS NULL OR a.not_before <= UTC_TIMESTAMP(6))
   AND (:all = 1 OR a.invoice_id IN (<invoice_ids>))
   AND NOT EXISTS (SELECT 1
                     FROM charge_differences d
                    WHERE d.invoice_id = CONVERT(a.invoice_id USING utf8mb4) COLLATE utf8mb4_bin
                      AND d.state = 'OPEN'
                      AND d.judged = 0
                      AND NOT (d.kind = 'NOT_BOOKABLE'
                               AND d.run_no <> :run
                               AND NOT EXISTS (SELECT 1
                                                 FROM charge_attempts n
                                                WHERE n.charge_key = CONVERT(d.subject USING ascii) COLLATE ascii_bin
                                                  AND (n.sends LIKE '%a%' OR n.state IN ('DECLINED', 'CANCELLED')))))
   AND NOT (a.attempt_no > 1
            AND EXISTS (SELECT 1
                          FROM charge_attempts s FORCE INDEX (uq_invoice_attempt)
                         WHERE s.invoice_id = a.invoice_id
                           AND s.attempt_no < a.attempt_no
                           AND s.looked_up_run <> :run
                           AND s.released_at IS NULL
                           AND s.sends REGEXP '[?!p]'))
 ORDER BY a.id
 LIMIT :limit
