-- The keys this store has made to sign codes with: a view of its own facts.
CREATE TABLE own_keys (
    key_id TEXT PRIMARY KEY,
    public_key BLOB NOT NULL,
    from_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
