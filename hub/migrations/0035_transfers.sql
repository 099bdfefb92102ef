-- Goods between stores, as sender, hub and receiver say: views.
CREATE TABLE transfers (
    transfer_id BLOB NOT NULL PRIMARY KEY,
    sent_by INTEGER,
    to_store TEXT,
    sent_at_ms INTEGER,
    sent_fact BLOB,
    received_by INTEGER,
    received_at_ms INTEGER,
    received_fact BLOB,
    -- The edge the hub told of it.
    told_edge INTEGER
) STRICT;
-- Serves the list, newest first.
CREATE INDEX transfers_by_time ON transfers (sent_at_ms, transfer_id);
-- Serves the transfers nobody was told of.
CREATE INDEX transfers_untold ON transfers (told_edge, sent_at_ms);

CREATE TABLE transfer_lines (
    transfer_id BLOB NOT NULL,
    sku TEXT NOT NULL,
    sent_milli INTEGER NOT NULL,
    counted_milli INTEGER NOT NULL,
    PRIMARY KEY (transfer_id, sku)
) STRICT, WITHOUT ROWID;
