-- Coupons issued in batches for a promotion, each good for one sale. Their numbers stand here, as a
-- batch is downloaded to be printed; facts and stores name a coupon by the hash of its number.
CREATE TABLE coupon_batches (
    promotion_id TEXT NOT NULL,
    -- Counts the batches of a promotion from 1.
    batch INTEGER NOT NULL,
    issued INTEGER NOT NULL,
    issued_at_ms INTEGER NOT NULL,
    issued_by TEXT NOT NULL,
    PRIMARY KEY (promotion_id, batch)
) STRICT, WITHOUT ROWID;

CREATE TABLE coupons (
    coupon_id BLOB NOT NULL PRIMARY KEY,
    promotion_id TEXT NOT NULL,
    batch INTEGER NOT NULL,
    number TEXT NOT NULL
) STRICT;
-- Serves the download of a batch, and what was used of it.
CREATE INDEX coupons_by_batch ON coupons (promotion_id, batch, number);

-- Coupons kept for a sale that is being paid, until its fact ends it or the store lets it go. A row
-- that has ended stays, so that a question that comes late keeps nothing.
CREATE TABLE coupon_holds (
    hold_id BLOB NOT NULL PRIMARY KEY,
    coupon_id BLOB NOT NULL,
    edge INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'ended')),
    at_ms INTEGER NOT NULL
) STRICT;
-- Keeps a coupon for one sale at a time, whichever stores ask in the same moment.
CREATE UNIQUE INDEX coupon_holds_open ON coupon_holds (coupon_id) WHERE state = 'open';
