-- Those of these transactions of which a person was told, be it accepted since. Rows: any.
SELECT subject, state
  FROM charge_differences
 WHERE kind IN ('UNKNOWN_HERE', 'CHARGED_TWICE')
   AND current_subject IN (<transactions>)
