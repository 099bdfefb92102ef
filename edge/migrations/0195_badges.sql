-- The badges of somebody, by their hashes, as JSON; nothing where they never had one.
ALTER TABLE members ADD COLUMN badges TEXT;
