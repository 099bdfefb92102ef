-- Publications of the catalogue. The newest published one is what stores sell from.
CREATE TABLE catalog_versions (
    version INTEGER NOT NULL PRIMARY KEY,
    currency TEXT NOT NULL,
    products INTEGER NOT NULL,
    published_at_ms INTEGER NOT NULL,
    published_by TEXT NOT NULL,
    file_name TEXT NOT NULL
) STRICT;

-- The products of the current publication, and of one that is being written.
CREATE TABLE products (
    version INTEGER NOT NULL,
    sku TEXT NOT NULL,
    name TEXT NOT NULL,
    department TEXT NOT NULL,
    unit TEXT NOT NULL,
    price_minor INTEGER,
    tax_class TEXT NOT NULL,
    gtins TEXT NOT NULL,
    -- Lower-case SKU, name, department and numbers, for looking up.
    found_by TEXT NOT NULL,
    PRIMARY KEY (version, sku)
) STRICT, WITHOUT ROWID;
-- Serves the list of a department.
CREATE INDEX products_by_department ON products (version, department, sku);

-- Files a person has uploaded, from the check to the publication.
CREATE TABLE catalog_imports (
    import_id BLOB NOT NULL PRIMARY KEY,
    file_name TEXT NOT NULL,
    bytes BLOB,
    currency TEXT NOT NULL,
    uploaded_at_ms INTEGER NOT NULL,
    uploaded_by TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('checking', 'refused', 'checked', 'publishing', 'published', 'failed')),
    rows_good INTEGER NOT NULL DEFAULT 0,
    rows_bad INTEGER NOT NULL DEFAULT 0,
    -- What happens once it is checked: 'ask' a person, or 'publish' at once.
    afterwards TEXT NOT NULL CHECK (afterwards IN ('ask', 'publish')),
    version INTEGER,
    sentence TEXT
) STRICT;
-- Serves the next file to work on and the list of the latest ones.
CREATE INDEX catalog_imports_by_state ON catalog_imports (state, uploaded_at_ms);

-- What is wrong with a file, row by row.
CREATE TABLE catalog_import_problems (
    import_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    row_number INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (import_id, place)
) STRICT, WITHOUT ROWID;
