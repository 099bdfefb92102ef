-- The group of customers a price list is for; nothing means everybody.
ALTER TABLE price_lists ADD COLUMN group_id TEXT;
