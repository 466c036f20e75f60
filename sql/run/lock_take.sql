-- 1: it is ours; 0: another has it; NULL: an error. One row.
SELECT GET_LOCK(:name, :seconds)
