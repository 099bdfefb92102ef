-- The journal slice: what happened at the registers, as a person looks it up. Views of facts.

-- View: one row for each thing a fact says somebody did: a sale whose price was changed by hand and
-- that had a line taken out is three.
CREATE TABLE journal_entries (
    fact_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    -- When, as facts are ordered: milliseconds UTC times 65536, and a counter.
    hlc INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    register INTEGER,
    staff_id BLOB,
    approved_by BLOB,
    -- As printed; nothing where no paper has a number.
    number TEXT,
    -- The last part of the number, which is what people remember.
    tail INTEGER,
    sale_id BLOB,
    return_id BLOB,
    amount_minor INTEGER,
    -- Words of the program, with commas between: reasons, what became of money.
    why TEXT NOT NULL,
    PRIMARY KEY (fact_id, kind)
) STRICT, WITHOUT ROWID;
-- Serves the newest first, and a span of time.
CREATE INDEX journal_by_time ON journal_entries (hlc, fact_id, kind);
-- Serves a search by number.
CREATE INDEX journal_by_number ON journal_entries (number);
-- Serves a search by the last part of a number.
CREATE INDEX journal_by_tail ON journal_entries (tail);
-- Serves a search by amount.
CREATE INDEX journal_by_amount ON journal_entries (amount_minor);
-- Serves lists of one kind: voids, no-sales.
CREATE INDEX journal_by_kind ON journal_entries (kind, hlc);
-- Serves what one person did.
CREATE INDEX journal_by_staff ON journal_entries (staff_id, hlc);

-- View: which products an entry is about.
CREATE TABLE journal_items (
    sku TEXT NOT NULL,
    fact_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (sku, fact_id, kind)
) STRICT, WITHOUT ROWID;

-- View: what products were called when they were sold, in small letters: a name is found after the
-- catalogue has forgotten it.
CREATE TABLE journal_names (
    name TEXT NOT NULL,
    sku TEXT NOT NULL,
    PRIMARY KEY (name, sku)
) STRICT, WITHOUT ROWID;

-- View: the last four digits of cards that paid or got money back.
CREATE TABLE journal_cards (
    last_four TEXT NOT NULL,
    fact_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (last_four, fact_id, kind)
) STRICT, WITHOUT ROWID;
