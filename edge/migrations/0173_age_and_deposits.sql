-- From which age a product is sold, in years, and what goes with each piece of it: a deposit.
ALTER TABLE products ADD COLUMN age_min INTEGER;
ALTER TABLE products ADD COLUMN goes_with TEXT;
