-- View: receipts without prices that were printed for sales.
CREATE TABLE gift_receipts (
    sale_id BLOB NOT NULL,
    paper INTEGER NOT NULL,
    staff_id BLOB,
    printed_at_ms INTEGER NOT NULL,
    PRIMARY KEY (sale_id, paper)
) STRICT, WITHOUT ROWID;
