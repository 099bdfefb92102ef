-- View: the issued coupons this store's own sales used. No number of a coupon stands anywhere here:
-- it is named by the hash of its number.
CREATE TABLE coupon_uses (
    fact_id BLOB NOT NULL,
    coupon_id BLOB NOT NULL,
    at_ms INTEGER NOT NULL,
    PRIMARY KEY (fact_id, coupon_id)
) STRICT, WITHOUT ROWID;
-- Serves whether a coupon was used here.
CREATE INDEX coupon_uses_by_coupon ON coupon_uses (coupon_id);

-- What the hub answered of coupons that were used elsewhere, in JSON.
CREATE TABLE coupon_answers (
    coupon_id BLOB PRIMARY KEY,
    body TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Coupons the hub was asked to keep for a sale in work: asked, held, or to be let go. A row goes
-- once the sale is stated or the hub knows that nothing came of it.
CREATE TABLE coupon_holds (
    hold_id BLOB PRIMARY KEY,
    coupon_id BLOB NOT NULL,
    sale_id BLOB NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('asked', 'held', 'free')),
    asked_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Serves what is kept for a sale.
CREATE INDEX coupon_holds_by_sale ON coupon_holds (sale_id, coupon_id);
