-- A movement is named by its fact: facts of orders have numbers of their own, which would collide
-- with those of the journals. What is stored already finds its fact by the record it came in.
CREATE TABLE stock_moves (
    fact_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    edge INTEGER NOT NULL,
    sku TEXT NOT NULL,
    delta_milli INTEGER NOT NULL,
    kind TEXT NOT NULL,
    business_date INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    register INTEGER,
    staff_id BLOB,
    -- The receipt's number, the delivery's paper, the transfer or the fulfilment, for people.
    reference TEXT,
    sale_id BLOB,
    PRIMARY KEY (fact_id, place)
) STRICT, WITHOUT ROWID;
INSERT INTO stock_moves (fact_id, place, edge, sku, delta_milli, kind, business_date, at_ms, hlc,
    register, staff_id, reference, sale_id)
SELECT f.fact_id, m.place, m.edge, m.sku, m.delta_milli, m.kind, m.business_date, m.at_ms, m.hlc,
    m.register, m.staff_id, m.reference, m.sale_id
FROM stock_movements m
JOIN feed_records r ON r.direction = 'in' AND r.peer = m.edge AND r.feed = m.incarnation
    AND r.seq = m.seq
JOIN facts f ON f.change_hash = r.change_hash;
DROP TABLE stock_movements;
ALTER TABLE stock_moves RENAME TO stock_movements;
-- Serves the movements of one SKU, newest first.
CREATE INDEX stock_movements_by_sku ON stock_movements (sku, edge, hlc);

-- How much a store sells of a SKU, by weeks since 1970: how fast its shelf empties unseen.
CREATE TABLE stock_weeks (
    sku TEXT NOT NULL,
    edge INTEGER NOT NULL,
    week INTEGER NOT NULL,
    sold_milli INTEGER NOT NULL,
    PRIMARY KEY (sku, edge, week)
) STRICT, WITHOUT ROWID;
INSERT INTO stock_weeks (sku, edge, week, sold_milli)
SELECT sku, edge, business_date / 7, SUM(-delta_milli) FROM stock_movements WHERE kind = 'sale'
GROUP BY sku, edge, business_date / 7;
