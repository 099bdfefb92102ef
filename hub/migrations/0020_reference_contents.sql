-- The bytes of published snapshots, once for all scopes that share them; `form` says whether they
-- are packed with zstd.
CREATE TABLE reference_contents (
    sha256 BLOB NOT NULL PRIMARY KEY,
    form TEXT NOT NULL CHECK (form IN ('plain', 'zstd')),
    bytes BLOB NOT NULL
) STRICT;

INSERT INTO reference_contents (sha256, form, bytes)
    SELECT sha256, 'plain', bytes FROM reference_snapshots WHERE TRUE
    ON CONFLICT (sha256) DO NOTHING;

ALTER TABLE reference_snapshots DROP COLUMN bytes;
-- Serves the question whether anybody still reads a content.
CREATE INDEX reference_snapshots_by_hash ON reference_snapshots (sha256);

-- What changed from one content to another, made when the first edge asks. Without bytes it is not
-- worth sending: the whole is smaller.
CREATE TABLE reference_deltas (
    base_sha256 BLOB NOT NULL,
    sha256 BLOB NOT NULL,
    bytes BLOB,
    PRIMARY KEY (base_sha256, sha256)
) STRICT;
-- Serves the deltas to a content that goes.
CREATE INDEX reference_deltas_by_hash ON reference_deltas (sha256);
