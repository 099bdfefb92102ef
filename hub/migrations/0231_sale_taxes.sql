-- Views of sales: the tax of each rate as the till stated it, with the taxes that make it up as
-- JSON, of sales whose taxes do not simply follow from their lines. Of the others there is no row.
CREATE TABLE sale_taxes (
    sale_id BLOB NOT NULL,
    rate INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    tax_minor INTEGER NOT NULL,
    parts TEXT NOT NULL,
    PRIMARY KEY (sale_id, rate)
) STRICT, WITHOUT ROWID;
