-- The public keys signed codes are checked with.
CREATE TABLE signing_keys (
    key_id TEXT PRIMARY KEY,
    owner INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    from_ms INTEGER NOT NULL,
    until_ms INTEGER,
    revoked_at_ms INTEGER,
    revoked_because TEXT
) STRICT, WITHOUT ROWID;

-- What the stores nearby had when the hub last heard of them.
CREATE TABLE neighbour_stores (
    generation INTEGER NOT NULL,
    place INTEGER NOT NULL,
    store_id TEXT NOT NULL,
    name TEXT NOT NULL,
    as_of_ms INTEGER,
    PRIMARY KEY (generation, place)
) STRICT, WITHOUT ROWID;
CREATE TABLE neighbour_stock (
    generation INTEGER NOT NULL,
    sku TEXT NOT NULL,
    place INTEGER NOT NULL,
    on_hand_milli INTEGER NOT NULL,
    PRIMARY KEY (generation, sku, place)
) STRICT, WITHOUT ROWID;
