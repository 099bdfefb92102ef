-- When another machine that bears this edge's identity was last turned away, in milliseconds UTC. What
-- the genuine one says later does not clear it: somebody has to find the other.
ALTER TABLE edges ADD COLUMN copied_at_ms INTEGER;
