-- View: papers with numbers of the store server's ranges, as their facts say.
CREATE TABLE issued_papers (
    kind TEXT NOT NULL,
    series INTEGER NOT NULL,
    number INTEGER NOT NULL,
    sale_id BLOB NOT NULL,
    fact BLOB NOT NULL,
    -- Serves the next number, and keeps one from being given twice.
    PRIMARY KEY (kind, series, number)
) STRICT, WITHOUT ROWID;
-- Serves the invoice of a sale, of which there is one.
CREATE UNIQUE INDEX invoices_by_sale ON issued_papers (sale_id) WHERE kind = 'invoice';

-- View: invoices printed again.
CREATE TABLE invoice_copies (
    sale_id BLOB NOT NULL,
    copy INTEGER NOT NULL,
    PRIMARY KEY (sale_id, copy)
) STRICT, WITHOUT ROWID;
