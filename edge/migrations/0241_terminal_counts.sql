-- The payments slice: terminals that are to close their period, and what they counted already.

-- Work, not a view of facts, as card_attempts. A register whose till was closed and whose terminal is
-- still to be asked for its count.
CREATE TABLE terminal_counts_wanted (
    register INTEGER PRIMARY KEY,
    -- What the terminal knows the question by.
    intent TEXT NOT NULL,
    shift_id BLOB NOT NULL,
    -- Who closed the till.
    staff_id BLOB NOT NULL,
    -- 1 from before the first byte leaves: a terminal gives its count only once.
    asked INTEGER NOT NULL CHECK (asked IN (0, 1))
) STRICT;

-- The count that names an attempt's money; none yet. What is older than this table stands in no count.
ALTER TABLE card_attempts ADD COLUMN counted_in TEXT;
UPDATE card_attempts SET counted_in = 'before';
-- Serves the next count of a register.
CREATE INDEX card_attempts_uncounted ON card_attempts (register) WHERE counted_in IS NULL;
