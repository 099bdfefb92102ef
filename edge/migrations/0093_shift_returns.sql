-- What the till of a shift gave back for returns.

-- View: cash that a shift's till gave back.
CREATE TABLE shift_returns (
    shift_id BLOB PRIMARY KEY,
    returns INTEGER NOT NULL,
    returned_minor INTEGER NOT NULL,
    cash_minor INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- View: the tax that went back in a shift, by rate in thousandths of a percent.
CREATE TABLE shift_taxes_back (
    shift_id BLOB NOT NULL,
    rate INTEGER NOT NULL,
    gross_minor INTEGER NOT NULL,
    tax_minor INTEGER NOT NULL,
    PRIMARY KEY (shift_id, rate)
) STRICT, WITHOUT ROWID;
