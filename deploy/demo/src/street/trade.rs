//! Trade that can be switched on: people who walk into each store and pay at its second register.
//!
//! They buy through the store's own API, like any till. A person's own register is left alone.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use counterpart_daemon::shutdown::Stage;
use counterpart_daemon::web::live::Live;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{Street, TRADE, shop};
use crate::api::ApiFailed;
use crate::branch::TRADE_REGISTER;
use crate::catalog::DemoProduct;
use crate::hub::Orderer;
use crate::store::Till;

/// Orders that may wait in all stores together before the shop's customers stay away.
const OPEN_MAX: usize = 12;
/// First names that orders are placed under; nobody in particular.
const ORDERERS: [&str; 8] = [
    "Anouk", "Bas", "Esra", "Hugo", "Jip", "Lina", "Omar", "Tess",
];

/// How busy the shops are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Pace {
    /// Nobody comes.
    #[default]
    Off,
    /// A sale every few seconds in each store.
    Quiet,
    /// Two sales a second in each store.
    Busy,
}

/// What the page shows of the trade.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Traded {
    pub(super) pace: Pace,
    /// Sales since the demo was started.
    pub(super) sales: u64,
    /// Orders in the web shop since then.
    pub(super) orders: u64,
    /// Why the last customer went away without buying, if one did.
    pub(super) trouble: Option<String>,
}

/// The trade; clones share it.
#[derive(Clone)]
pub(super) struct Trade {
    pace: watch::Sender<Pace>,
    seen: Arc<Mutex<Traded>>,
    live: Live,
}

impl Pace {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Quiet => "quiet",
            Self::Busy => "busy",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Off, Self::Quiet, Self::Busy]
            .into_iter()
            .find(|pace| pace.word() == word)
    }

    fn between_sales(self) -> Option<Duration> {
        match self {
            Self::Off => None,
            Self::Quiet => Some(Duration::from_secs(5)),
            Self::Busy => Some(Duration::from_millis(500)),
        }
    }
}

impl Trade {
    pub(super) fn new(live: Live) -> Self {
        Self {
            pace: watch::Sender::new(Pace::Off),
            seen: Arc::default(),
            live,
        }
    }

    pub(super) fn set(&self, pace: Pace) {
        self.pace.send_replace(pace);
        self.note(|seen| seen.pace = pace);
    }

    pub(super) fn seen(&self) -> Traded {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.clone()
    }

    fn note(&self, change: impl FnOnce(&mut Traded)) {
        change(&mut self.seen.lock().unwrap_or_else(PoisonError::into_inner));
        self.live.publish(TRADE);
    }
}

/// Starts the customers of every store and of the shop; they end with the stage.
pub(super) fn start(street: &Street, stage: &Stage) {
    for at in 0..street.parts.houses.len() {
        let (street, stop) = (street.clone(), stage.token());
        stage.spawn("street: trade", async move {
            let mut customers = Customers::of(&street, at);
            let shopping = customers.shop();
            run_until(shopping, stop).await;
        });
    }
    let (street, stop) = (street.clone(), stage.token());
    stage.spawn("street: orders", async move {
        let mut customers = Customers::of(&street, street.parts.houses.len());
        let ordering = customers.order_on();
        run_until(ordering, stop).await;
    });
}

/// Returns how long the shop waits between two orders.
fn between_orders(pace: Pace) -> Option<Duration> {
    match pace {
        Pace::Off => None,
        Pace::Quiet => Some(Duration::from_secs(20)),
        Pace::Busy => Some(Duration::from_secs(4)),
    }
}

async fn run_until(work: impl Future<Output = ()>, stop: CancellationToken) {
    // Being stopped in the middle of a sale is what happens to tills too: the basket waits.
    let _stopped = stop.run_until_cancelled(work).await;
}

/// Those who walk into one store.
struct Customers<'a> {
    street: &'a Street,
    at: usize,
    /// What tells this store's customers and baskets from the others'; drawn on.
    chance: u64,
    till: Option<Till>,
}

impl<'a> Customers<'a> {
    fn of(street: &'a Street, at: usize) -> Self {
        let now = street.parts.clock.now_ms().unsigned_abs();
        Self {
            street,
            at,
            chance: now.wrapping_add(at as u64 * 7_919) | 1,
            till: None,
        }
    }

    async fn shop(&mut self) {
        let mut pace = self.street.trade.pace.subscribe();
        loop {
            let Some(pause) = pace.borrow_and_update().between_sales() else {
                self.till = None;
                if pace.changed().await.is_err() {
                    return;
                }
                continue;
            };
            let bought = self.buy().await;
            if bought.is_err() {
                // A till that was closed or taken over is opened again by the next customer.
                self.till = None;
            }
            self.street.trade.note(|seen| match &bought {
                Ok(()) => {
                    seen.sales += 1;
                    seen.trouble = None;
                }
                Err(failed) => seen.trouble = Some(failed.to_string()),
            });
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = pace.changed() => {}
            }
        }
    }

    async fn buy(&mut self) -> Result<(), ApiFailed> {
        let house = &self.street.parts.houses[self.at];
        let till = match self.till.take() {
            Some(till) => till,
            None => {
                let people = &house.people.members;
                let member = people.last().expect("a ledger has people");
                house.store.open_till(TRADE_REGISTER, &member.pin).await?
            }
        };
        let lines = 1 + self.draw(4);
        for _ in 0..lines {
            let code = self.any_code();
            till.scan(&code).await?;
        }
        till.pay_cash().await?;
        self.till = Some(till);
        Ok(())
    }

    async fn order_on(&mut self) {
        let mut pace = self.street.trade.pace.subscribe();
        loop {
            let Some(pause) = between_orders(*pace.borrow_and_update()) else {
                if pace.changed().await.is_err() {
                    return;
                }
                continue;
            };
            let ordered = self.order().await;
            self.street.trade.note(|seen| match &ordered {
                Ok(orders) => seen.orders += orders,
                Err(failed) => seen.trouble = Some(failed.to_string()),
            });
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                _ = pace.changed() => {}
            }
        }
    }

    /// Orders one or two products at a store that has them; nothing while many orders wait, so that
    /// the counters are not buried. Returns how many orders were placed.
    async fn order(&mut self) -> Result<u64, ApiFailed> {
        let hub = &self.street.parts.hub;
        if hub.open_orders(OPEN_MAX).await? >= OPEN_MAX {
            return Ok(0);
        }
        let mut basket = Vec::new();
        for _ in 0..=self.draw(2) {
            let units = 1 + i64::try_from(self.draw(2)).unwrap_or(0);
            let product = self.any_product();
            basket.extend(shop::bought(product, units));
        }
        basket.dedup_by(|a, b| a.sku == b.sku);
        let has = shop::who_has(self.street, &basket).await?;
        let places: Vec<&String> = has
            .iter()
            .filter(|(_, complete)| *complete)
            .map(|(slug, _)| slug)
            .collect();
        let Some(count) = Some(places.len() as u64).filter(|count| *count > 0) else {
            return Ok(0);
        };
        let at = usize::try_from(self.draw(count)).unwrap_or(0);
        let name = ORDERERS[usize::try_from(self.draw(ORDERERS.len() as u64)).unwrap_or(0)];
        let orderer = Orderer {
            name: name.to_owned(),
            email: "customer@shop.example".to_owned(),
        };
        hub.place(&basket, places[at], &orderer).await?;
        Ok(1)
    }

    /// A number of a product that is sold by the piece and has a price.
    fn any_code(&mut self) -> String {
        self.any_product().gtins[0].to_string()
    }

    fn any_product(&mut self) -> &'a DemoProduct {
        let count = self.street.parts.products.len();
        loop {
            let at = usize::try_from(self.draw(count as u64)).unwrap_or(0);
            let product = &self.street.parts.products[at];
            if product.is_sold_by_the_piece() {
                return product;
            }
        }
    }

    /// Draws a number below `bound`: xorshift, after Marsaglia 2003; it shuffles a demo, nothing
    /// more.
    fn draw(&mut self, bound: u64) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance % bound.max(1)
    }
}
