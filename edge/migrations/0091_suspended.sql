-- Baskets that were suspended: any register of the store recalls one, once. They are work and no facts:
-- a restore forgets them as it forgets the baskets at the registers.

CREATE TABLE suspended_baskets (
    -- Never given twice: a slip in a customer's hand must not mean somebody else's basket.
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    sale_id BLOB NOT NULL,
    -- What the people at the till call it.
    name TEXT,
    -- The basket as JSON: lines, prices and discounts as they were.
    basket TEXT NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    items INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    register INTEGER NOT NULL,
    suspended_by BLOB NOT NULL,
    suspended_at_ms INTEGER NOT NULL,
    -- Who has it, once somebody recalled it; nothing while it waits.
    recalled_register INTEGER,
    recalled_by BLOB,
    recalled_at_ms INTEGER
) STRICT;
-- Serves the list of those that wait, and the forgetting of old ones.
CREATE INDEX suspended_baskets_by_recall ON suspended_baskets (recalled_at_ms, number);
