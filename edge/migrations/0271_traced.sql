-- Whether each piece has a serial number, or each line a lot, that is read when it is sold.
ALTER TABLE products ADD COLUMN traced TEXT CHECK (traced IN ('serial', 'lot'));
