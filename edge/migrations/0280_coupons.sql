-- The coupons that lie in the basket of a register, as JSON.
ALTER TABLE baskets ADD COLUMN coupons TEXT NOT NULL DEFAULT '[]';
