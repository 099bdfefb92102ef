-- Where stores are taxed, and by which taxes.
CREATE TABLE jurisdictions (
    jurisdiction_id TEXT NOT NULL PRIMARY KEY,
    -- Everything of it as JSON: read and written as a whole, never searched.
    body TEXT NOT NULL,
    added_at_ms INTEGER NOT NULL
) STRICT;

ALTER TABLE stores ADD COLUMN jurisdiction_id TEXT REFERENCES jurisdictions (jurisdiction_id);
-- Serves the stores of a jurisdiction.
CREATE INDEX stores_by_jurisdiction ON stores (jurisdiction_id);
