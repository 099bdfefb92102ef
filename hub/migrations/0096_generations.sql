-- From which number on edges are numbered: after a restore those in between may have been given
-- already. One row, none before the first restore.
CREATE TABLE edge_numbers (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    from_edge INTEGER NOT NULL
) STRICT;

-- Serves the look-up of an order by its channel's reference when it came back from a store and its
-- capture did not.
CREATE INDEX orders_by_reference ON orders (channel, channel_reference);
