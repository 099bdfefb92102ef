-- View: what the hub last told of refunds of a sale, here and elsewhere.
CREATE TABLE refunds_told (
    sale_id BLOB PRIMARY KEY,
    -- The fact that told it.
    fact BLOB NOT NULL
) STRICT;
