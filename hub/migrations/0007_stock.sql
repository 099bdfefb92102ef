-- Stock as the facts of each edge say it is: the sum of its movements.
CREATE TABLE stock_levels (
    edge INTEGER NOT NULL,
    sku TEXT NOT NULL,
    on_hand_milli INTEGER NOT NULL,
    moved_at_ms INTEGER NOT NULL,
    PRIMARY KEY (edge, sku)
) STRICT, WITHOUT ROWID;
-- Serves one SKU in every store.
CREATE INDEX stock_levels_by_sku ON stock_levels (sku, edge);

-- Why the number is what it is: one row a movement.
CREATE TABLE stock_movements (
    edge INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    place INTEGER NOT NULL,
    sku TEXT NOT NULL,
    delta_milli INTEGER NOT NULL,
    kind TEXT NOT NULL,
    business_date INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    register INTEGER,
    staff_id BLOB,
    -- The receipt's number or the delivery's paper, as text for people.
    reference TEXT,
    sale_id BLOB,
    PRIMARY KEY (edge, incarnation, seq, place)
) STRICT, WITHOUT ROWID;
-- Serves the movements of one SKU, newest first.
CREATE INDEX stock_movements_by_sku ON stock_movements (sku, edge, hlc);
