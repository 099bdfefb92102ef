-- Every version of the policies, as the JSON that was published to the stores: the newest holds, the
-- others say what held when and who changed it.
CREATE TABLE policies (
    version INTEGER NOT NULL PRIMARY KEY,
    content TEXT NOT NULL,
    changed TEXT NOT NULL,
    published_at_ms INTEGER NOT NULL,
    published_by TEXT NOT NULL
) STRICT;
