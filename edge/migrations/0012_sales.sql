-- The sales slice: baskets in work, scans nobody has settled, what a register shows, and the views
-- of sales made of facts.

-- A sale before it is paid. It lives here and not in a page, so that a reload loses nothing.
CREATE TABLE baskets (
    register INTEGER PRIMARY KEY,
    sale_id BLOB NOT NULL,
    begun_at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE basket_lines (
    register INTEGER NOT NULL REFERENCES baskets (register) ON DELETE CASCADE,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    description TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('piece', 'kilogram')),
    quantity_milli INTEGER NOT NULL,
    unit_price_minor INTEGER NOT NULL,
    tax_rate INTEGER NOT NULL,
    touched INTEGER NOT NULL,
    voided INTEGER NOT NULL CHECK (voided IN (0, 1)),
    voided_by BLOB,
    PRIMARY KEY (register, line)
) STRICT, WITHOUT ROWID;

-- What a customer gave while something is still due.
CREATE TABLE basket_tenders (
    register INTEGER NOT NULL REFERENCES baskets (register) ON DELETE CASCADE,
    tender INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cash')),
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (register, tender)
) STRICT, WITHOUT ROWID;

-- Scans that did not become a line: each waits for a person, none is forgotten.
CREATE TABLE waiting_scans (
    -- Never given twice: a late answer about one scan must not settle another.
    scan INTEGER PRIMARY KEY AUTOINCREMENT,
    register INTEGER NOT NULL,
    code TEXT NOT NULL,
    aim TEXT,
    why TEXT NOT NULL,
    scanned_at_ms INTEGER NOT NULL
) STRICT;
-- Serves what waits at a register.
CREATE INDEX waiting_scans_by_register ON waiting_scans (register, scan);

-- What a register shows: the same on each of its screens and after a reload.
CREATE TABLE register_screens (
    register INTEGER PRIMARY KEY,
    phase TEXT NOT NULL CHECK (phase IN ('selling', 'tendering', 'paid')),
    -- The sale just paid, whose change stays on the screen until the next scan.
    paid_sale_id BLOB,
    -- An amount given that a person is asked about.
    asked_minor INTEGER,
    -- The line that was scanned or changed last: quantity keys are about it.
    selected_line INTEGER,
    -- Counts what is heard; the word of the last sound.
    cue INTEGER NOT NULL,
    cue_word TEXT CHECK (cue_word IN ('accepted', 'refused', 'paid'))
) STRICT;

-- View: one row a sale. Its whole fact stands beside the columns lists need.
CREATE TABLE sales (
    sale_id BLOB PRIMARY KEY,
    register INTEGER NOT NULL,
    series INTEGER NOT NULL,
    number INTEGER NOT NULL,
    staff_id BLOB,
    business_date INTEGER NOT NULL,
    sold_at_ms INTEGER NOT NULL,
    items INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    fact BLOB NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the next receipt number, and keeps a number from being given twice.
CREATE UNIQUE INDEX sales_by_receipt ON sales (register, series, number);
-- Serves the latest sales of the store.
CREATE INDEX sales_by_time ON sales (sold_at_ms, sale_id);

-- View: how often each product was sold, for the tiles.
CREATE TABLE product_sales (
    sku TEXT PRIMARY KEY,
    lines INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves the best sellers.
CREATE INDEX product_sales_by_lines ON product_sales (lines, sku);

-- View: receipts printed again.
CREATE TABLE receipt_copies (
    sale_id BLOB NOT NULL,
    copy INTEGER NOT NULL,
    staff_id BLOB,
    copied_at_ms INTEGER NOT NULL,
    PRIMARY KEY (sale_id, copy)
) STRICT, WITHOUT ROWID;
