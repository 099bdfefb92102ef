-- The customers whom tills know: those of the hub's book, and those who joined here and are not in
-- it yet. Fetched and worked with, not folded: a rebuild leaves it alone.
CREATE TABLE customers (
    customer_id BLOB PRIMARY KEY,
    card TEXT,
    customer_group TEXT,
    certificate TEXT,
    -- The last business day of the exemption, in days since 1970-01-01; nothing means no end.
    exempt_until INTEGER,
    -- Which of the hub's records of name and contact is the newest; 0 while not in the book.
    record INTEGER NOT NULL,
    -- Which of the books this store took names them last; 0 for none.
    book INTEGER NOT NULL,
    -- Name and contact, sealed with vault.key in the data folder, and of which record they are.
    contact BLOB,
    contact_record INTEGER,
    -- When the hub was last asked for them.
    asked_at_ms INTEGER,
    -- When they joined here; nothing for those the hub told of.
    joined_at_ms INTEGER,
    -- What the hub said of it; nothing once they are in the book.
    told TEXT CHECK (told IN ('waiting', 'taken', 'card_taken', 'refused')),
    told_sentence TEXT
) STRICT, WITHOUT ROWID;
-- Serves the scan of a card.
CREATE UNIQUE INDEX customers_by_card ON customers (card) WHERE card IS NOT NULL;
-- Serves those the hub has to be told of.
CREATE INDEX customers_told ON customers (told) WHERE told IS NOT NULL;
-- Serves those whose name and contact are another record than the newest.
CREATE INDEX customers_lacking ON customers (asked_at_ms)
    WHERE record > 0 AND contact_record IS NOT record;

CREATE TABLE customer_groups (
    group_id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    joined_at_tills INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
