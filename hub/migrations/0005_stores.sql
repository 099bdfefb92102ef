-- The stores, as the region knows them.
CREATE TABLE stores (
    store_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    tax_number TEXT,
    locale TEXT NOT NULL,
    receipt_footer TEXT,
    added_at_ms INTEGER NOT NULL
) STRICT;

-- Who works in a store. Facts hold the id alone.
CREATE TABLE members (
    member_id BLOB NOT NULL PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES stores (store_id),
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('associate', 'manager')),
    pin_hash TEXT NOT NULL,
    added_at_ms INTEGER NOT NULL,
    left_at_ms INTEGER
) STRICT;
-- Serves a store's roster.
CREATE INDEX members_by_store ON members (store_id, member_id);

-- One-time codes by the hash of their secret. A used one remembers by whom, so that an answer that
-- was lost on its way can be given again to the same key and to nobody else.
CREATE TABLE enrolment_codes (
    secret_sha256 BLOB NOT NULL PRIMARY KEY,
    store_id TEXT NOT NULL REFERENCES stores (store_id),
    made_at_ms INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    until_ms INTEGER NOT NULL,
    used_at_ms INTEGER,
    used_by_edge INTEGER,
    used_csr_sha256 BLOB,
    used_certificate_pem TEXT
) STRICT;
-- Serves a store's list of codes.
CREATE INDEX enrolment_codes_by_store ON enrolment_codes (store_id, made_at_ms);
