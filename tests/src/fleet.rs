//! Many stores of one hub program, each nothing but a replica: what happens when they all come back
//! at once.

use std::sync::atomic::AtomicU64;
use std::time::Duration;

use counterpart_daemon::clock::{Clock, ManualClock, SystemClock};
use futures_util::stream::{self, StreamExt as _};
use tokio::task::JoinSet;

use crate::chance::Chance;
use crate::installation::Installation;
use crate::replicated::{HubPlace, Replicated};
use crate::trade::Trade;

/// How long a store is given for its connection before the next thing is looked at.
const SETTLED: Duration = Duration::from_secs(3);
/// How many stores are added at the same time.
const ENROLLED_AT_ONCE: usize = 8;
const SEED: u64 = 17;

/// The stores.
pub struct Fleet {
    stores: Vec<Replicated>,
    chance: Chance,
}

impl Fleet {
    /// Adds so many stores, `shop-0001` and on, to a running hub and enrols them.
    ///
    /// # Panics
    ///
    /// When the hub refuses.
    pub async fn enrol(installed: &Installation, stores: usize) -> Self {
        let console = installed.console().await;
        let place = HubPlace {
            public_url: installed.hub_public_url().replace("127.0.0.1", "localhost"),
            sync_url: format!("https://localhost:{}", installed.hub_sync().port()),
        };
        let clock = ManualClock::starting_at(SystemClock.now_ms());
        let enrolling = (1..=stores).map(|number| {
            let (console, place, clock) = (&console, &place, clock.clone());
            async move {
                let slug = format!("shop-{number:04}");
                let added = console.add_store(&slug).await;
                added.unwrap_or_else(|error| panic!("{slug} is not added: {error}"));
                let code = console.enrolment_code(&slug).await;
                let code = code.unwrap_or_else(|error| panic!("{slug} has no code: {error}"));
                Replicated::enrol(place, &code, clock).await
            }
        });
        let enrolled = stream::iter(enrolling).buffered(ENROLLED_AT_ONCE);
        Self {
            stores: enrolled.collect().await,
            chance: Chance::of("fleet", SEED),
        }
    }

    /// Lets every store sell so often.
    pub fn sell(&mut self, sales: usize) {
        for store in &self.stores {
            let mut trade = Trade::of(1, 2_000, self.chance.below(u64::MAX));
            store.state((0..sales).map(|_| trade.sale()).collect());
        }
    }

    /// Lets every store exchange at the same moment until it has nothing more to say.
    ///
    /// # Panics
    ///
    /// When the hub refuses one.
    pub async fn sync(&mut self) {
        let mut syncing = JoinSet::new();
        for mut store in self.stores.drain(..) {
            syncing.spawn(async move {
                store.sync().await;
                store
            });
        }
        self.stores = syncing.join_all().await;
    }

    /// Lets every store exchange until it has nothing more to say, through a hub that comes and
    /// goes; `answered` counts the hub's answers.
    ///
    /// # Panics
    ///
    /// When a store and the hub never come to an end.
    pub async fn sync_through(&mut self, answered: &AtomicU64) {
        let syncing = self
            .stores
            .iter_mut()
            .map(|store| store.sync_through(answered));
        futures_util::future::join_all(syncing).await;
    }

    /// Lets every store hold its line to the hub open, as one that waits for news does, long enough
    /// for all of them to be there.
    ///
    /// # Panics
    ///
    /// When the hub lets one of them down meanwhile.
    pub async fn wait_for_news(&self) {
        let calls = self.stores.iter().map(Replicated::wait_for_news);
        let all = futures_util::future::join_all(calls);
        tokio::select! {
            answers = all => panic!("nothing is held: {answers:?}"),
            () = tokio::time::sleep(SETTLED) => {}
        }
    }
}
