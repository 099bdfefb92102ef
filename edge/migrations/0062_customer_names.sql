-- The names of customers whose orders are, or lately were, here: a copy of what the hub holds, to
-- be called at the counter with the hub cut off. Facts hold the pseudonym alone. A rebuild leaves
-- it alone.
CREATE TABLE customer_names (
    customer_id BLOB PRIMARY KEY,
    -- 'awaited' until the hub answered; 'unknown' when it tells this store no name.
    standing TEXT NOT NULL CHECK (standing IN ('awaited', 'known', 'erased', 'unknown')),
    -- The name, sealed with vault.key in the data folder; nothing unless it is known.
    sealed BLOB,
    -- When the hub last told it.
    fetched_at_ms INTEGER,
    -- When the hub was last asked, how often in a row to no avail, and when it is asked again.
    asked_at_ms INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    ask_at_ms INTEGER NOT NULL,
    CHECK ((standing = 'known') = (sealed IS NOT NULL))
) STRICT, WITHOUT ROWID;

-- Serves the question which of a customer's orders is still here.
CREATE INDEX pickups_by_customer ON pickups (customer_id);
