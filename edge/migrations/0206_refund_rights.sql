-- Views of facts: who may refund a sale, and what is needed to refund one of another store.

-- The latest turn of a right that was ever passed. A sale of this store without a row is held here.
CREATE TABLE refund_rights (
    sale_id BLOB PRIMARY KEY,
    turn INTEGER NOT NULL,
    is_here INTEGER NOT NULL,
    other_store TEXT NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE foreign_sales (
    sale_id BLOB PRIMARY KEY,
    sold_by TEXT NOT NULL,
    register INTEGER NOT NULL,
    series INTEGER NOT NULL,
    number INTEGER NOT NULL,
    -- The fact that granted the right to refund it.
    fact BLOB NOT NULL
) STRICT;

-- What came back elsewhere, of sales this store holds or held the right to refund.
CREATE TABLE foreign_returns (
    return_id BLOB PRIMARY KEY,
    sale_id BLOB NOT NULL,
    cards_minor INTEGER NOT NULL,
    accounts_minor INTEGER NOT NULL
) STRICT;
-- Serves what came back of a sale.
CREATE INDEX foreign_returns_by_sale ON foreign_returns (sale_id);

CREATE TABLE foreign_return_lines (
    return_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    line INTEGER NOT NULL,
    quantity_milli INTEGER NOT NULL,
    amount_minor INTEGER NOT NULL,
    tax_rate INTEGER NOT NULL,
    PRIMARY KEY (return_id, place)
) STRICT;

-- What a desk of this store asked for; what is not known yet is empty.
CREATE TABLE refund_asks (
    ask BLOB PRIMARY KEY,
    store_id TEXT,
    register INTEGER,
    series INTEGER,
    number INTEGER,
    asked_at_ms INTEGER,
    answered_at_ms INTEGER,
    sale_id BLOB,
    refused TEXT
) STRICT;

-- What the hub wants this store to pass on.
CREATE TABLE refund_wanted (
    ask BLOB PRIMARY KEY,
    sale_id BLOB,
    to_store TEXT,
    to_edge INTEGER,
    is_passed INTEGER NOT NULL DEFAULT 0
) STRICT;
