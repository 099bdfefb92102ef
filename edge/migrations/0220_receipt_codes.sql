-- Codes of other stores' receipts that were scanned at the return desk, until another is: what they
-- prove is read from the text anew each time, with the keys that count then. No view of facts.
CREATE TABLE receipt_codes (
    sale_id BLOB PRIMARY KEY,
    code TEXT NOT NULL,
    scanned_at_ms INTEGER NOT NULL
) STRICT;
-- Serves forgetting the oldest.
CREATE INDEX receipt_codes_by_time ON receipt_codes (scanned_at_ms);
