-- Views of facts: who may refund a sale whose right was ever passed, and what was asked for.

CREATE TABLE refund_rights (
    sale_id BLOB NOT NULL PRIMARY KEY,
    -- Counts the times it was passed; the latest says who has it.
    turn INTEGER NOT NULL,
    -- The edge it was passed to.
    edge INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT;

-- An ask as far as it is known: each fact about it fills its own columns.
CREATE TABLE refund_asks (
    ask BLOB NOT NULL PRIMARY KEY,
    -- Who asks.
    edge INTEGER,
    store_id TEXT,
    register INTEGER,
    series INTEGER,
    number INTEGER,
    asked_at_ms INTEGER,
    -- Who was asked to pass it on.
    wanted_of INTEGER,
    wanted_at_ms INTEGER,
    sale_id BLOB,
    -- What who held it said.
    passed BLOB,
    passed_by INTEGER,
    -- When the asker was answered.
    answered_at_ms INTEGER
) STRICT;
-- Serves what waits for the hub, and what of a sale is on its way.
CREATE INDEX refund_asks_open ON refund_asks (answered_at_ms, asked_at_ms);
CREATE INDEX refund_asks_by_sale ON refund_asks (sale_id);
