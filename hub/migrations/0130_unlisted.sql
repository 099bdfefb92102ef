-- View: lines that stores sold by their department because the catalogue did not know the goods.
CREATE TABLE unlisted_lines (
    sale_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    edge INTEGER NOT NULL,
    -- What was scanned or typed; nothing where the goods bear no code.
    code TEXT,
    department TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (sale_id, line)
) STRICT, WITHOUT ROWID;
-- Serves the list of codes sold lately.
CREATE INDEX unlisted_lines_by_code ON unlisted_lines (code, at_ms);
