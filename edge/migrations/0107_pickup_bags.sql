-- Bags that an earlier life of this store packed and that somebody has seen since it was restored.
CREATE TABLE pickup_bags (
    fulfilment_id BLOB PRIMARY KEY,
    -- The life in which it was seen.
    incarnation INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
