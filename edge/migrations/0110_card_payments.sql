-- The payments slice: everything a terminal was asked to do with money.

-- Work, not a view of facts: written before a terminal is asked, and again with what it answered.
-- A rebuild and a restore leave it alone.
CREATE TABLE card_attempts (
    -- What the terminal knows it by; never used twice.
    intent TEXT PRIMARY KEY,
    register INTEGER NOT NULL,
    -- sale: a card pays. give_back: it gets that back before the sale came about. refund: goods of
    -- the sale came back.
    purpose TEXT NOT NULL CHECK (purpose IN ('sale', 'give_back', 'refund')),
    -- The sale that is paid, or that goods came back of.
    sale_id BLOB NOT NULL,
    -- The payment whose money goes back.
    of_intent TEXT,
    amount_minor INTEGER NOT NULL,
    state TEXT NOT NULL CHECK
        (state IN ('sent', 'approved', 'declined', 'cancelled', 'unknown', 'reversed')),
    -- 1 from before the first byte leaves for the terminal.
    asked INTEGER NOT NULL CHECK (asked IN (0, 1)),
    -- What moved, and what the terminal said of it, as JSON.
    moved_minor INTEGER,
    card TEXT,
    -- Why nothing moved, or why nobody knows.
    words TEXT,
    staff_id BLOB NOT NULL,
    begun_at_ms INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL,
    -- What a manager said became of it, and who.
    said TEXT CHECK (said IN ('moved', 'not_moved')),
    said_by BLOB,
    -- 1 while it is not known, or its money belongs to no sale yet.
    open INTEGER NOT NULL CHECK (open IN (0, 1)),
    -- 1 while the terminal has not yet said whether the manager was right.
    proof_wanted INTEGER NOT NULL CHECK (proof_wanted IN (0, 1)),
    -- 1 when the terminal says something else than the manager, until a person has seen to it.
    disputed INTEGER NOT NULL CHECK (disputed IN (0, 1))
) STRICT, WITHOUT ROWID;
-- Serves what still has to be done, for a register and for the store.
CREATE INDEX card_attempts_left ON card_attempts (register, begun_at_ms)
    WHERE open = 1 OR proof_wanted = 1 OR disputed = 1;
-- Serves what was tried for a sale.
CREATE INDEX card_attempts_by_sale ON card_attempts (sale_id, begun_at_ms);
