-- What decides about doubt and about a person being needed, and how much waits for one. One row.
SELECT (SELECT COUNT(*) FROM charge_attempts
         WHERE state = 'SENT' AND (settling_until IS NULL OR settling_until <= UTC_TIMESTAMP(6))) AS doubts,
       (SELECT COUNT(*) FROM charge_attempts WHERE state = 'SENT') AS sent,
       (SELECT COUNT(*) FROM charge_attempts WHERE state = 'REVIEW') AS reviews,
       (SELECT COUNT(*) FROM charge_differences WHERE state = 'OPEN') AS differences,
       (SELECT COUNT(*) FROM charge_differences d WHERE state = 'OPEN'
           AND (kind IN ('CHARGED_TWICE', 'UNKNOWN_HERE', 'AMOUNT', 'REVERSED')
             -- Of a claim that the app refuses nobody is asked.
             OR kind = 'NOT_BOOKABLE'
                AND NOT EXISTS (SELECT 1
                                  FROM charge_attempts n
                                 WHERE n.charge_key = CONVERT(d.subject USING ascii) COLLATE ascii_bin
                                   AND n.state = 'PENDING' AND n.send_no = 0))) AS asked_there,
       (SELECT COUNT(*) FROM charge_attempts WHERE state = 'PENDING') AS pending,
       (SELECT COUNT(*) FROM billing_runs WHERE declines = 'HELD') AS held
