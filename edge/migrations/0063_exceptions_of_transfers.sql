-- An exception is about an order or about a transfer, and may be settled before it is raised here.
-- All of it stays a view; what was there is kept.

CREATE TABLE exceptions_of_both (
    exception_id BLOB PRIMARY KEY,
    -- What it is about: an order, or a transfer.
    order_id BLOB,
    transfer_id BLOB,
    -- The part of the order it is about, if it is about one.
    fulfilment_id BLOB,
    -- What people call the order; nothing for a transfer.
    reference TEXT NOT NULL,
    rule TEXT NOT NULL,
    -- 1 is the worst.
    severity INTEGER NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('open', 'settled', 'resolved')),
    -- When the newest of its facts was stated.
    raised_at_ms INTEGER NOT NULL,
    CHECK ((order_id IS NULL) <> (transfer_id IS NULL))
) STRICT, WITHOUT ROWID;
INSERT INTO exceptions_of_both (exception_id, order_id, fulfilment_id, reference, rule, severity,
    standing, raised_at_ms)
SELECT exception_id, order_id, fulfilment_id, reference, rule, severity, standing, raised_at_ms
FROM exceptions;
DROP TABLE exceptions;
ALTER TABLE exceptions_of_both RENAME TO exceptions;
-- Serves the inbox, the worst first.
CREATE INDEX exceptions_by_standing ON exceptions (standing, severity, raised_at_ms, exception_id);
-- Serves the view of one order, which is made anew with each of its facts.
CREATE INDEX exceptions_by_order ON exceptions (order_id);

-- The exceptions of transfers that a person settled, here or at the hub: that may be folded before
-- what it settles.
CREATE TABLE exceptions_resolved (
    exception_id BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
