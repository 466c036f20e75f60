-- The one clock that two runs may compare. One row.
SELECT UTC_TIMESTAMP(6)
