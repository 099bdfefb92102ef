-- Publications that are kept as they came: policies, and who this store is.
CREATE TABLE reference_texts (
    kind TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
