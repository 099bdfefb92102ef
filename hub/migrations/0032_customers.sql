-- Who ordered: sealed with the key in the data folder, and erasable. Facts hold the id alone.
CREATE TABLE customers (
    customer_id BLOB NOT NULL PRIMARY KEY,
    -- Nothing once it was erased.
    sealed BLOB,
    added_at_ms INTEGER NOT NULL,
    erased_at_ms INTEGER
) STRICT;
