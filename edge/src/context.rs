//! What every slice is handed: database, replica, clock, devices and who this store is.
//!
//! It decides nothing and starts nothing; `app.rs` makes it once, and clones share it.

mod ground;
mod shown;
mod signer;

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::db::Db;
use counterpart_daemon::entropy::{SharedEntropy, random_bytes};
use counterpart_daemon::replica::{Place, Replica};
use counterpart_daemon::vault::Vault;
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::{Lang, Locale, Texts};
use counterpart_protocol::barcode::Template;
use counterpart_protocol::codes::CodeSigner;
use counterpart_protocol::ids::{RegisterId, StaffId, StoreId};
use counterpart_protocol::money::Currency;
use counterpart_protocol::pricing::Promotions;
use counterpart_protocol::stores::{DayEnd, StoreDetails};
use counterpart_protocol::time::BusinessDate;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio_util::sync::CancellationToken;

use crate::devices::Devices;
use crate::sync::Link;
use crate::web::{AlertOf, Machine};

pub use crate::devices::{CounterSetup, RegisterSetup, SettingsAgain};
pub use ground::{Door, DoorState, Ground, OtherGround, Pages, TRAINING, TrainingStore};
pub use shown::{SHOWN_MS, ShownBadges, Waiting, WhatWasShown};
pub use signer::SignerSetup;

/// What every slice is handed; the state of every router. Clones share it.
#[derive(Clone)]
pub struct Context {
    parts: Arc<ContextParts>,
}

/// What a [`Context`] is made of.
pub struct ContextParts {
    /// The store's database.
    pub db: Db,
    /// The one way in for facts.
    pub replica: Replica,
    /// What time it is.
    pub clock: SharedClock,
    /// Where ids and secrets come from.
    pub entropy: SharedEntropy,
    /// Carries word of changes to the open pages.
    pub live: Live,
    /// Who this store is, as the hub last said.
    pub profile: CurrentProfile,
    /// What is taken off without anybody asking for it.
    pub promotions: CurrentPromotions,
    /// Everything on the counters.
    pub devices: Devices,
    /// Reads how the counters are set up once more; nothing where they were set up otherwise.
    pub settings: Option<SettingsAgain>,
    /// How the retailer's own scales print numbers.
    pub in_store_codes: Vec<Template>,
    /// What signs sales before their receipts are printed; nothing in most countries.
    pub signer: Option<SignerSetup>,
    /// How this store stands with its hub.
    pub link: Link,
    /// The words of the pages.
    pub texts: Arc<Texts>,
    /// What the status bar of every page shows of the slices.
    pub alerts: &'static [AlertOf],
    /// Signs the codes this store prints.
    pub code_signer: CodeSigner,
    /// Seals what is about people.
    pub vault: Vault,
    /// Cancelled when the daemon stops: streams and long waits end by it.
    pub stopping: CancellationToken,
    /// What is known of the machine.
    pub machine: Machine,
    /// Whether it is the shop itself or its training store.
    pub ground: Ground,
    /// What was last shown at each register instead of a PIN, and what waits there for one.
    pub shown: ShownBadges,
}

/// Who a store is: printed on receipts, and how its days and amounts are written.
#[derive(Debug, Clone)]
pub struct StoreProfile {
    /// Its slug.
    pub store_id: StoreId,
    /// Its name over the door.
    pub name: String,
    /// Its address, line by line as printed.
    pub address_lines: Vec<String>,
    /// The currency it sells in.
    pub currency: Currency,
    /// The time zone its days are counted in.
    pub time_zone: TimeZone,
    /// The tax number receipts must show, where they must.
    pub tax_number: Option<String>,
    /// The language of its screens and receipts: `en`, `de`, `fr`.
    pub locale: String,
    /// What stands at the end of every receipt.
    pub receipt_footer: Option<String>,
    /// What else is known of it.
    pub details: StoreDetails,
}

/// Who the store is now: exchanged as a whole when the hub says something new.
#[derive(Debug)]
pub struct CurrentProfile(RwLock<Arc<StoreProfile>>);

impl CurrentProfile {
    /// Begins with what is known at the start.
    #[must_use]
    pub fn new(profile: StoreProfile) -> Self {
        Self(RwLock::new(Arc::new(profile)))
    }

    fn now(&self) -> Arc<StoreProfile> {
        // Whoever panicked left a whole profile behind: it is exchanged in one step.
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn exchange(&self, profile: StoreProfile) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(profile);
    }
}

/// The promotions in use: exchanged as a whole when the hub publishes others.
#[derive(Debug, Default)]
pub struct CurrentPromotions(RwLock<Arc<Promotions>>);

impl CurrentPromotions {
    /// Begins with those in use at the start.
    #[must_use]
    pub fn new(promotions: Promotions) -> Self {
        Self(RwLock::new(Arc::new(promotions)))
    }
}

/// Shows which store it is of.
impl fmt::Debug for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("store_id", &self.profile().store_id)
            .finish_non_exhaustive()
    }
}

impl Context {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: ContextParts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    /// Returns the store's database.
    #[must_use]
    pub fn db(&self) -> &Db {
        &self.parts.db
    }

    /// Returns the replica, through which every fact is stated.
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

    /// Returns what carries word of changes to the open pages.
    #[must_use]
    pub fn live(&self) -> &Live {
        &self.parts.live
    }

    /// Returns who this store is now; a caller keeps one answer for one piece of work.
    #[must_use]
    pub fn profile(&self) -> Arc<StoreProfile> {
        self.parts.profile.now()
    }

    /// Takes over what the hub says of this store, for everything that begins from now on.
    pub fn take_profile(&self, profile: StoreProfile) {
        self.parts
            .profile
            .exchange(self.parts.ground.marked(profile));
    }

    /// Returns the promotions in use; a basket keeps one answer for as long as it is looked at.
    #[must_use]
    pub fn promotions(&self) -> Arc<Promotions> {
        let now = self.parts.promotions.0.read();
        Arc::clone(&now.unwrap_or_else(PoisonError::into_inner))
    }

    /// Takes other promotions into use.
    pub fn take_promotions(&self, promotions: Promotions) {
        let now = self.parts.promotions.0.write();
        *now.unwrap_or_else(PoisonError::into_inner) = Arc::new(promotions);
    }

    /// Returns the till positions, by ascending number.
    #[must_use]
    pub fn registers(&self) -> Vec<Arc<RegisterSetup>> {
        self.parts.devices.registers()
    }

    /// Returns the till position with this number, if the store has it.
    #[must_use]
    pub fn register(&self, id: RegisterId) -> Option<Arc<RegisterSetup>> {
        self.parts.devices.register(id)
    }

    /// Returns scanners, printers and drawers.
    #[must_use]
    pub fn devices(&self) -> &Devices {
        &self.parts.devices
    }

    /// Returns what reads once more how the counters are set up, where they were read from a file.
    #[must_use]
    pub fn settings(&self) -> Option<&SettingsAgain> {
        self.parts.settings.as_ref()
    }

    /// Returns how the retailer's own scales print numbers with a weight or a price in them.
    #[must_use]
    pub fn in_store_codes(&self) -> &[Template] {
        &self.parts.in_store_codes
    }

    /// Returns what signs sales before their receipts are printed, where that is done.
    #[must_use]
    pub fn signer(&self) -> Option<&SignerSetup> {
        self.parts.signer.as_ref()
    }

    /// Returns how this store stands with its hub.
    #[must_use]
    pub fn link(&self) -> &Link {
        &self.parts.link
    }

    /// Returns what signs the codes this store prints.
    #[must_use]
    pub fn code_signer(&self) -> &CodeSigner {
        &self.parts.code_signer
    }

    /// Returns what seals what is about people.
    #[must_use]
    pub fn vault(&self) -> &Vault {
        &self.parts.vault
    }

    /// Returns the token that is cancelled when the daemon stops: for streams and long waits.
    #[must_use]
    pub fn stopping(&self) -> CancellationToken {
        self.parts.stopping.clone()
    }

    /// Returns what is known of the machine.
    #[must_use]
    pub fn machine(&self) -> &Machine {
        &self.parts.machine
    }

    /// Returns whether this is the shop itself or its training store.
    #[must_use]
    pub fn ground(&self) -> &Ground {
        &self.parts.ground
    }

    /// Returns the training store this is, unless it is the shop itself.
    #[must_use]
    pub fn training(&self) -> Option<&TrainingStore> {
        self.parts.ground.training()
    }

    /// Returns what the status bar of every page shows of the slices.
    #[must_use]
    pub fn alerts(&self) -> &'static [AlertOf] {
        self.parts.alerts
    }

    /// Returns the store's language, with the words of the pages.
    #[must_use]
    pub fn lang(&self) -> Lang {
        // The nearest language there is: `de-AT` reads German, one nobody translated reads English.
        let locale = Locale::negotiate(&self.profile().locale);
        Lang::new(self.parts.texts.clone(), locale)
    }

    /// Returns the time, in milliseconds since 1970 UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        self.parts.clock.now_ms()
    }

    /// Returns the business date it is now in the store's time zone.
    #[must_use]
    pub fn business_date(&self) -> BusinessDate {
        let profile = self.profile();
        business_date_at(self.now_ms(), &profile.time_zone, profile.details.day_end)
    }

    /// Returns where, when and by whom a fact is stated now.
    #[must_use]
    pub fn place(&self, register: Option<RegisterId>, staff: Option<StaffId>) -> Place {
        Place {
            business_date: self.business_date(),
            register,
            staff,
        }
    }

    /// Returns the parts of a new id: the time in milliseconds, and 80 random bits.
    #[must_use]
    pub fn new_ulid(&self) -> (u64, u128) {
        let random: [u8; 16] = random_bytes(self.parts.entropy.as_ref());
        let at_ms = u64::try_from(self.now_ms()).unwrap_or(0);
        (at_ms, u128::from_be_bytes(random) & ((1 << 80) - 1))
    }
}

/// Returns the business date at `now_ms` (milliseconds UTC) in `zone`, where days end at `end`; a
/// clock outside the years 1970 to 9999 counts as the nearest date there is, because a till with a
/// wrong clock still sells.
#[must_use]
pub fn business_date_at(now_ms: i64, zone: &TimeZone, end: DayEnd) -> BusinessDate {
    let bounded = Timestamp::from_millisecond(now_ms).unwrap_or(if now_ms < 0 {
        Timestamp::UNIX_EPOCH
    } else {
        Timestamp::MAX
    });
    end.business_date(zone.to_datetime(bounded))
        .unwrap_or_else(|| {
            let days = if now_ms <= 0 { 0 } else { 2_932_896 };
            BusinessDate::from_days(days).expect("the first and the last date are dates")
        })
}

#[cfg(test)]
mod tests {
    use super::business_date_at;
    use counterpart_protocol::stores::DayEnd;
    use jiff::tz::{Offset, TimeZone};

    #[track_caller]
    fn check(now_ms: i64, hours_east: i8, expected: &str) {
        let zone = TimeZone::fixed(Offset::constant(hours_east));
        let date = business_date_at(now_ms, &zone, DayEnd::default());
        assert_eq!(date.to_string(), expected);
    }

    #[test]
    fn a_day_begins_at_midnight_in_the_stores_own_zone() {
        // 2026-11-23T22:30:00Z.
        let evening = 1_795_473_000_000;
        check(evening, 0, "2026-11-23");
        check(evening, 1, "2026-11-23");
        check(evening, 2, "2026-11-24");
        check(evening, -11, "2026-11-23");
    }

    #[test]
    fn a_store_that_is_open_at_midnight_ends_its_day_later() {
        let zone = TimeZone::fixed(Offset::constant(3));
        // 2026-11-24T01:30:00 there.
        let night = 1_795_473_000_000;
        let date = |end: &str| business_date_at(night, &zone, end.parse().unwrap()).to_string();
        assert_eq!(date("00:00"), "2026-11-24");
        assert_eq!(date("03:00"), "2026-11-23");
    }

    #[test]
    fn an_absurd_clock_still_gives_a_date() {
        check(i64::MIN, 0, "1970-01-01");
        check(-1, 0, "1970-01-01");
        // The last moment jiff can spell in every zone.
        check(i64::MAX, 0, "9999-12-30");
    }
}
