//! The replica's tables, as migrations both daemons carry.

use crate::db::Migration;

/// Creates the replica's tables.
///
/// Sequences and hybrid timestamps are unsigned in the protocol and fit a signed column: those of
/// facts end in the year 6429. What a peer's record says its time is may be anything and is kept
/// bit by bit in `feed_records.hlc`, where nothing is ordered by it.
pub const REPLICA_MIGRATION_SQL: &str = r"
-- Who writes here: one row.
CREATE TABLE replica_identity (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    edge INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    actor BLOB NOT NULL
) STRICT;

-- Change bytes, stored once; feeds and documents refer to them.
CREATE TABLE changes (
    change_hash BLOB PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Every fact counts once, whoever sends it and however often.
CREATE TABLE facts (
    fact_id BLOB PRIMARY KEY,
    change_hash BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One row a document. A writer's open segment is the one with the highest number.
CREATE TABLE documents (
    document TEXT PRIMARY KEY,
    head BLOB NOT NULL,
    facts INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('open', 'closed', 'incomplete'))
) STRICT, WITHOUT ROWID;

-- How far each run of a feed goes. For 'out', seq is our own head and acked_seq the peer's word;
-- for 'in', seq is what we hold durably and acked_seq is not used.
CREATE TABLE feed_heads (
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    peer INTEGER NOT NULL,
    feed INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    chain BLOB NOT NULL,
    actor BLOB NOT NULL,
    hlc INTEGER NOT NULL,
    acked_seq INTEGER NOT NULL,
    contact_at_ms INTEGER,
    PRIMARY KEY (direction, peer, feed)
) STRICT, WITHOUT ROWID;

-- The feeds themselves, both ways: outbox, audit journal and proof of completeness in one.
CREATE TABLE feed_records (
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    peer INTEGER NOT NULL,
    feed INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    schema_version INTEGER NOT NULL,
    document TEXT NOT NULL,
    change_hash BLOB NOT NULL,
    business_date INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    chain BLOB NOT NULL,
    PRIMARY KEY (direction, peer, feed, seq)
) STRICT, WITHOUT ROWID;

-- What could not be believed, with its bytes and why; it keeps its place in the feed.
CREATE TABLE quarantine (
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    peer INTEGER NOT NULL,
    feed INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    reason TEXT NOT NULL,
    bytes BLOB,
    noticed_at_ms INTEGER NOT NULL,
    PRIMARY KEY (direction, peer, feed, seq)
) STRICT, WITHOUT ROWID;

-- Count and sum of change hashes per stream and business date.
CREATE TABLE day_digests (
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    peer INTEGER NOT NULL,
    feed INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    records INTEGER NOT NULL,
    hash_sum BLOB NOT NULL,
    PRIMARY KEY (direction, peer, feed, business_date)
) STRICT, WITHOUT ROWID;
";

/// Creates the tables of order documents. Their rows in `documents` hold all heads, one after the
/// other and sorted, in `head`, and are `incomplete` while something they follow is missing.
pub const REPLICA_ORDERS_MIGRATION_SQL: &str = r"
-- What an order's writers wrote into it, by the writers' keys. A change's depth is one more than
-- the deepest it follows: ordered by it, every change comes after all that it follows.
CREATE TABLE order_changes (
    document TEXT NOT NULL,
    edge INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    epoch INTEGER NOT NULL,
    depth INTEGER NOT NULL,
    head BLOB NOT NULL,
    change_hash BLOB NOT NULL,
    kind INTEGER NOT NULL,
    schema_version INTEGER NOT NULL,
    must_understand INTEGER NOT NULL CHECK (must_understand IN (0, 1)),
    business_date INTEGER NOT NULL,
    hlc INTEGER NOT NULL,
    PRIMARY KEY (document, edge, incarnation, seq),
    -- Serves the look-up of what a change follows.
    UNIQUE (document, head)
) STRICT, WITHOUT ROWID;

-- What changes of an order follow and is not here.
CREATE TABLE order_missing (
    document TEXT NOT NULL,
    head BLOB NOT NULL,
    PRIMARY KEY (document, head)
) STRICT, WITHOUT ROWID;

-- Which edges an order's changes are forwarded to, at the hub.
CREATE TABLE order_readers (
    document TEXT NOT NULL,
    peer INTEGER NOT NULL,
    PRIMARY KEY (document, peer)
) STRICT, WITHOUT ROWID;

-- By which actor each writer of orders is known, since its first change: it never has a second.
CREATE TABLE writer_actors (
    edge INTEGER NOT NULL,
    incarnation INTEGER NOT NULL,
    actor BLOB NOT NULL UNIQUE,
    PRIMARY KEY (edge, incarnation)
) STRICT, WITHOUT ROWID;

-- The highest record of a feed of ours that was ever framed to its peer.
ALTER TABLE feed_heads ADD COLUMN sent_seq INTEGER NOT NULL DEFAULT 0;

-- The newest journal segment of a feed of ours: records of orders stand between its own.
ALTER TABLE feed_heads ADD COLUMN segment TEXT;
UPDATE feed_heads SET segment = (
    SELECT r.document FROM feed_records r
    WHERE r.direction = feed_heads.direction AND r.peer = feed_heads.peer
        AND r.feed = feed_heads.feed AND r.seq = feed_heads.seq
) WHERE direction = 'out';
UPDATE feed_heads SET sent_seq = acked_seq WHERE direction = 'out';
";

/// Makes the days of a feed findable, and says which of our own are over.
pub const REPLICA_DAYS_MIGRATION_SQL: &str = r"
-- Between which records those of a day stand: a day is read without going through the whole feed.
-- Of days begun before these columns were: from the first record, and up to one not known.
ALTER TABLE day_digests ADD COLUMN first_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE day_digests ADD COLUMN last_seq INTEGER;

-- The days of our own journal that are sealed, each with the record of its seal. Nothing we state
-- later counts for one of them, nor for a day before the last of them.
CREATE TABLE day_seals (
    business_date INTEGER PRIMARY KEY,
    feed INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT;
";

/// Notes what each view was folded from.
pub const REPLICA_VIEWS_MIGRATION_SQL: &str = r"
-- By which version of its rules, and from which kinds of fact, as numbers between blanks.
CREATE TABLE replica_views (
    name TEXT PRIMARY KEY,
    version INTEGER NOT NULL,
    kinds TEXT NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Notes what was stored by a program that could not fold it as another does.
pub const REPLICA_UNREAD_MIGRATION_SQL: &str = r"
-- Kinds of which facts came in that the program of that moment did not know, or did not fold into a
-- view that a newer program had folded them into before. Whoever starts next and can, folds again.
CREATE TABLE replica_unread (
    kind INTEGER PRIMARY KEY
) STRICT;
";

/// Says, at a store, how much of what the hub told of has come in; what is there was acted on.
pub const REPLICA_CAUGHT_UP_MIGRATION_SQL: &str = r"
-- How far the hub ever said its feed goes, and the last record up to which we held all
-- that it had told of. A custody beyond it may have been taken back by what has not come yet.
ALTER TABLE feed_heads ADD COLUMN told_seq INTEGER NOT NULL DEFAULT 0;
ALTER TABLE feed_heads ADD COLUMN caught_up_seq INTEGER NOT NULL DEFAULT 0;
UPDATE feed_heads SET told_seq = seq, caught_up_seq = seq WHERE direction = 'in';
";

/// Creates the tables of a store's new life while it recovers.
pub const REPLICA_RECOVERY_MIGRATION_SQL: &str = r"
-- The newest life that was opened with the data of an earlier one, and how its recovery ended: one
-- row, none before the first restore.
CREATE TABLE replica_recovery (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    -- What an answer of the hub must repeat.
    nonce BLOB NOT NULL,
    because TEXT NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    -- Records of earlier lives taken back from the hub, and stated again for it.
    pulled INTEGER NOT NULL DEFAULT 0,
    restated INTEGER NOT NULL DEFAULT 0,
    -- When the last record of an earlier life was written, as far as anybody knows.
    unproven_from_ms INTEGER,
    -- Since when it promises again.
    ended_at_ms INTEGER
) STRICT;

-- How far the feeds of earlier lives were compared with what the hub holds of them.
CREATE TABLE replica_lives (
    feed INTEGER PRIMARY KEY,
    hubs_seq INTEGER NOT NULL,
    common_seq INTEGER NOT NULL,
    differs_seq INTEGER,
    looked_seq INTEGER NOT NULL
) STRICT;
";

/// Creates the tables of a hub's generations: those of the hub, and what an edge knows of its hub.
pub const REPLICA_GENERATION_MIGRATION_SQL: &str = r"
-- The hub: the generation it opened last, with the data of an earlier one. One row, none before the
-- first restore.
CREATE TABLE replica_generation (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    generation INTEGER NOT NULL,
    because TEXT NOT NULL,
    opened_at_ms INTEGER NOT NULL,
    -- When the last record in its data was written.
    unproven_from_ms INTEGER
) STRICT;

-- The hub: how it stands with each edge since, and with edges that show that it is an old state.
CREATE TABLE replica_hearing (
    peer INTEGER PRIMARY KEY,
    -- Since when it has everything back from this edge.
    heard_at_ms INTEGER,
    -- How many records came back.
    taken INTEGER NOT NULL DEFAULT 0,
    -- What keeps it from going on with the edge, and the number that goes with it.
    trouble TEXT CHECK (trouble IN ('outlived', 'behind', 'forked')),
    trouble_number INTEGER
) STRICT;

-- An edge: the newest generation of its hub that it has met, none before there was a second one,
-- and the place after which the hub asked for records, in its own feed (0) or the edge's (1).
CREATE TABLE replica_hub (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    generation INTEGER NOT NULL,
    heard INTEGER NOT NULL CHECK (heard IN (0, 1)),
    asks_own INTEGER CHECK (asks_own IN (0, 1)),
    asks_feed INTEGER,
    asks_seq INTEGER
) STRICT;
";

/// Says, at a store, whether the restored hub has heard every other one too.
pub const REPLICA_SETTLED_MIGRATION_SQL: &str = r"
-- Until then, what earlier generations gave into custody and has not counted yet waits.
ALTER TABLE replica_hub ADD COLUMN settled INTEGER NOT NULL DEFAULT 0
    CHECK (settled IN (0, 1));
";

/// Keeps, at a store, what comparing its records with the hub's came to.
pub const REPLICA_COMPARED_MIGRATION_SQL: &str = r"
-- The last comparison of each way, and for what it was due.
CREATE TABLE replica_compared (
    way TEXT PRIMARY KEY CHECK (way IN ('up', 'down')),
    occasion TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    records INTEGER NOT NULL,
    mended INTEGER NOT NULL,
    lost INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
";

/// Keeps that for each run of a feed: earlier lives and generations forget bytes too.
pub const REPLICA_COMPARED_RUNS_MIGRATION_SQL: &str = r"
-- The last comparison of each run either way, and for what it was due.
CREATE TABLE replica_compared_runs (
    way TEXT NOT NULL CHECK (way IN ('up', 'down')),
    feed INTEGER NOT NULL,
    occasion TEXT NOT NULL,
    at_ms INTEGER NOT NULL,
    records INTEGER NOT NULL,
    mended INTEGER NOT NULL,
    lost INTEGER NOT NULL,
    PRIMARY KEY (way, feed)
) STRICT, WITHOUT ROWID;
-- Which run it was about it does not say: all are compared again.
DROP TABLE replica_compared;
";

/// Notes what views lack that were made anew while bytes of stored records were damaged.
pub const REPLICA_LACKING_MIGRATION_SQL: &str = r"
-- Which changes could not be folded into a view because their bytes were damaged or gone; whom
-- what they say is about; whether the bytes have come since and only the folding is due; and
-- whether somebody who rebuilt knows of it, so that promises go on.
CREATE TABLE replica_lacking (
    view TEXT NOT NULL,
    change_hash BLOB NOT NULL,
    peer INTEGER NOT NULL,
    mended INTEGER NOT NULL DEFAULT 0 CHECK (mended IN (0, 1)),
    accepted INTEGER NOT NULL DEFAULT 0 CHECK (accepted IN (0, 1)),
    PRIMARY KEY (view, change_hash, peer)
) STRICT, WITHOUT ROWID;
";

/// Keeps changes of days that are over for good in packs; see `packing/`.
pub const REPLICA_PACKS_MIGRATION_SQL: &str = r"
-- Changes of one day of a run, many in one blob. A record's pack is the last of its day that begins
-- at or before it; where in it a change is, its hash says.
CREATE TABLE change_packs (
    pack INTEGER PRIMARY KEY,
    direction TEXT NOT NULL CHECK (direction IN ('out', 'in')),
    peer INTEGER NOT NULL,
    feed INTEGER NOT NULL,
    business_date INTEGER NOT NULL,
    first_seq INTEGER NOT NULL,
    last_seq INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    -- What the rows of the changes had, and what the pack has.
    loose_bytes INTEGER NOT NULL,
    packed_bytes INTEGER NOT NULL,
    packed BLOB NOT NULL,
    -- Serves the look-up by a record's place.
    UNIQUE (direction, peer, feed, business_date, first_seq)
) STRICT;

-- What packing came to: one row, none before the first pack.
CREATE TABLE packed_totals (
    singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
    packs INTEGER NOT NULL,
    changes INTEGER NOT NULL,
    loose_bytes INTEGER NOT NULL,
    packed_bytes INTEGER NOT NULL
) STRICT;

-- Up to which record a day was gone through; nothing if it is to be gone through from its start.
ALTER TABLE day_digests ADD COLUMN packed_seq INTEGER;

-- The pack in which the change is that a fact was first taken under, if it is not loose.
ALTER TABLE facts ADD COLUMN pack INTEGER;
";

/// Notes in which period each run of a feed was last compared as a whole.
pub const REPLICA_WHOLE_MIGRATION_SQL: &str = r"
-- The period in which everything was last compared, from the first record on; nothing before the
-- first comparison that notes it.
ALTER TABLE replica_compared_runs ADD COLUMN whole_period INTEGER;
";

/// The tables of a node that is nothing but a replica.
pub const REPLICA_MIGRATIONS: &[Migration] = &[
    table(1, "replica", REPLICA_MIGRATION_SQL),
    table(2, "replica_orders", REPLICA_ORDERS_MIGRATION_SQL),
    table(3, "replica_days", REPLICA_DAYS_MIGRATION_SQL),
    table(4, "replica_recovery", REPLICA_RECOVERY_MIGRATION_SQL),
    table(5, "replica_generation", REPLICA_GENERATION_MIGRATION_SQL),
    table(6, "replica_caught_up", REPLICA_CAUGHT_UP_MIGRATION_SQL),
    table(7, "replica_views", REPLICA_VIEWS_MIGRATION_SQL),
    table(8, "replica_settled", REPLICA_SETTLED_MIGRATION_SQL),
    table(9, "replica_compared", REPLICA_COMPARED_MIGRATION_SQL),
    table(
        10,
        "replica_compared_runs",
        REPLICA_COMPARED_RUNS_MIGRATION_SQL,
    ),
    table(11, "replica_unread", REPLICA_UNREAD_MIGRATION_SQL),
    table(12, "replica_lacking", REPLICA_LACKING_MIGRATION_SQL),
    table(13, "replica_packs", REPLICA_PACKS_MIGRATION_SQL),
    table(14, "replica_whole", REPLICA_WHOLE_MIGRATION_SQL),
];

const fn table(version: u32, name: &'static str, sql: &'static str) -> Migration {
    Migration { version, name, sql }
}
