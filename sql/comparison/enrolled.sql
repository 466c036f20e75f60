-- When this installation was pinned: nothing of it was sent before. One row; NULL: it is not on record.
SELECT MIN(at) FROM billing_installation WHERE installation = :installation
