//! What every slice of the hub is handed: database, replica, clock, words, live pages, authority.
//!
//! It holds no state of its own and decides nothing; `app.rs` makes the only one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::db::Db;
use counterpart_daemon::entropy::{SharedEntropy, random_bytes};
use counterpart_daemon::replica::{Place, Replica};
use counterpart_daemon::tls::Authority;
use counterpart_daemon::vault::Vault;
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::Lang;
use counterpart_protocol::catalog::TaxClass;
use counterpart_protocol::codes::CodeSigner;
use counterpart_protocol::stores::DayEnd;
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::{Mutex, Notify};
use tokio_util::sync::CancellationToken;

use crate::sync::Presence;
use crate::web::{Control, Machine, Throttle};

/// What makes an instant a business day of a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreDays {
    /// Its time zone.
    pub zone: TimeZone,
    /// When its business day ends.
    pub end: DayEnd,
}

impl StoreDays {
    /// Returns the days of what no store has a part in: those of UTC, from midnight to midnight.
    #[must_use]
    pub fn of_nobody() -> Self {
        Self {
            zone: TimeZone::UTC,
            end: DayEnd::default(),
        }
    }
}

/// What every slice is handed; clones share it.
#[derive(Clone)]
pub struct Context {
    parts: Arc<Parts>,
}

/// What a context is made of.
pub(crate) struct Parts {
    pub(crate) db: Db,
    pub(crate) replica: Replica,
    pub(crate) clock: SharedClock,
    pub(crate) entropy: SharedEntropy,
    pub(crate) live: Live,
    pub(crate) lang: Lang,
    pub(crate) authority: Authority,
    pub(crate) presence: Presence,
    pub(crate) tax_classes: Vec<TaxClass>,
    /// What edges are told to connect to.
    pub(crate) sync_address: String,
    /// Ends event streams and long polls before the listeners stop.
    pub(crate) streams: CancellationToken,
    pub(crate) imports: Work,
    pub(crate) upkeep: Work,
    /// What orders, rights and transfers wait for the hub to do.
    pub(crate) settling: Work,
    pub(crate) vault: Vault,
    pub(crate) code_signer: CodeSigner,
    pub(crate) control: Control,
    pub(crate) throttle: Throttle,
    pub(crate) machine: Machine,
}

/// Whether a piece of background work found something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It did something: there may be more.
    Moved,
    /// There was nothing to do.
    Idle,
}

/// Work done in the background, one thing at a time: who wakes it, whose turn it is, how far it is.
#[derive(Default)]
pub struct Work {
    /// Woken when there is something to do.
    pub wake: Notify,
    /// Held by whoever does it.
    pub turn: Mutex<()>,
    done_permille: AtomicU64,
}

impl Work {
    /// Notes how far the thing in hand is, in thousandths; tells whether that is news.
    pub fn note_permille(&self, done: u64) -> bool {
        self.done_permille.swap(done, Ordering::Relaxed) != done
    }

    /// Returns how far the thing in hand is, in thousandths.
    #[must_use]
    pub fn permille(&self) -> u64 {
        self.done_permille.load(Ordering::Relaxed)
    }
}

impl Context {
    pub(crate) fn new(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    /// Returns the database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.parts.db
    }

    /// Returns the replica: the one way facts come in.
    #[must_use]
    pub fn replica(&self) -> &Replica {
        &self.parts.replica
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &SharedClock {
        &self.parts.clock
    }

    /// Returns the source of randomness.
    #[must_use]
    pub fn entropy(&self) -> &SharedEntropy {
        &self.parts.entropy
    }

    /// Returns what tells open pages of changes.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.parts.live
    }

    /// Returns the language of the console.
    #[must_use]
    pub fn lang(&self) -> &Lang {
        &self.parts.lang
    }

    /// Returns the authority that certifies edges.
    #[must_use]
    pub fn authority(&self) -> &Authority {
        &self.parts.authority
    }

    /// Returns who is connected just now.
    #[must_use]
    pub fn presence(&self) -> &Presence {
        &self.parts.presence
    }

    /// Returns the tax classes products may name.
    #[must_use]
    pub fn tax_classes(&self) -> &[TaxClass] {
        &self.parts.tax_classes
    }

    /// Returns what edges are told to connect to, such as `https://hub.example:8401`.
    #[must_use]
    pub fn sync_address(&self) -> &str {
        &self.parts.sync_address
    }

    /// Returns the token that ends event streams and long polls.
    #[must_use]
    pub fn streams(&self) -> &CancellationToken {
        &self.parts.streams
    }

    /// Returns the importing of files.
    #[must_use]
    pub fn imports(&self) -> &Work {
        &self.parts.imports
    }

    /// Returns the upkeep of what stores read: price books, opening balances, keys, stock nearby.
    #[must_use]
    pub fn upkeep(&self) -> &Work {
        &self.parts.upkeep
    }

    /// Returns the settling of orders, rights and transfers.
    #[must_use]
    pub fn settling(&self) -> &Work {
        &self.parts.settling
    }

    /// Returns what seals words about people.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.parts.vault
    }

    /// Returns what signs the codes customers carry.
    #[must_use]
    pub fn code_signer(&self) -> &CodeSigner {
        &self.parts.code_signer
    }

    /// Returns what the command line on this machine is let in by.
    #[must_use]
    pub fn control(&self) -> &Control {
        &self.parts.control
    }

    /// Returns what holds up those who ask too often.
    #[must_use]
    pub fn throttle(&self) -> &Throttle {
        &self.parts.throttle
    }

    /// Returns what is known of the machine.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.parts.machine
    }

    /// Returns the time, in milliseconds UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.parts.clock.now_ms()
    }

    /// Returns the 16 bytes of a new ULID.
    #[must_use]
    pub fn new_id(&self) -> [u8; 16] {
        let random = u128::from_be_bytes(random_bytes(self.parts.entropy.as_ref()));
        let at_ms = u64::try_from(self.now_ms()).unwrap_or(0);
        ulid::Ulid::from_parts(at_ms, random).to_bytes()
    }

    /// Returns where and when the hub states a fact for a store with these days: on the business
    /// day the store is in.
    #[must_use]
    pub fn place_on(&self, days: &StoreDays) -> Place {
        Place {
            business_date: business_date_of(self.now_ms(), &days.zone, days.end),
            register: None,
            staff: None,
        }
    }
}

/// Returns the date of an instant in milliseconds UTC on the wall of a place in `zone`; before 1970
/// it is the first date there is.
#[must_use]
pub fn business_date(at_ms: i64, zone: &TimeZone) -> BusinessDate {
    business_date_of(at_ms, zone, DayEnd::default())
}

/// Returns the business date of an instant at a store in `zone` whose days end at `end`.
#[must_use]
pub fn business_date_of(at_ms: i64, zone: &TimeZone, end: DayEnd) -> BusinessDate {
    Timestamp::from_millisecond(at_ms)
        .ok()
        .and_then(|at| end.business_date(zone.to_datetime(at)))
        .unwrap_or_else(|| BusinessDate::from_days(0).expect("1970-01-01 is a date"))
}
