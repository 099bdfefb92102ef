//! The street: the map of the demo's stores, trade that can be switched on, and the web shop.
//!
//! It is what stands outside the product: customers, a shop's window, the weather of the network.
//! Everything it does goes in by the API that any shop or program uses.

mod act;
mod http;
mod map;
mod page;
mod shop;
mod shop_http;
mod shop_page;
mod trade;

use std::sync::Arc;

use axum::Router;
use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::entropy::SharedEntropy;
use counterpart_daemon::shutdown::Stage;
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::{Lang, Locale, Texts};
use counterpart_hub::RunningHub;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::branch::Branch;
use crate::catalog::DemoProduct;
use crate::devices::{Doors, Readings, Shelf};
use crate::hub::Hub;
use crate::ledger::DemoStore;
use crate::line::Line;
use crate::options::DemoOptions;
use crate::plan::Site;
use crate::store::Store;
use counterpart_hardware::VirtualCounter;
use shop::Baskets;
use trade::Trade;

/// What the street is made of.
pub(crate) struct StreetParts {
    /// The stores, in the ledger's order.
    houses: Vec<House>,
    /// What they sell.
    shelf: Shelf,
    products: Vec<DemoProduct>,
    /// The hub, as the shop knows it.
    hub: Hub,
    /// The address of the hub's console.
    console: String,
    clock: SharedClock,
    entropy: SharedEntropy,
    stopping: CancellationToken,
}

/// One store as it is seen from the street.
pub(crate) struct House {
    site: &'static Site,
    doors: Doors,
    devices: String,
    line: Line,
    counter: VirtualCounter,
    store: Store,
    people: DemoStore,
    readings: watch::Receiver<Readings>,
}

/// The street's state; clones share it.
#[derive(Clone)]
pub(crate) struct Street {
    parts: Arc<StreetParts>,
    live: Live,
    lang: Lang,
    trade: Trade,
    baskets: Baskets,
}

/// What changes on the map, by topic.
const HOUSES: &str = "houses";
const TRADE: &str = "trade";

impl StreetParts {
    pub(crate) fn of(
        hub: &RunningHub,
        shop_key: &str,
        branches: &[Branch],
        products: Vec<DemoProduct>,
        options: &DemoOptions,
        stopping: CancellationToken,
    ) -> Self {
        let house = |branch: &Branch| {
            let front = branch.front();
            House {
                site: Site::of(&front.people.slug).expect("the ledger's stores are of the plan"),
                doors: front.doors.clone(),
                devices: branch.devices_url(),
                line: branch.line().clone(),
                counter: branch.counter().clone(),
                store: front.store.clone(),
                people: front.people.clone(),
                readings: front.readings.clone(),
            }
        };
        let chance = (options.clock.clone(), options.entropy.clone());
        Self {
            houses: branches.iter().map(house).collect(),
            shelf: Shelf::new(products.clone()),
            products,
            hub: Hub::at(hub.console_url(), shop_key.to_owned(), chance),
            console: hub.console_url(),
            clock: options.clock.clone(),
            entropy: options.entropy.clone(),
            stopping,
        }
    }
}

impl Street {
    /// Puts the street together; `stage` owns the tasks that keep it fresh and busy.
    pub(crate) fn new(parts: StreetParts, stage: &Stage) -> Self {
        let texts = Texts::new(&[]).expect("the kit's own texts are complete");
        let live = Live::new(parts.clock.now_ms());
        let street = Self {
            lang: Lang::new(Arc::new(texts), Locale::En),
            trade: Trade::new(live.clone()),
            baskets: Baskets::default(),
            parts: Arc::new(parts),
            live,
        };
        street.watch(stage);
        trade::start(&street, stage);
        street
    }

    /// Returns everything the street answers.
    pub(crate) fn router(&self) -> Router {
        http::router(self.clone())
    }

    /// Tells the open pages when a store or its line has changed.
    fn watch(&self, stage: &Stage) {
        for house in &self.parts.houses {
            let (live, stop) = (self.live.clone(), stage.token());
            let (mut line, mut readings) = (house.line.changes(), house.readings.clone());
            stage.spawn("street: a house", async move {
                loop {
                    let changed = async {
                        tokio::select! {
                            line = line.changed() => line.is_ok(),
                            read = readings.changed() => read.is_ok(),
                        }
                    };
                    match stop.run_until_cancelled(changed).await {
                        Some(true) => live.publish(HOUSES),
                        Some(false) | None => return,
                    }
                }
            });
        }
    }
}
