-- What a migrating retailer's old system called a customer: by it a file that comes twice brings
-- nobody twice, and nobody back who was erased. As a hash, because some systems' reference is an
-- e-mail address.
CREATE TABLE customer_references (
    reference_sha256 BLOB NOT NULL PRIMARY KEY,
    customer_id BLOB NOT NULL
) STRICT;
