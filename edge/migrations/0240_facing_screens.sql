-- The facing slice: which browsers show a register's sale to customers. No view of facts: screens are
-- this store's own.

-- A screen holds a token; what is stored here is its hash.
CREATE TABLE facing_screens (
    token_sha256 BLOB NOT NULL PRIMARY KEY,
    register INTEGER NOT NULL,
    -- Who let it show the sale, and when.
    staff_id BLOB NOT NULL,
    since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the screens of a register.
CREATE INDEX facing_screens_by_register ON facing_screens (register, since_ms);
