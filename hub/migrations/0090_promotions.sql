-- Promotions as they are authored: what each takes off as the JSON stores read, but without its dates,
-- which are wall times that each store's zone makes moments of.
CREATE TABLE promotions (
    promotion_id TEXT NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    -- Slugs with spaces between; every store if empty.
    stores TEXT NOT NULL,
    from_local TEXT,
    until_local TEXT,
    is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
    -- Counts its changes: a store that was sent another one is sent its book again.
    generation INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;

-- Which promotions each store was last sent.
CREATE TABLE promotion_books (
    store_id TEXT NOT NULL PRIMARY KEY,
    marks TEXT NOT NULL
) STRICT;
