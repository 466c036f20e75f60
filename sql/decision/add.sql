-- A person's decision, in the transaction that does it. One row.
INSERT INTO billing_decisions (run_no, decision, about, because, evidence)
VALUES (:run, :decision, :about, :because, :evidence)
