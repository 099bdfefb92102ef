-- An exception may also be about a gift card or a credit.
ALTER TABLE exceptions ADD COLUMN card_id BLOB;
-- Serves the exceptions of one card, made anew with each of its facts.
CREATE INDEX exceptions_by_card ON exceptions (card_id);
