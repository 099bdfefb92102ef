-- View: the lives of stores' servers that began with the data of an earlier one. Of a life whose
-- beginning has not come yet, only its end is known.
CREATE TABLE edge_lives (
    edge INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    -- Why it began, in a word; and when, in milliseconds UTC, by the store's clock.
    because TEXT,
    opened_at_ms INTEGER,
    -- Since when it promises again, and how many records it took back and stated anew.
    recovered_at_ms INTEGER,
    pulled INTEGER,
    restated INTEGER,
    PRIMARY KEY (edge, incarnation)
) STRICT, WITHOUT ROWID;
