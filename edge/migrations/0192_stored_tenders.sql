-- A basket may also be paid with gift cards and credits; which one stands in what else is known.
CREATE TABLE basket_tenders_next (
    register INTEGER NOT NULL REFERENCES baskets (register) ON DELETE CASCADE,
    tender INTEGER NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('cash', 'card', 'gift_card', 'store_credit', 'voucher', 'foreign_cash',
            'on_account')),
    amount_minor INTEGER NOT NULL,
    -- The payment's name, so that it is found when its money goes back.
    intent TEXT,
    card TEXT,
    other TEXT,
    PRIMARY KEY (register, tender)
) STRICT, WITHOUT ROWID;
INSERT INTO basket_tenders_next (register, tender, kind, amount_minor, intent, card, other)
    SELECT register, tender, kind, amount_minor, intent, card, other FROM basket_tenders;
DROP TABLE basket_tenders;
ALTER TABLE basket_tenders_next RENAME TO basket_tenders;
