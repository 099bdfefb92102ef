-- What a terminal said of a tender, as JSON: scheme, last four digits, authorisation, its reference.
ALTER TABLE sale_tenders ADD COLUMN card TEXT;
