-- Work, not a view of facts: what comes back with the sale in work at a register. It is stated with
-- that sale, in its transaction; a rebuild leaves it alone.
CREATE TABLE basket_exchanges (
    register INTEGER PRIMARY KEY,
    -- The sale goods come back of: in one exchange at a time, wherever.
    sale_id BLOB NOT NULL UNIQUE,
    return_id BLOB NOT NULL,
    approved_by BLOB,
    -- What is brought, and what went back to cards so far, as JSON.
    brought TEXT NOT NULL,
    done TEXT NOT NULL,
    -- What the terminal is asked for now; nothing once that came to nothing.
    intent TEXT
) STRICT;
