-- The snapshot in use of each kind, packed, so that the hub need only send what changed.
CREATE TABLE reference_contents (
    kind TEXT PRIMARY KEY,
    sha256 BLOB NOT NULL,
    packed BLOB NOT NULL
) STRICT, WITHOUT ROWID;
