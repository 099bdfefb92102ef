-- A basket may also be paid with vouchers, cash of another currency and on account: what is known of
-- such a tender stands beside its amount, as JSON.
CREATE TABLE basket_tenders_next (
    register INTEGER NOT NULL REFERENCES baskets (register) ON DELETE CASCADE,
    tender INTEGER NOT NULL,
    kind TEXT NOT NULL
        CHECK (kind IN ('cash', 'card', 'voucher', 'foreign_cash', 'on_account')),
    amount_minor INTEGER NOT NULL,
    -- The payment's name, so that it is found when its money goes back.
    intent TEXT,
    card TEXT,
    other TEXT,
    PRIMARY KEY (register, tender)
) STRICT, WITHOUT ROWID;
INSERT INTO basket_tenders_next (register, tender, kind, amount_minor, intent, card)
    SELECT register, tender, kind, amount_minor, intent, card FROM basket_tenders;
DROP TABLE basket_tenders;
ALTER TABLE basket_tenders_next RENAME TO basket_tenders;

-- View: what was sold on account and came back to one, one row a fact and account.
CREATE TABLE account_moves (
    fact_id BLOB NOT NULL,
    account TEXT NOT NULL,
    business_date INTEGER NOT NULL,
    currency TEXT NOT NULL,
    amount_minor INTEGER NOT NULL,
    PRIMARY KEY (fact_id, account)
) STRICT, WITHOUT ROWID;
-- Serves what an account bought in a month.
CREATE INDEX account_moves_by_account ON account_moves (account, business_date);
