-- An exception may also be about a coupon that more than one sale used.
ALTER TABLE exceptions ADD COLUMN coupon_id BLOB;
-- Serves the exceptions of one coupon, made anew with each of its uses.
CREATE INDEX exceptions_by_coupon ON exceptions (coupon_id);
