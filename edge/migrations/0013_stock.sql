-- The stock slice: what is on hand, and which facts make the number.

-- View: the sum of all movements of a product.
CREATE TABLE stock_on_hand (
    sku TEXT PRIMARY KEY,
    on_hand_milli INTEGER NOT NULL,
    moved_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- View: the movements themselves, each with the fact it comes from.
CREATE TABLE stock_movements (
    sku TEXT NOT NULL,
    moved_at_ms INTEGER NOT NULL,
    fact_id BLOB NOT NULL,
    -- The place of the movement within its fact.
    line INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    delta_milli INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    register INTEGER,
    staff_id BLOB,
    -- The receipt's number, or what stood on the delivery's paper.
    reference TEXT,
    sale_id BLOB,
    PRIMARY KEY (sku, moved_at_ms, fact_id, line)
) STRICT, WITHOUT ROWID;

-- Goods being received: a delivery as it is counted, kept here so that a reload loses nothing.
CREATE TABLE delivery_drafts (
    staff_id BLOB PRIMARY KEY,
    delivery_id BLOB NOT NULL,
    begun_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE delivery_draft_lines (
    staff_id BLOB NOT NULL REFERENCES delivery_drafts (staff_id) ON DELETE CASCADE,
    sku TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    PRIMARY KEY (staff_id, sku)
) STRICT, WITHOUT ROWID;
