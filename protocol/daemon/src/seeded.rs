//! Deliberate mistakes, which prove that the simulator finds mistakes (replication.md §7).
//!
//! They exist in builds with debug assertions, which is what tests run, and with the feature
//! `seeded-bugs`. In a release build, which is what is shipped, [`has`] is a constant `false` and
//! the compiler leaves each of them out. A mistake is made on one thread, by that thread's own call
//! of `make`, which stands in the simulator alone (`tests/it/tidy` sees to it).

/// Makes the enum, its list and its names of one table, so that none can be forgotten.
macro_rules! bugs {
    ($($(#[$doc:meta])+ $bug:ident = $name:literal,)+) => {
        /// A mistake somebody could make.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Bug {
            $($(#[$doc])+ $bug,)+
        }

        impl Bug {
            /// Every mistake.
            pub const ALL: &'static [Self] = &[$(Self::$bug,)+];

            /// Returns the name it is asked for by.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$bug => $name,)+
                }
            }
        }
    };
}

bugs! {
    /// A command is answered before its commit.
    AnswerBeforeCommit = "answer-before-commit",
    /// The database does not wait for the disk.
    NoSync = "no-sync",
    /// What the writing thread remembers outlives a rollback.
    MemorySurvivesRollback = "memory-survives-rollback",
    /// The cursor moves over the last record of a batch without its effect.
    CursorWithoutEffect = "cursor-without-effect",
    /// An edge believes that the hub holds everything it wrote.
    AckAhead = "ack-ahead",
    /// An edge never sends again what the hub once held.
    ResumeAtMaximum = "resume-at-maximum",
    /// The mark that something was sent is not kept.
    SentMarkLost = "sent-mark-lost",
    /// A store's change of an order is not passed on to the other stores that read it.
    NotForwarded = "not-forwarded",
    /// A store that reads an order is not told what was said before.
    SharedWithoutHistory = "shared-without-history",
    /// A record that could not be believed leaves no trace.
    QuarantineDrops = "quarantine-drops",
    /// What became of repeated records is not told again.
    VerdictsForgotten = "verdicts-forgotten",
    /// A day's digest leaves out what comes after the next day began.
    DigestSkipsLate = "digest-skips-late",
    /// A peer's time is not taken note of.
    HlcNotAbsorbed = "hlc-not-absorbed",
    /// Facts are dated by the wall clock alone.
    HlcFromWall = "hlc-from-wall",
    /// Ids of facts are made of the clock without chance.
    FactIdFromClock = "fact-id-from-clock",
    /// A fact of the peer's journal is folded twice.
    FoldedTwice = "folded-twice",
    /// A batch loses its last record on the way out.
    TailDropped = "tail-dropped",
    /// The feed skips a number after a start.
    NumberSkipped = "number-skipped",
    /// A journal's segment is never closed.
    SegmentNeverFull = "segment-never-full",
    /// The hub's rights do not learn what was consumed.
    ConsumedIgnored = "consumed-ignored",
    /// The hub counts a grant twice.
    GrantedTwice = "granted-twice",
    /// The hub's rights do not learn what was released.
    ReleasedIgnored = "released-ignored",
    /// The hub's rights do not learn what was given back.
    ReturnedIgnored = "returned-ignored",
    /// A store counts what other stores do with an order it reads.
    ForeignStockCounted = "foreign-stock-counted",
    /// The mark that something was sent is made once the store has answered.
    SentMarkLate = "sent-mark-late",
    /// An older life of a store, a copy of it or a forked feed is gone on with.
    FenceSkipped = "fence-skipped",
    /// A fact is refused when the one its writer stated before it is not there.
    DepsRequired = "deps-required",
    /// What comes in is counted for the reader's day instead of the writer's.
    DateFromReader = "date-from-reader",
    /// A restored hub promises for stores it has not heard.
    PromisedUnheard = "promised-unheard",
    /// A restored store does not state anew what the hub lacks of its earlier lives.
    NotRestated = "not-restated",
    /// A hub that lost part of a store's earlier lives is not told it again.
    LostNotNoted = "lost-not-noted",
    /// A store goes on with a hub that another one has taken over from.
    OldHubBelieved = "old-hub-believed",
    /// A restored hub forgets who reads the orders that come back.
    ReadersForgotten = "readers-forgotten",
    /// What the peer could not use is not noted.
    RefusalNotNoted = "refusal-not-noted",
    /// Ends compare what was chained, and not the bytes they still have.
    ComparedUnread = "compared-unread",
    /// The right bytes of a lost record are taken note of and not kept.
    MendedNotKept = "mended-not-kept",
    /// What is stated for a day that is over counts for it.
    SealedDayWritten = "sealed-day-written",
    /// A fact of a kind this program does not know is not kept.
    UnknownDropped = "unknown-dropped",
    /// After an upgrade nothing is folded again.
    UpgradeNotRefolded = "upgrade-not-refolded",
    /// An older program takes no note of what it could not fold.
    UnreadNotNoted = "unread-not-noted",
    /// What a view lacks that was made anew while bytes were damaged, it never gets.
    LackingNotFolded = "lacking-not-folded",
    /// An order goes on although it holds what must be understood and is not.
    BlockIgnored = "block-ignored",
    /// What a pack of changes lost on its way is not noticed before the loose ones go.
    PackedUncompared = "packed-uncompared",
    /// What a hub process remembers outlives what another one writes.
    OthersWritesIgnored = "others-writes-ignored",
    /// A hub process decides and writes without waiting for its turn at the database.
    TurnNotTaken = "turn-not-taken",
}

impl Bug {
    /// Tells whether only a database server can show it: SQLite has one writer whatever a program
    /// does, so no seed of the simulator would (`tests/postgres/turns.rs` does).
    #[must_use]
    pub const fn needs_server(self) -> bool {
        matches!(self, Self::TurnNotTaken)
    }
}

#[cfg(any(feature = "seeded-bugs", debug_assertions))]
thread_local! {
    static MADE: std::cell::Cell<Option<Bug>> = const { std::cell::Cell::new(None) };
}

/// Makes one mistake on this thread from now on, or none.
#[cfg(any(feature = "seeded-bugs", debug_assertions))]
pub fn make(bug: Option<Bug>) {
    MADE.set(bug);
}

/// Tells whether this thread is to make the mistake.
#[cfg(any(feature = "seeded-bugs", debug_assertions))]
#[must_use]
pub fn has(bug: Bug) -> bool {
    MADE.get() == Some(bug)
}

/// Tells that no mistake is made: this program is built without them.
#[cfg(not(any(feature = "seeded-bugs", debug_assertions)))]
#[must_use]
#[inline]
pub const fn has(_: Bug) -> bool {
    false
}
