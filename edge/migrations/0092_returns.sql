-- The returns slice: views of the facts of returns. What came back of a sale is a sum over its rows.

-- View: one row a return. Its whole fact stands beside the columns lists need.
CREATE TABLE returns (
    return_id BLOB PRIMARY KEY,
    sale_id BLOB NOT NULL,
    series INTEGER NOT NULL,
    number INTEGER NOT NULL,
    shift_id BLOB NOT NULL,
    business_date INTEGER NOT NULL,
    returned_at_ms INTEGER NOT NULL,
    staff_id BLOB,
    total_minor INTEGER NOT NULL,
    fact BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the next number of a return, and keeps one from being given twice.
CREATE UNIQUE INDEX returns_by_number ON returns (series, number);
-- Serves what came back of a sale.
CREATE INDEX returns_by_sale ON returns (sale_id);
-- Serves the seal of a day.
CREATE INDEX returns_by_day ON returns (business_date);
-- Serves the latest returns.
CREATE INDEX returns_by_time ON returns (returned_at_ms, return_id);

-- View: what came back, by line of its sale.
CREATE TABLE returned_lines (
    return_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    sale_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    tax_rate INTEGER NOT NULL,
    PRIMARY KEY (return_id, place)
) STRICT, WITHOUT ROWID;
-- Serves how much of each line of a sale came back.
CREATE INDEX returned_lines_by_sale ON returned_lines (sale_id, line);
