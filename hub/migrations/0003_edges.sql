-- The edges the hub has enrolled, and what it last heard of each.
CREATE TABLE edges (
    edge INTEGER NOT NULL PRIMARY KEY CHECK (edge > 0),
    store_id TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    enrolled_at_ms INTEGER NOT NULL,
    certificate_serial TEXT NOT NULL,
    certificate_until_ms INTEGER NOT NULL,
    blocked_at_ms INTEGER,
    -- The newest of its lives that was greeted.
    incarnation INTEGER,
    -- How far it said its feed goes, and how much of that is held here.
    said_seq INTEGER NOT NULL DEFAULT 0,
    held_seq INTEGER NOT NULL DEFAULT 0,
    -- Its clock less ours, the way between included.
    clock_off_ms INTEGER,
    contact_at_ms INTEGER,
    -- The last time the hub would not go on with it, and the sentence it was told.
    refused_at_ms INTEGER,
    refused_because TEXT
) STRICT;
-- Serves the list of a store's edges, newest last.
CREATE INDEX edges_by_store ON edges (store_id, edge);

-- What stores read and the hub owns: published snapshots, the newest few of each kind and scope.
-- The scope is a store's slug, or empty for what all stores share.
CREATE TABLE reference_snapshots (
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    version INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    bytes BLOB NOT NULL,
    published_at_ms INTEGER NOT NULL,
    PRIMARY KEY (kind, scope, version)
) STRICT;
