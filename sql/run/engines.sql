-- The engine of each of these tables, and whether it rolls back. Rows: up to the number of tables.
SELECT t.table_schema, t.table_name, t.engine, COALESCE(e.transactions, 'NO') AS transactions
  FROM information_schema.tables t
  LEFT JOIN information_schema.engines e ON e.engine = t.engine
 WHERE t.table_type = 'BASE TABLE'
   AND CONCAT(t.table_schema, '.', t.table_name) IN (<tables>)
