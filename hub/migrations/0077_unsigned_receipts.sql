-- View: receipts that left a store without the fiscal signature they should carry and whose sale
-- was not signed since. A row goes when the signature comes.
CREATE TABLE unsigned_receipts (
    sale_id BLOB NOT NULL PRIMARY KEY,
    edge INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;
-- Serves how many there are, by store.
CREATE INDEX unsigned_receipts_by_edge ON unsigned_receipts (edge);
