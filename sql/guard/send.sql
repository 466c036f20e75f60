-- The legal transition, by which a sentinel gets its first send. One row.
UPDATE charge_attempts
   SET state = 'SENT', send_no = 1, sends = '?', first_sent_at = UTC_TIMESTAMP(6), last_sent_at = UTC_TIMESTAMP(6)
 WHERE charge_key = :charge_key
