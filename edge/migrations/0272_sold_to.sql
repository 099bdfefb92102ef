-- To whom the basket of a register is sold, as JSON without a name.
ALTER TABLE baskets ADD COLUMN sold_to TEXT NOT NULL DEFAULT '{}';
