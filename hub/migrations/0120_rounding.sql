-- Views of sales and returns: what cash was rounded by, and what is known of a tender that is
-- neither cash of the store's currency nor a card, as JSON.
ALTER TABLE sales ADD COLUMN rounding_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE returns ADD COLUMN rounding_minor INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sale_tenders ADD COLUMN other TEXT;
