-- Serves the sums of a business day, when it is sealed.
CREATE INDEX sales_of_day ON sales (business_date);
