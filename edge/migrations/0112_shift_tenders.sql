-- View: what was paid and given back in a shift other than in cash, which has its own columns.
CREATE TABLE shift_tenders (
    shift_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    payments INTEGER NOT NULL,
    taken_minor INTEGER NOT NULL,
    refunds INTEGER NOT NULL,
    back_minor INTEGER NOT NULL,
    PRIMARY KEY (shift_id, kind)
) STRICT, WITHOUT ROWID;
