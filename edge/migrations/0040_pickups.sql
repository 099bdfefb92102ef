-- The pickups slice: this store's parts of online orders, and the work on them.

-- View: one row a part this store has, or had, custody of.
CREATE TABLE pickups (
    fulfilment_id BLOB PRIMARY KEY,
    order_id BLOB NOT NULL,
    -- The number the channel gave the order; empty while the order itself has not arrived.
    reference TEXT NOT NULL,
    channel TEXT NOT NULL,
    customer_id BLOB,
    -- How far it is (the word of a stage), and the list it stands in.
    stage TEXT NOT NULL,
    list TEXT NOT NULL CHECK (list IN ('to_do', 'ready', 'done')),
    -- By when the customer was told it is ready.
    promise_at_ms INTEGER NOT NULL,
    location TEXT,
    -- Until when it waits for the customer; nothing before it is staged.
    held_until_ms INTEGER,
    -- 1 when a cancellation waits for this store's answer.
    cancel_waits INTEGER NOT NULL,
    accepted_by BLOB,
    -- When custody came, and when the newest fact of the order was stated.
    offered_at_ms INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the lists, by the promise's clock.
CREATE INDEX pickups_by_list ON pickups (list, promise_at_ms, fulfilment_id);
-- Serves the view of one order, which is made anew with each of its facts.
CREATE INDEX pickups_by_order ON pickups (order_id);
-- Serves the search for a number a customer says.
CREATE INDEX pickups_by_reference ON pickups (reference);
-- Serves what is done in the background: answering cancellations, ending what nobody fetched.
CREATE INDEX pickups_cancelling ON pickups (fulfilment_id) WHERE cancel_waits = 1;
CREATE INDEX pickups_held ON pickups (held_until_ms) WHERE list = 'ready';

-- View: what became of the units of each line.
CREATE TABLE pickup_lines (
    fulfilment_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    description TEXT NOT NULL,
    remaining_milli INTEGER NOT NULL,
    to_pick_milli INTEGER NOT NULL,
    bag_milli INTEGER NOT NULL,
    handed_over_milli INTEGER NOT NULL,
    cancel_milli INTEGER NOT NULL,
    PRIMARY KEY (fulfilment_id, line)
) STRICT, WITHOUT ROWID;
-- Serves the question which part loses a unit that is gone.
CREATE INDEX pickup_lines_by_sku ON pickup_lines (sku) WHERE to_pick_milli > 0;

-- From here on: work in progress, which no fact says yet. A rebuild leaves it alone.

-- Scanned by somebody and not yet in a fact of picking.
CREATE TABLE pickup_scans (
    fulfilment_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    staff_id BLOB NOT NULL,
    quantity_milli INTEGER NOT NULL,
    PRIMARY KEY (fulfilment_id, line, staff_id)
) STRICT, WITHOUT ROWID;

-- To be taken out of the bag and put back on the shelf, and how much of it was scanned there.
CREATE TABLE pickup_put_aways (
    fulfilment_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    because TEXT NOT NULL CHECK (because IN ('cancelled', 'expired', 'refused')),
    wanted_milli INTEGER NOT NULL,
    scanned_milli INTEGER NOT NULL,
    asked_at_ms INTEGER NOT NULL,
    PRIMARY KEY (fulfilment_id, line, because)
) STRICT, WITHOUT ROWID;

-- The bell of each part: when it came in, when an open page first showed it, the slip.
CREATE TABLE pickup_bells (
    fulfilment_id BLOB PRIMARY KEY,
    rung_at_ms INTEGER NOT NULL,
    reached_at_ms INTEGER,
    -- Whether that page could make a sound.
    sounded INTEGER,
    slip_job_id BLOB
) STRICT, WITHOUT ROWID;

-- Who was found to be the right person to hand over to, until it is done.
CREATE TABLE pickup_proofs (
    fulfilment_id BLOB PRIMARY KEY,
    register INTEGER NOT NULL,
    checked_by TEXT NOT NULL CHECK (checked_by IN ('code', 'digits', 'document')),
    approved_by BLOB,
    checked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Wrong digits typed for a part, and until when no more are taken.
CREATE TABLE pickup_attempts (
    fulfilment_id BLOB PRIMARY KEY,
    wrong INTEGER NOT NULL,
    locked_until_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the scanner of a register scans for, and what it said last.
CREATE TABLE pickup_screens (
    register INTEGER PRIMARY KEY,
    -- Nothing while the list is open.
    fulfilment_id BLOB,
    -- What the last scan on the list found.
    found_id BLOB,
    said TEXT,
    tone TEXT CHECK (tone IN ('accepted', 'refused')),
    -- Counts what was said, so that each is heard once.
    cue INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
