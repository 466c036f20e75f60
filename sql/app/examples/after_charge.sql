-- Optional. Undoes before_charge.sql at every departure from SENT, whichever way it went.
-- given: <attempt_ids>; the affected rows must equal their number
UPDATE invoices i
  JOIN charge_attempts a ON i.id = CAST(a.invoice_id AS UNSIGNED)
   SET i.charging_key = NULL
 WHERE a.id IN (<attempt_ids>)
