-- Optional, but mandatory where billing's own tables stand in another schema than the app's. Runs in the claim's
-- transaction, so that the app's own pay page can refuse an invoice that is being charged, and two installations
-- over one app meet. Copy it beside the other files and give invoices a column: charging_key VARCHAR(20) NULL.
-- given: <attempt_ids>; an invoice that another one is charging does not match, and so is not sent
UPDATE invoices i
  JOIN charge_attempts a ON i.id = CAST(a.invoice_id AS UNSIGNED)
   SET i.charging_key = a.charge_key
 WHERE a.id IN (<attempt_ids>)
   AND (i.charging_key IS NULL OR i.charging_key = a.charge_key)
