-- What the hub last published, by its facts: a view.
CREATE TABLE reference_published (
    kind TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    sha256 BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- What this store holds of it. Reference data is fetched, not folded: a rebuild leaves it alone.
CREATE TABLE reference_held (
    kind TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    sha256 BLOB NOT NULL,
    -- Which rows of the tables below are the ones in use.
    generation INTEGER NOT NULL,
    installed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Why a publication is not in use yet: a sentence.
CREATE TABLE reference_troubles (
    kind TEXT PRIMARY KEY,
    sentence TEXT NOT NULL,
    noticed_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Products of the generation in use, and of one that is being put in beside it.
CREATE TABLE products (
    product_id INTEGER PRIMARY KEY,
    generation INTEGER NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    -- The name in small letters without accents, for finding.
    folded TEXT NOT NULL,
    department TEXT NOT NULL,
    unit TEXT NOT NULL CHECK (unit IN ('piece', 'kilogram')),
    price_minor INTEGER,
    tax_class TEXT NOT NULL
) STRICT;
-- Serves the look-up of a SKU.
CREATE UNIQUE INDEX products_by_sku ON products (generation, sku);
-- Serves the first products of each department.
CREATE INDEX products_by_department ON products (generation, department, folded);

CREATE TABLE product_gtins (
    generation INTEGER NOT NULL,
    gtin TEXT NOT NULL,
    product_id INTEGER NOT NULL,
    PRIMARY KEY (generation, gtin)
) STRICT, WITHOUT ROWID;
-- Serves the numbers of one product.
CREATE INDEX product_gtins_by_product ON product_gtins (product_id);

CREATE TABLE tax_classes (
    generation INTEGER NOT NULL,
    tax_class TEXT NOT NULL,
    name TEXT NOT NULL,
    rate INTEGER NOT NULL,
    PRIMARY KEY (generation, tax_class)
) STRICT, WITHOUT ROWID;

-- Every three letters in a row of name, SKU and numbers: finds parts of words among 50,000
-- products in a millisecond, and words with a slip of the finger.
CREATE VIRTUAL TABLE product_words USING fts5 (words, tokenize = 'trigram');

-- The people of the store.
CREATE TABLE members (
    staff_id BLOB PRIMARY KEY,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('associate', 'manager')),
    pin_hash TEXT NOT NULL
) STRICT, WITHOUT ROWID;
