-- Views of sales: folds over the facts of every edge.
CREATE TABLE sales (
    sale_id BLOB NOT NULL PRIMARY KEY,
    edge INTEGER NOT NULL,
    register INTEGER NOT NULL,
    series INTEGER NOT NULL,
    number INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    -- The order in which people see things, unique enough to page by together with sale_id.
    hlc INTEGER NOT NULL,
    staff_id BLOB,
    currency TEXT NOT NULL,
    total_minor INTEGER NOT NULL,
    change_minor INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    catalog_version INTEGER NOT NULL,
    copies INTEGER NOT NULL DEFAULT 0
) STRICT;
-- Serves the latest receipts of everywhere and of one store.
CREATE INDEX sales_by_time ON sales (hlc, sale_id);
CREATE INDEX sales_by_edge ON sales (edge, hlc, sale_id);
-- Serves looking a receipt up by its printed number.
CREATE INDEX sales_by_receipt ON sales (edge, register, series, number);

CREATE TABLE sale_lines (
    sale_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    description TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    unit_price_minor INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    tax_rate INTEGER NOT NULL,
    PRIMARY KEY (sale_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE sale_tenders (
    sale_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    kind TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (sale_id, place)
) STRICT, WITHOUT ROWID;

-- What a store sold on a day.
CREATE TABLE sale_days (
    edge INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    sales INTEGER NOT NULL,
    total_minor INTEGER NOT NULL,
    PRIMARY KEY (edge, business_date)
) STRICT, WITHOUT ROWID;

-- The proof that no receipt is missing: numbers of a series run from 1 without a gap, so as many
-- as the highest one must have arrived.
CREATE TABLE receipt_series (
    edge INTEGER NOT NULL,
    register INTEGER NOT NULL,
    series INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    doubled INTEGER NOT NULL,
    PRIMARY KEY (edge, register, series)
) STRICT, WITHOUT ROWID;
