-- The signing slice: sales on their way through the fiscal signer, and the views of what became of
-- them.

-- Work, not a view of facts: a sale whose signer was not heard of yet. A rebuild leaves it alone.
CREATE TABLE signings (
    sale_id BLOB PRIMARY KEY,
    -- The print its receipt becomes.
    print_job_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('unsigned', 'signing', 'outage')),
    paid_at_ms INTEGER NOT NULL,
    -- How often the signer was asked; durable before it is.
    asked INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the sale whose receipt waits longest.
CREATE INDEX signings_by_state ON signings (state, paid_at_ms);

-- View: the one signature of a sale.
CREATE TABLE sale_signatures (
    sale_id BLOB PRIMARY KEY,
    signed_at_ms INTEGER NOT NULL,
    fact BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- View: receipts that left without a signature, with the outage that was the cause.
CREATE TABLE unsigned_receipts (
    sale_id BLOB PRIMARY KEY,
    outage_id BLOB NOT NULL,
    printed_at_ms INTEGER NOT NULL,
    -- 1 once the sale was signed afterwards.
    signed INTEGER NOT NULL CHECK (signed IN (0, 1))
) STRICT, WITHOUT ROWID;
-- Serves what is to be signed afterwards, and its count.
CREATE INDEX unsigned_receipts_left ON unsigned_receipts (printed_at_ms, sale_id) WHERE signed = 0;

-- View: outages of the signer.
CREATE TABLE signing_outages (
    outage_id BLOB PRIMARY KEY,
    reason TEXT NOT NULL,
    began_at_ms INTEGER NOT NULL,
    ended_at_ms INTEGER
) STRICT, WITHOUT ROWID;
-- Serves the outage that goes on.
CREATE INDEX signing_outages_open ON signing_outages (began_at_ms) WHERE ended_at_ms IS NULL;
