-- An exception may also be about a sale of which too much was refunded. All of it stays a view; what
-- was there is kept.

CREATE TABLE exceptions_of_four (
    exception_id BLOB PRIMARY KEY,
    -- What it is about: an order, a transfer, a card, or a sale.
    order_id BLOB,
    transfer_id BLOB,
    card_id BLOB,
    sale_id BLOB,
    -- The part of the order it is about, if it is about one.
    fulfilment_id BLOB,
    -- What people call the order; nothing for anything else.
    reference TEXT NOT NULL,
    rule TEXT NOT NULL,
    -- 1 is the worst.
    severity INTEGER NOT NULL,
    standing TEXT NOT NULL CHECK (standing IN ('open', 'settled', 'resolved')),
    -- When the newest of its facts was stated.
    raised_at_ms INTEGER NOT NULL,
    CHECK ((order_id IS NOT NULL) + (transfer_id IS NOT NULL) + (card_id IS NOT NULL)
        + (sale_id IS NOT NULL) = 1)
) STRICT, WITHOUT ROWID;
INSERT INTO exceptions_of_four (exception_id, order_id, transfer_id, card_id, fulfilment_id,
    reference, rule, severity, standing, raised_at_ms)
SELECT exception_id, order_id, transfer_id, card_id, fulfilment_id, reference, rule, severity,
    standing, raised_at_ms
FROM exceptions;
DROP TABLE exceptions;
ALTER TABLE exceptions_of_four RENAME TO exceptions;
-- Serves the inbox, the worst first.
CREATE INDEX exceptions_by_standing ON exceptions (standing, severity, raised_at_ms, exception_id);
-- Serves the view of one order, which is made anew with each of its facts.
CREATE INDEX exceptions_by_order ON exceptions (order_id);
-- Serves the view of one card, the same.
CREATE INDEX exceptions_by_card ON exceptions (card_id);
-- Serves the view of one sale, the same.
CREATE INDEX exceptions_by_sale ON exceptions (sale_id);
