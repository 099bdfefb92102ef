-- What is known of a store beyond its name, as the JSON that is published to it: read and written as
-- a whole, and never searched but by what the columns say.
ALTER TABLE stores ADD COLUMN details TEXT NOT NULL DEFAULT '{}';
