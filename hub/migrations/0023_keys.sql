-- The public keys codes are signed with: the hub's own, and those edges have told of.
CREATE TABLE signing_keys (
    key_id TEXT NOT NULL PRIMARY KEY,
    -- The edge's number; 0 is the hub.
    owner INTEGER NOT NULL,
    public_key BLOB NOT NULL,
    from_ms INTEGER NOT NULL
) STRICT;

-- Keys an operator has said are not to be believed. Not a view: a rebuild leaves it alone.
CREATE TABLE key_revocations (
    key_id TEXT NOT NULL PRIMARY KEY,
    revoked_at_ms INTEGER NOT NULL,
    revoked_by TEXT NOT NULL,
    reason TEXT NOT NULL
) STRICT;
