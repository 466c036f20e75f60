-- What was decided about one thing, the newest first. Rows: up to :limit.
SELECT d.run_no, d.decision, d.about, d.because, d.evidence, d.by_user, d.at, r.host
  FROM billing_decisions d
  LEFT JOIN billing_runs r ON r.run_no = d.run_no
 WHERE d.about = :about
   AND d.decision IN (<decisions>)
 ORDER BY d.run_no DESC
 LIMIT :limit
