//! Starts a hub, its stores and the street they stand in, in one process, and stops them.
//!
//! Everything between them goes over real sockets, by the doors real machines use.

mod failed;
pub(crate) mod first_start;

pub use failed::DemoFailed;

use std::net::SocketAddr;
use std::time::Duration;

use counterpart_daemon::shutdown::Shutdown;
use counterpart_hub::{Hub, HubConfig, RunningHub};

use crate::branch::{Branch, Opening, serve_page};
use crate::catalog::{self, SEED};
use crate::devices::Doors;
use crate::folder::DataFolder;
use crate::ledger::{DemoMember, Ledger};
use crate::line::Line;
use crate::options::{DemoOptions, here};
use crate::plan::SITES;
use crate::street::{Street, StreetParts};
use counterpart_edge::RunningEdge;
use counterpart_hardware::VirtualCounter;

/// How long the street's requests may take when the demo stops.
const PAGE_DEADLINE: Duration = Duration::from_secs(2);

/// The demo.
pub struct Demo;

/// A demo that runs. Stop it by [`RunningDemo::shutdown`].
pub struct RunningDemo {
    parts: Parts,
    ledger: Ledger,
    street: SocketAddr,
    folder: DataFolder,
}

/// What has been started, to be stopped in the other order.
#[derive(Default)]
struct Parts {
    hub: Option<RunningHub>,
    branches: Vec<Branch>,
    street: Shutdown,
}

impl Demo {
    /// Starts a demo. The first start on a folder makes stores, their people, a catalogue and
    /// stock, which takes seconds; later ones find all of it there.
    ///
    /// # Errors
    ///
    /// [`DemoFailed`], in a sentence to act on; what was started is stopped again.
    pub async fn start(options: DemoOptions) -> Result<RunningDemo, DemoFailed> {
        let folder = DataFolder::take(&options.data)?;
        let known = folder.ledger()?;
        let stores = match &known {
            Some(ledger) => ledger.stores.len(),
            // A first start that was interrupted has sold nothing: it begins anew.
            None => {
                folder.clear()?;
                options.stores.clamp(1, SITES.len())
            }
        };
        options.ports.check_free(stores)?;
        let mut parts = Parts::default();
        match parts.start(&options, &folder, known, stores).await {
            Ok((ledger, street)) => Ok(RunningDemo {
                parts,
                ledger,
                street,
                folder,
            }),
            Err(failed) => {
                parts.stop().await;
                Err(failed)
            }
        }
    }
}

impl RunningDemo {
    /// Returns the hub.
    pub fn hub(&self) -> &RunningHub {
        self.parts.hub.as_ref().expect(RUNS)
    }

    /// Returns the stores.
    pub fn branches(&self) -> &[Branch] {
        &self.parts.branches
    }

    /// Returns the first store's server.
    pub fn edge(&self) -> &RunningEdge {
        self.first().edge()
    }

    /// Returns the line between the first store and the hub.
    pub fn line(&self) -> &Line {
        self.first().line()
    }

    /// Returns the devices of the first store's register.
    pub fn counter(&self) -> &VirtualCounter {
        self.first().counter()
    }

    /// Returns the people of the first store.
    pub fn members(&self) -> &[DemoMember] {
        &self.first().people().members
    }

    /// Returns where people go in the first store.
    pub fn doors(&self) -> &Doors {
        self.first().doors()
    }

    /// Returns where the page of the first store's virtual devices is.
    pub fn devices_url(&self) -> String {
        self.first().devices_url()
    }

    /// Returns where the street is: the map and the web shop.
    pub fn street_url(&self) -> String {
        format!("http://{}/", self.street)
    }

    /// Returns the people, their PINs and the console's password.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns the folder with all the data.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Stops street, stores and hub, in this order; receipts being printed come out.
    pub async fn shutdown(mut self) {
        self.parts.stop().await;
    }

    fn first(&self) -> &Branch {
        self.parts.branches.first().expect(RUNS)
    }
}

const RUNS: &str = "a running demo has all its parts until it is stopped";

impl Parts {
    async fn start(
        &mut self,
        options: &DemoOptions,
        folder: &DataFolder,
        known: Option<Ledger>,
        stores: usize,
    ) -> Result<(Ledger, SocketAddr), DemoFailed> {
        let say = |what: &str| (options.progress)(what);
        let is_first = known.is_none();
        let mut ledger = known
            .unwrap_or_else(|| Ledger::draw(&options.entropy, &SITES[..stores], options.products));
        say("starting the hub");
        let config = hub_config(options, folder, &ledger);
        let (clock, entropy) = (options.clock.clone(), options.entropy.clone());
        let hub = Hub::start_with(config, clock, entropy).await?;
        let hub = self.hub.insert(hub);
        let products = catalog::generate(SEED, ledger.products);
        if is_first {
            first_start::found_company(hub).await?;
            first_start::publish(hub, &ledger, &products, &say).await?;
            ledger.shop_key = first_start::open_shop(hub, &ledger, options).await?;
            first_start::know_customers(hub, &ledger, options).await?;
        }
        for at in 0..ledger.stores.len() {
            let opening = Opening {
                options,
                folder,
                ledger: &ledger,
                at,
                is_first,
                products: &products,
            };
            // Kept before it is started, so that a failure half-way stops what runs.
            self.branches.push(Branch::default());
            let branch = self.branches.last_mut().expect("it was just pushed");
            branch.start(&opening, hub).await?;
        }
        if is_first {
            folder.keep(&ledger)?;
        }
        say("opening the street");
        let stage = self.street.stage("street", PAGE_DEADLINE);
        let parts = StreetParts::of(
            hub,
            &ledger.shop_key,
            &self.branches,
            products,
            options,
            stage.token(),
        );
        let street = Street::new(parts, &stage);
        let address = serve_page(street.router(), options.ports.street, &stage, "street")?;
        Ok((ledger, address))
    }

    async fn stop(&mut self) {
        self.street.run().await;
        for branch in &mut self.branches {
            branch.stop().await;
        }
        if let Some(hub) = self.hub.take() {
            hub.shutdown().await;
        }
    }
}

fn hub_config(options: &DemoOptions, folder: &DataFolder, ledger: &Ledger) -> HubConfig {
    HubConfig {
        data: folder.hub(),
        public_listen: here(options.ports.public),
        sync_listen: here(options.ports.sync),
        loopback_listen: Some(here(options.ports.console)),
        first_admin_password: Some(ledger.password.clone()),
        ..HubConfig::default()
    }
}

#[cfg(test)]
mod tests;
