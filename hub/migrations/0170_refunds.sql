-- Views of facts: every refund with its whole fact, and what stores were told of refunds elsewhere.

CREATE TABLE refund_facts (
    fact_id BLOB NOT NULL PRIMARY KEY,
    return_id BLOB NOT NULL,
    sale_id BLOB NOT NULL,
    edge INTEGER NOT NULL,
    is_provisional INTEGER NOT NULL,
    fact BLOB NOT NULL
) STRICT;
-- Serves what was refunded of a sale, and whether a return was provisional.
CREATE INDEX refund_facts_by_sale ON refund_facts (sale_id, fact_id);
CREATE INDEX refund_facts_by_return ON refund_facts (return_id);

CREATE TABLE refunds_told (
    sale_id BLOB NOT NULL,
    edge INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (sale_id, edge)
) STRICT, WITHOUT ROWID;

-- No view: the row that is locked while the refunds of a sale are looked at together, and whether
-- stores may have to be told of them.
CREATE TABLE refunded_sales (
    sale_id BLOB NOT NULL PRIMARY KEY,
    is_due INTEGER NOT NULL
) STRICT;
-- Serves those that are due.
CREATE INDEX refunded_sales_due ON refunded_sales (is_due);
