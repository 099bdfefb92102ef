-- Orders as their facts say they are: views, folded anew with every fact of an order.
CREATE TABLE orders (
    order_id BLOB NOT NULL PRIMARY KEY,
    channel TEXT NOT NULL,
    channel_reference TEXT NOT NULL,
    placed_at_ms INTEGER NOT NULL,
    currency TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    -- 'pickup' or 'ship'.
    delivery TEXT NOT NULL,
    pickup_store TEXT,
    payment TEXT NOT NULL,
    customer_id BLOB,
    status TEXT NOT NULL,
    -- 'route', 'cancel', or nothing: what the hub itself has still to do.
    todo TEXT NOT NULL,
    -- By when the last part that is still open was promised.
    promise_at_ms INTEGER,
    -- Lower-case reference, SKUs and names, for looking up; nothing about a person.
    found_by TEXT NOT NULL
) STRICT;
-- Serves the list, newest first.
CREATE INDEX orders_by_time ON orders (placed_at_ms, order_id);
-- Serves the list of one status.
CREATE INDEX orders_by_status ON orders (status, placed_at_ms, order_id);
-- Serves the background work, oldest first.
CREATE INDEX orders_by_todo ON orders (todo, placed_at_ms, order_id);

CREATE TABLE order_lines (
    order_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    description TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    unit_price_minor INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    tax_rate INTEGER NOT NULL,
    unrouted_milli INTEGER NOT NULL,
    cancelled_milli INTEGER NOT NULL,
    handed_over_milli INTEGER NOT NULL,
    PRIMARY KEY (order_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE fulfilments (
    fulfilment_id BLOB NOT NULL PRIMARY KEY,
    order_id BLOB NOT NULL,
    store_id TEXT,
    edge INTEGER,
    epoch INTEGER NOT NULL,
    stage TEXT NOT NULL,
    promise_at_ms INTEGER,
    hold_days INTEGER,
    location TEXT,
    staged_at_ms INTEGER,
    -- 1 while a cancellation was asked for that nobody has answered.
    cancel_waits INTEGER NOT NULL CHECK (cancel_waits IN (0, 1))
) STRICT;
-- Serves an order's parts.
CREATE INDEX fulfilments_by_order ON fulfilments (order_id, fulfilment_id);
-- Serves the orders of one store.
CREATE INDEX fulfilments_by_store ON fulfilments (store_id, order_id);

CREATE TABLE fulfilment_lines (
    fulfilment_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    allocated_milli INTEGER NOT NULL,
    withdrawn_milli INTEGER NOT NULL,
    picked_milli INTEGER NOT NULL,
    handed_over_milli INTEGER NOT NULL,
    shorted_milli INTEGER NOT NULL,
    released_milli INTEGER NOT NULL,
    broken_milli INTEGER NOT NULL,
    remaining_milli INTEGER NOT NULL,
    PRIMARY KEY (fulfilment_id, line)
) STRICT, WITHOUT ROWID;

-- What channels sent and were answered: one order for each of their references. No view.
CREATE TABLE captures (
    channel TEXT NOT NULL,
    channel_reference TEXT NOT NULL,
    order_id BLOB NOT NULL,
    request_sha256 BLOB NOT NULL,
    -- What was ordered, as JSON, without the customer: to be shown beside what comes later.
    content TEXT NOT NULL,
    -- The answer, as JSON.
    answer TEXT NOT NULL,
    captured_at_ms INTEGER NOT NULL,
    captured_by TEXT NOT NULL,
    PRIMARY KEY (channel, channel_reference)
) STRICT;

-- Where in an edge's feed the custody of a part stands: beyond what was ever framed the hub may
-- take it back alone. No view.
CREATE TABLE custodies (
    fulfilment_id BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    edge INTEGER NOT NULL,
    feed_seq INTEGER NOT NULL,
    -- The pickup code and the digits, sealed: whoever holds them is handed the goods.
    sealed BLOB NOT NULL,
    PRIMARY KEY (fulfilment_id, epoch)
) STRICT, WITHOUT ROWID;

-- Why an order went where it went: each decision with everything that was looked at. No view.
CREATE TABLE routings (
    order_id BLOB NOT NULL,
    decision INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    -- 'capture', 'rights', 'short' or 'operator'.
    because TEXT NOT NULL,
    by_whom TEXT NOT NULL,
    fulfilment_id BLOB,
    store_id TEXT,
    considered TEXT NOT NULL,
    PRIMARY KEY (order_id, decision)
) STRICT, WITHOUT ROWID;
