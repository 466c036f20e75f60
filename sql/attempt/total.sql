-- What was claimed for one date and was not declined or cancelled, per currency, in minor units. Rows: any.
SELECT currency, SUM(amount_minor) AS total
  FROM charge_attempts
 WHERE as_of = :as_of
   AND (state IN ('SENT', 'SETTLED', 'REVIEW'))
 GROUP BY currency
