-- Every statement of a migration can be repeated, so one that failed is forgotten and run again. Rows: any.
DELETE FROM billing_schema_history WHERE success = 0
