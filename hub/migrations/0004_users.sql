-- The people who work at the console.
CREATE TABLE operators (
    name TEXT NOT NULL PRIMARY KEY,
    password_hash TEXT NOT NULL,
    created_at_ms INTEGER NOT NULL,
    changed_at_ms INTEGER NOT NULL
) STRICT;

-- Who is signed in: the hash of a random token, never the token.
CREATE TABLE console_sessions (
    token_sha256 BLOB NOT NULL PRIMARY KEY,
    operator TEXT NOT NULL REFERENCES operators (name) ON DELETE CASCADE,
    begun_at_ms INTEGER NOT NULL,
    until_ms INTEGER NOT NULL
) STRICT;
-- Serves the purge of sessions that are over.
CREATE INDEX console_sessions_by_end ON console_sessions (until_ms);

-- Wrong passwords in a row, so that guessing takes years. Unknown names count too.
CREATE TABLE sign_in_failures (
    name TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    locked_until_ms INTEGER NOT NULL
) STRICT;
