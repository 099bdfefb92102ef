-- View: what facts of sales say of coupons that took something off.
CREATE TABLE coupon_uses (
    fact_id BLOB NOT NULL,
    part INTEGER NOT NULL,
    promotion_id TEXT NOT NULL,
    -- The issued coupon; nothing for a code anybody may say.
    coupon_id BLOB,
    -- The code, or the end of the number, as people call it.
    shown TEXT NOT NULL,
    edge INTEGER NOT NULL,
    sale_id BLOB NOT NULL,
    off_minor INTEGER NOT NULL,
    currency TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    -- Whether the store could not ask.
    is_offline INTEGER NOT NULL CHECK (is_offline IN (0, 1)),
    PRIMARY KEY (fact_id, part)
) STRICT, WITHOUT ROWID;
-- Serves who used a coupon.
CREATE INDEX coupon_uses_by_coupon ON coupon_uses (coupon_id, at_ms) WHERE coupon_id IS NOT NULL;
-- Serves how often a promotion was asked for by a coupon.
CREATE INDEX coupon_uses_by_promotion ON coupon_uses (promotion_id);
