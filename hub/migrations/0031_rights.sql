-- What the hub may promise of each edge's stock: sums over facts, and nothing else.
CREATE TABLE rights (
    sku TEXT NOT NULL,
    edge INTEGER NOT NULL,
    granted_milli INTEGER NOT NULL,
    returned_milli INTEGER NOT NULL,
    reserved_milli INTEGER NOT NULL,
    released_milli INTEGER NOT NULL,
    consumed_milli INTEGER NOT NULL,
    PRIMARY KEY (sku, edge)
) STRICT, WITHOUT ROWID;

-- What stores would like to have back, line by line.
CREATE TABLE rights_asked (
    fact_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    edge INTEGER NOT NULL,
    sku TEXT NOT NULL,
    quantity_milli INTEGER NOT NULL,
    PRIMARY KEY (fact_id, place)
) STRICT, WITHOUT ROWID;

-- Which of these facts the hub has answered. No view: it is written with the answer.
CREATE TABLE rights_answered (
    fact_id BLOB NOT NULL PRIMARY KEY,
    answered_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
