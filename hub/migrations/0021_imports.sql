-- Files a person has uploaded, of every kind, from the check to the day they are applied.
CREATE TABLE imports (
    import_id BLOB NOT NULL PRIMARY KEY,
    subject TEXT NOT NULL,
    file_name TEXT NOT NULL,
    form TEXT NOT NULL CHECK (form IN ('csv', 'json')),
    -- What was said beside the file, as JSON: a currency, a price list.
    said TEXT NOT NULL,
    -- By which the same file uploaded twice is known: of its bytes and of what was said.
    content_sha256 BLOB NOT NULL,
    bytes BLOB,
    uploaded_at_ms INTEGER NOT NULL,
    uploaded_by TEXT NOT NULL,
    state TEXT NOT NULL
        CHECK (state IN ('checking', 'refused', 'checked', 'applying', 'applied', 'failed')),
    rows_good INTEGER NOT NULL DEFAULT 0,
    rows_bad INTEGER NOT NULL DEFAULT 0,
    -- What happens once it is checked: 'ask' a person, 'apply' at once, 'nothing' in a dry run.
    afterwards TEXT NOT NULL CHECK (afterwards IN ('ask', 'apply', 'nothing')),
    takes TEXT NOT NULL CHECK (takes IN ('all', 'good')),
    -- What became of it, for people.
    sentence TEXT
) STRICT;
-- Serves the next file to work on and the list of the latest ones.
CREATE INDEX imports_by_state ON imports (state, uploaded_at_ms);
-- Serves the question whether this very file waits already.
CREATE INDEX imports_by_content ON imports (content_sha256);

-- What is wrong with a file, row by row.
CREATE TABLE import_problems (
    import_id BLOB NOT NULL,
    place INTEGER NOT NULL,
    row_number INTEGER NOT NULL,
    column_name TEXT NOT NULL,
    sentence TEXT NOT NULL,
    PRIMARY KEY (import_id, place)
) STRICT, WITHOUT ROWID;

-- PINs that were made for people of a staff file, until they are fetched once or a day is over.
CREATE TABLE import_pins (
    import_id BLOB NOT NULL,
    store_id TEXT NOT NULL,
    name TEXT NOT NULL,
    pin TEXT NOT NULL,
    made_at_ms INTEGER NOT NULL,
    PRIMARY KEY (import_id, store_id, name)
) STRICT, WITHOUT ROWID;

INSERT INTO imports (import_id, subject, file_name, form, said, content_sha256, uploaded_at_ms,
        uploaded_by, state, rows_good, rows_bad, afterwards, takes, sentence)
    SELECT import_id, 'catalog', file_name, 'csv', '{}', import_id, uploaded_at_ms, uploaded_by,
        CASE state WHEN 'published' THEN 'applied' WHEN 'refused' THEN 'refused'
            ELSE 'failed' END,
        rows_good, rows_bad, 'ask', 'all',
        CASE WHEN state IN ('published', 'refused', 'failed') THEN sentence
            ELSE 'the hub was upgraded meanwhile: upload it again' END
    FROM catalog_imports;
INSERT INTO import_problems (import_id, place, row_number, column_name, sentence)
    SELECT import_id, place, row_number, column_name, sentence FROM catalog_import_problems;
DROP TABLE catalog_import_problems;
DROP TABLE catalog_imports;

-- What policies call a product, its variant, and its picture.
ALTER TABLE products ADD COLUMN class TEXT NOT NULL DEFAULT 'general';
ALTER TABLE products ADD COLUMN product_group TEXT;
ALTER TABLE products ADD COLUMN group_name TEXT;
-- As in a product file: Size=M|Colour=Red.
ALTER TABLE products ADD COLUMN options TEXT;
ALTER TABLE products ADD COLUMN picture TEXT;
