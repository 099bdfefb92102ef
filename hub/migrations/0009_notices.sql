-- What the region told its stores.
CREATE TABLE notices (
    notice_id BLOB NOT NULL PRIMARY KEY,
    text TEXT NOT NULL,
    until_ms INTEGER,
    posted_at_ms INTEGER NOT NULL,
    posted_by TEXT NOT NULL
) STRICT;

-- To whom, and as which record of the hub's feed: delivered once the edge holds that record.
CREATE TABLE notice_deliveries (
    notice_id BLOB NOT NULL REFERENCES notices (notice_id),
    edge INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (notice_id, edge)
) STRICT, WITHOUT ROWID;
