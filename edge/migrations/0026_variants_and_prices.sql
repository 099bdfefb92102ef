-- What rights policies call a product, which variant of which group it is, and its picture.
ALTER TABLE products ADD COLUMN class TEXT NOT NULL DEFAULT 'general';
ALTER TABLE products ADD COLUMN product_group TEXT;
-- The variant's values in the order of its group's options, a JSON array of texts.
ALTER TABLE products ADD COLUMN variant_values TEXT;
ALTER TABLE products ADD COLUMN picture TEXT;
-- Serves the variants of a group.
CREATE INDEX products_by_group ON products (generation, product_group, sku)
    WHERE product_group IS NOT NULL;

CREATE TABLE product_groups (
    generation INTEGER NOT NULL,
    product_group TEXT NOT NULL,
    name TEXT NOT NULL,
    -- What its variants differ in, a JSON array of texts.
    options TEXT NOT NULL,
    PRIMARY KEY (generation, product_group)
) STRICT, WITHOUT ROWID;

-- Price lists of the generation in use, and of one that is being put in beside it. Of several in
-- force the one with the highest rank that names the product prices it.
CREATE TABLE price_lists (
    generation INTEGER NOT NULL,
    list_rank INTEGER NOT NULL,
    list_id TEXT NOT NULL,
    name TEXT NOT NULL,
    from_ms INTEGER,
    until_ms INTEGER,
    PRIMARY KEY (generation, list_rank)
) STRICT, WITHOUT ROWID;
CREATE TABLE list_prices (
    generation INTEGER NOT NULL,
    sku TEXT NOT NULL,
    list_rank INTEGER NOT NULL,
    price_minor INTEGER NOT NULL,
    PRIMARY KEY (generation, sku, list_rank)
) STRICT, WITHOUT ROWID;
