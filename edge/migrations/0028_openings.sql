-- What the hub told this store it began with: a view of the hub's facts.
CREATE TABLE openings_told (
    delivery_id BLOB PRIMARY KEY,
    reference TEXT NOT NULL,
    -- SKUs and quantities, as JSON.
    lines TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Which of them this store has stated: a view of its own facts.
CREATE TABLE openings_stated (
    delivery_id BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
