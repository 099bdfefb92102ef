-- What is said of a line of a basket in work beside its price, as the JSON of the fact's remarks.
ALTER TABLE basket_lines ADD COLUMN remarks TEXT NOT NULL DEFAULT '{}';
