-- What facts say together that needs a person: derived, and never deleted but by a rebuild.
CREATE TABLE exceptions (
    exception_id BLOB NOT NULL PRIMARY KEY,
    rule TEXT NOT NULL,
    severity INTEGER NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('open', 'settled', 'resolved')),
    -- What it is about: an order, or a transfer.
    order_id BLOB,
    transfer_id BLOB,
    fulfilment_id BLOB,
    -- Where it happened, if that is one place.
    edge INTEGER,
    -- The ids of the facts, 26 characters each, one space between them.
    facts TEXT NOT NULL,
    -- What and how much, as JSON.
    units TEXT NOT NULL,
    raised_at_ms INTEGER NOT NULL
) STRICT;
-- Serves the inbox: the worst first, then the oldest.
CREATE INDEX exceptions_inbox ON exceptions (standing, severity, raised_at_ms, exception_id);
-- Serves the exceptions of one order.
CREATE INDEX exceptions_by_order ON exceptions (order_id);

-- How a person settled an exception, as the fact says; it may come before what it settles.
CREATE TABLE exception_resolutions (
    exception_id BLOB NOT NULL PRIMARY KEY,
    how TEXT NOT NULL,
    resolved_at_ms INTEGER NOT NULL
) STRICT;
