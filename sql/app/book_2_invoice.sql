-- The invoice owes that much less. One that was paid elsewhere meanwhile is left with a credit (a negative amount due),
-- since the money was taken; a booking never fails because of that.
-- given: <attempt_ids>; the affected rows must equal their number
UPDATE invoices i
  JOIN charge_attempts a ON i.id = CAST(a.invoice_id AS UNSIGNED)
   SET i.amount_due = i.amount_due - a.settled_amount
 WHERE a.id IN (<attempt_ids>)
