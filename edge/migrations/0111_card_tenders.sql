-- A basket may be paid by card too: what the terminal said stands beside the amount, as JSON.
CREATE TABLE basket_tenders_next (
    register INTEGER NOT NULL REFERENCES baskets (register) ON DELETE CASCADE,
    tender INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('cash', 'card')),
    amount_minor INTEGER NOT NULL,
    -- The payment's name, so that it is found when its money goes back.
    intent TEXT,
    card TEXT,
    PRIMARY KEY (register, tender)
) STRICT, WITHOUT ROWID;
INSERT INTO basket_tenders_next (register, tender, kind, amount_minor)
    SELECT register, tender, kind, amount_minor FROM basket_tenders;
DROP TABLE basket_tenders;
ALTER TABLE basket_tenders_next RENAME TO basket_tenders;
