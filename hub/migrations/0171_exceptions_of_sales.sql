-- An exception may also be about a sale of which too much was refunded.
ALTER TABLE exceptions ADD COLUMN sale_id BLOB;
-- Serves the exceptions of one sale, made anew with each of its refunds.
CREATE INDEX exceptions_by_sale ON exceptions (sale_id);
