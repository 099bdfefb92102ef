-- Customers whom tills know. Names and contact stay in their sealed records (customers); what
-- stands here is no secret and goes into the book that stores read.
CREATE TABLE customer_groups (
    group_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    -- Whether whoever joins at a till belongs to it; at most one does.
    joined_at_tills INTEGER NOT NULL CHECK (joined_at_tills IN (0, 1)),
    changed_at_ms INTEGER NOT NULL,
    changed_by TEXT NOT NULL
) STRICT;

CREATE TABLE regulars (
    customer_id BLOB NOT NULL PRIMARY KEY,
    -- Counts the changes of name and contact from 1: stores ask for them anew.
    record INTEGER NOT NULL,
    card TEXT,
    group_id TEXT,
    -- Why they pay no tax: the number of a certificate, and its last day as days since 1970.
    certificate TEXT,
    exempt_until INTEGER,
    added_at_ms INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT;
-- Serves whose card it is, and that it is nobody else's.
CREATE UNIQUE INDEX regulars_by_card ON regulars (card);
-- Serves how many a group has.
CREATE INDEX regulars_by_group ON regulars (group_id);
-- Serves the list, the newest first.
CREATE INDEX regulars_by_time ON regulars (added_at_ms, customer_id);

-- Counts the changes of the book, and says which of them stores were told of last.
CREATE TABLE customer_book (
    place INTEGER NOT NULL PRIMARY KEY CHECK (place = 1),
    changes INTEGER NOT NULL,
    published INTEGER NOT NULL
) STRICT;
INSERT INTO customer_book (place, changes, published) VALUES (1, 0, 0);
