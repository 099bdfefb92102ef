-- Price lists: what products cost in some stores for a time.
CREATE TABLE price_lists (
    list_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- The stores it is for, by slug with spaces between; empty means every store.
    stores TEXT NOT NULL,
    -- Wall time in each store's own zone, such as 2026-12-01T00:00; nothing means since ever.
    from_local TEXT,
    -- Wall time, exclusive; nothing means never.
    until_local TEXT,
    -- Which of its prices count; others are being written or deleted.
    generation INTEGER NOT NULL,
    prices INTEGER NOT NULL,
    put_at_ms INTEGER NOT NULL,
    put_by TEXT NOT NULL,
    ended_at_ms INTEGER,
    ended_by TEXT
) STRICT;
CREATE TABLE list_prices (
    list_id TEXT NOT NULL,
    generation INTEGER NOT NULL,
    sku TEXT NOT NULL,
    price_minor INTEGER NOT NULL,
    PRIMARY KEY (list_id, generation, sku)
) STRICT, WITHOUT ROWID;
-- Serves the prices of one product.
CREATE INDEX list_prices_by_sku ON list_prices (sku);

-- Which lists each store was last sent, in which zone: equal marks need no new book.
CREATE TABLE price_books (
    store_id TEXT NOT NULL PRIMARY KEY,
    marks TEXT NOT NULL
) STRICT;

-- What an old system said was in a store when it began. Sent to the store once, which states it as
-- its own fact.
CREATE TABLE opening_balances (
    store_id TEXT NOT NULL,
    sku TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    reference TEXT NOT NULL,
    added_at_ms INTEGER NOT NULL,
    -- The receiving the store states, once it was told.
    delivery_id BLOB,
    sent_at_ms INTEGER,
    PRIMARY KEY (store_id, sku)
) STRICT, WITHOUT ROWID;
-- Serves what is still to be sent.
CREATE INDEX opening_balances_unsent ON opening_balances (sent_at_ms, store_id, sku);

-- Openings the stores have stated: a view.
CREATE TABLE openings_stated (
    delivery_id BLOB NOT NULL PRIMARY KEY,
    stated_at_ms INTEGER NOT NULL
) STRICT;
