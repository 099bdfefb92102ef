-- The exceptions slice: what facts say together that needs a person. All of it is a view.

CREATE TABLE exceptions (
    exception_id BLOB PRIMARY KEY,
    order_id BLOB NOT NULL,
    -- The part of the order it is about, if it is about one.
    fulfilment_id BLOB,
    -- What people call the order.
    reference TEXT NOT NULL,
    rule TEXT NOT NULL,
    -- 1 is the worst.
    severity INTEGER NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('open', 'settled', 'resolved')),
    -- When the newest of its facts was stated.
    raised_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the inbox, the worst first.
CREATE INDEX exceptions_by_standing ON exceptions (standing, severity, raised_at_ms, exception_id);
-- Serves the view of one order, which is made anew with each of its facts.
CREATE INDEX exceptions_by_order ON exceptions (order_id);

-- What it is about.
CREATE TABLE exception_units (
    exception_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    sku TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    PRIMARY KEY (exception_id, place)
) STRICT, WITHOUT ROWID;

-- The facts that raise it.
CREATE TABLE exception_facts (
    exception_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    fact_id BLOB NOT NULL,
    PRIMARY KEY (exception_id, place)
) STRICT, WITHOUT ROWID;
