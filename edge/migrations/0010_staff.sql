-- The staff slice: who is signed in where. No view of facts: sessions are this store's own.

-- A browser or program holds a token; what is stored here is its hash. One token may be signed in
-- at several registers, and a register has one person at a time.
CREATE TABLE staff_sessions (
    token_sha256 BLOB NOT NULL,
    register INTEGER NOT NULL,
    staff_id BLOB NOT NULL,
    signed_in_at_ms INTEGER NOT NULL,
    PRIMARY KEY (token_sha256, register)
) STRICT, WITHOUT ROWID;
-- Serves who is at a register.
CREATE INDEX staff_sessions_by_register ON staff_sessions (register, signed_in_at_ms);

-- Wrong PINs typed in a row at a register, and until when it takes none.
CREATE TABLE sign_in_attempts (
    register INTEGER PRIMARY KEY,
    wrong INTEGER NOT NULL,
    locked_until_ms INTEGER NOT NULL
) STRICT;
