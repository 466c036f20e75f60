-- All differences that concern one invoice, whatever became of them.
SELECT id, kind, state, detail, opened_at FROM charge_differences WHERE invoice_id = :invoice ORDER BY id
