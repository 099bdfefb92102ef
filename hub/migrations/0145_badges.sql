-- Badges of staff. Only what a secret hashes to is kept: a card that is lost is made anew.
CREATE TABLE badges (
    badge_sha256 BLOB NOT NULL PRIMARY KEY,
    member_id BLOB NOT NULL,
    made_at_ms INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    revoked_at_ms INTEGER
) STRICT;
-- Serves the badges of a store's people.
CREATE INDEX badges_of_members ON badges (member_id, made_at_ms);
