-- What an operator may do, and since when somebody may not sign in any more. Whoever was there
-- before roles were could do everything.
ALTER TABLE operators ADD COLUMN role TEXT NOT NULL DEFAULT 'admin';
ALTER TABLE operators ADD COLUMN disabled_at_ms INTEGER;

-- Keys of channels and integrations: the hash of a random secret, never the secret.
CREATE TABLE api_keys (
    key_id BLOB NOT NULL PRIMARY KEY,
    secret_sha256 BLOB NOT NULL,
    name TEXT NOT NULL,
    -- Permissions by their words, one space between them.
    scopes TEXT NOT NULL,
    requests_per_minute INTEGER NOT NULL,
    made_at_ms INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    used_at_ms INTEGER,
    revoked_at_ms INTEGER
) STRICT;
-- Serves finding out whose key a request brings.
CREATE UNIQUE INDEX api_keys_by_secret ON api_keys (secret_sha256);

-- Who changed what, and who was refused: written with the change, and never updated.
CREATE TABLE audit (
    audit_id BLOB NOT NULL PRIMARY KEY,
    at_ms INTEGER NOT NULL,
    -- operator:<name>, key:<name>, or what else may ask.
    who TEXT NOT NULL,
    -- What the command is about, the first word of its address: 'stores', 'orders'.
    area TEXT NOT NULL,
    command TEXT NOT NULL,
    -- 'done', or the code of the refusal.
    outcome TEXT NOT NULL,
    -- More for people: which fields, which key; never what is secret or personal.
    about TEXT NOT NULL,
    -- The address the request came from.
    came_from TEXT NOT NULL
) STRICT;
-- Serves the list of one person's or key's changes.
CREATE INDEX audit_by_who ON audit (who, audit_id);
-- Serves the list of changes in one area.
CREATE INDEX audit_by_area ON audit (area, audit_id);
-- Serves deleting what is kept long enough.
CREATE INDEX audit_by_time ON audit (at_ms);
