-- When the business day of an edge's store ends, in minutes after midnight on its wall: facts the
-- hub states for the store count on its days. Filled from the stores' details at the hub's start.
ALTER TABLE edges ADD COLUMN day_end_minutes INTEGER NOT NULL DEFAULT 0;
