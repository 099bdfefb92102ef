-- Who this store is and where its hub is, as the hub said at enrolment: one row. Key and
-- certificates lie beside the database, in files only their owner may read.
CREATE TABLE enrolment (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    edge INTEGER NOT NULL,
    store_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- One line of the address a line.
    address_lines TEXT NOT NULL,
    currency TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    tax_number TEXT,
    locale TEXT NOT NULL,
    receipt_footer TEXT,
    -- Where the hub takes exchanges, such as https://hub.example:8401.
    sync_address TEXT NOT NULL,
    enrolled_at_ms INTEGER NOT NULL
) STRICT;
