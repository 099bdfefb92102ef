-- Views of sales: to whom they were made, as JSON, and the customer by pseudonym.
ALTER TABLE sales ADD COLUMN customer_id BLOB;
ALTER TABLE sales ADD COLUMN sold_to TEXT;
-- Serves the receipts of one customer, the newest first.
CREATE INDEX sales_by_customer ON sales (customer_id, hlc, sale_id)
    WHERE customer_id IS NOT NULL;
