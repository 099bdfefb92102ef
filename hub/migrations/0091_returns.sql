-- Views of returns: folds over the facts of every edge.
CREATE TABLE returns (
    return_id BLOB NOT NULL PRIMARY KEY,
    edge INTEGER NOT NULL,
    sale_id BLOB NOT NULL,
    printed_number TEXT NOT NULL,
    business_date INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    staff_id BLOB,
    currency TEXT NOT NULL,
    total_minor INTEGER NOT NULL
) STRICT;
-- Serves what came back of a sale.
CREATE INDEX returns_by_sale ON returns (sale_id);
-- Serves the proof of a day.
CREATE INDEX returns_by_day ON returns (edge, business_date);

CREATE TABLE return_lines (
    return_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    reason TEXT NOT NULL,
    disposition TEXT NOT NULL,
    PRIMARY KEY (return_id, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE return_taxes (
    return_id BLOB NOT NULL,
    rate INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    tax_minor INTEGER NOT NULL,
    PRIMARY KEY (return_id, rate)
) STRICT, WITHOUT ROWID;

CREATE TABLE return_tenders (
    return_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (return_id, place)
) STRICT, WITHOUT ROWID;
