-- The rights slice: under which policies the products of this store were looked at.

-- Other policies may keep more or less of any product, also of one that never moves: all of them
-- are looked at again, some at a time.
CREATE TABLE rights_policies (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    -- The SHA-256 of the policies.
    sha256 BLOB NOT NULL,
    -- The last product that was taken up; nothing once all were.
    after_sku TEXT
) STRICT;
