-- Work, not a view of facts: a return whose card is being given its money back. The return is stated
-- when all of it went back; a rebuild leaves it alone.
CREATE TABLE card_refunds (
    sale_id BLOB PRIMARY KEY,
    register INTEGER NOT NULL,
    staff_id BLOB NOT NULL,
    approved_by BLOB,
    -- What is brought, and what went back to cards so far, as JSON.
    brought TEXT NOT NULL,
    done TEXT NOT NULL,
    -- What the terminal is asked for now; nothing once that came to nothing.
    intent TEXT
) STRICT, WITHOUT ROWID;
