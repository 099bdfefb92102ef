-- The companies that run stores. Until now each store's details held a copy of its company's words;
-- they are moved here at the hub's first start (reading JSON is the one thing the engines' SQL does
-- not have in common).
CREATE TABLE legal_entities (
    entity_id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    registration_number TEXT,
    -- Country, kind and number of each, as JSON: read and written as a whole, never searched.
    tax_numbers TEXT NOT NULL,
    number_prefix TEXT,
    added_at_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE stores ADD COLUMN entity_id TEXT REFERENCES legal_entities (entity_id);
-- Serves the stores of a company.
CREATE INDEX stores_by_entity ON stores (entity_id);

-- Views: invoices and the like by their printed numbers, and the proof that none is missing; as
-- receipt_series, but a range is the store server's and not a register's.
CREATE TABLE issued_papers (
    edge INTEGER NOT NULL,
    kind TEXT NOT NULL,
    series INTEGER NOT NULL,
    number INTEGER NOT NULL,
    sale_id BLOB NOT NULL,
    printed_number TEXT NOT NULL,
    business_date INTEGER NOT NULL,
    at_ms INTEGER NOT NULL,
    staff_id BLOB,
    copies INTEGER NOT NULL DEFAULT 0,
    -- A number comes under another sale only from a copied store server.
    PRIMARY KEY (edge, kind, series, number, sale_id)
) STRICT, WITHOUT ROWID;
-- Serves the papers of a sale.
CREATE INDEX issued_papers_by_sale ON issued_papers (sale_id);

CREATE TABLE paper_series (
    edge INTEGER NOT NULL,
    kind TEXT NOT NULL,
    series INTEGER NOT NULL,
    highest INTEGER NOT NULL,
    arrived INTEGER NOT NULL,
    doubled INTEGER NOT NULL,
    PRIMARY KEY (edge, kind, series)
) STRICT, WITHOUT ROWID;
