-- The transfers slice: goods between this store and another.

-- View: what left for another store, and what the hub said is on its way here.
CREATE TABLE transfers (
    transfer_id BLOB PRIMARY KEY,
    -- 'out' or 'in', as this store sees it; nothing until one of the facts that say so is known.
    direction TEXT CHECK (direction IN ('out', 'in')),
    -- The other store's slug.
    other_store TEXT NOT NULL,
    sent_at_ms INTEGER,
    sent_fact BLOB,
    -- When it was counted in here.
    received_at_ms INTEGER,
    received_fact BLOB
) STRICT, WITHOUT ROWID;
-- Serves the list, the newest first.
CREATE INDEX transfers_by_time ON transfers (sent_at_ms, transfer_id);

-- View: its products, as either end says.
CREATE TABLE transfer_lines (
    transfer_id BLOB NOT NULL,
    sku TEXT NOT NULL,
    sent_milli INTEGER NOT NULL,
    counted_milli INTEGER NOT NULL,
    PRIMARY KEY (transfer_id, sku)
) STRICT, WITHOUT ROWID;

-- A transfer that is being packed here: no fact yet.
CREATE TABLE transfers_packing (
    transfer_id BLOB PRIMARY KEY,
    to_store TEXT NOT NULL,
    begun_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What was counted so far, by everybody who counts: into a parcel that is being packed, or out of
-- one that came. Kept here so that a reload loses nothing.
CREATE TABLE transfer_counts (
    transfer_id BLOB NOT NULL,
    sku TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    PRIMARY KEY (transfer_id, sku)
) STRICT, WITHOUT ROWID;
