-- Which version the schema has, and the highest one that failed half way: asked by every command, since asking Flyway takes
-- a fifth of a second. One row.
SELECT MAX(CASE WHEN success = 1 THEN CAST(version AS UNSIGNED) END) AS version,
       MAX(CASE WHEN success = 0 THEN CAST(version AS UNSIGNED) END) AS failed
  FROM billing_schema_history
