-- For which group of customers a price list is; nothing means everybody.
ALTER TABLE price_lists ADD COLUMN customer_group TEXT;
