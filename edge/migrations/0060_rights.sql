-- The rights slice: how much of this store's stock the hub may promise.

-- View: the sums of replication.md, section 3, by the edge they are about.
CREATE TABLE rights (
    edge INTEGER NOT NULL,
    sku TEXT NOT NULL,
    granted_milli INTEGER NOT NULL,
    returned_milli INTEGER NOT NULL,
    reserved_milli INTEGER NOT NULL,
    released_milli INTEGER NOT NULL,
    consumed_milli INTEGER NOT NULL,
    PRIMARY KEY (edge, sku)
) STRICT, WITHOUT ROWID;

-- Products whose stock or rights moved since somebody looked whether to grant or to ask.
CREATE TABLE rights_due (
    sku TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- When the hub was last asked to give rights back, so that it is not asked with every sale.
CREATE TABLE rights_asked (
    sku TEXT PRIMARY KEY,
    quantity_milli INTEGER NOT NULL,
    asked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
