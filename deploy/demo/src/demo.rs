//! Starts a hub, a line, a counter, a store and the devices page in one process, and stops them.
//!
//! Everything between them goes over real sockets, by the doors real machines use.

mod failed;
mod first_start;

pub use failed::DemoFailed;

use std::net::SocketAddr;
use std::time::Duration;

use counterpart_daemon::http::{Limits, Transport, bind};
use counterpart_daemon::shutdown::{Shutdown, Stage};
use counterpart_edge::context::RegisterSetup;
use counterpart_edge::{Edge, EdgeConfig, RunningEdge};
use counterpart_hardware::{PrinterConfig, Profile, ScannerConfig, SensorLevel};
use counterpart_hub::{Hub, HubConfig, RunningHub};
use counterpart_protocol::ids::RegisterId;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::catalog::{self, SEED};
use crate::counter::Counter;
use crate::devices::{Desk, DeskParts, Doors, Readings, Shelf};
use crate::folder::DataFolder;
use crate::ledger::Ledger;
use crate::line::Line;
use crate::options::{DemoOptions, here};
use crate::store::Store;

/// The demo's one register.
const REGISTER: u16 = 1;
/// How often the store is asked how it is.
const READING_INTERVAL: Duration = Duration::from_millis(500);
/// How long the page's requests may take when the demo stops.
const PAGE_DEADLINE: Duration = Duration::from_secs(2);

/// The demo.
pub struct Demo;

/// A demo that runs. Stop it by [`RunningDemo::shutdown`].
pub struct RunningDemo {
    parts: Parts,
    ledger: Ledger,
    doors: Doors,
    devices: SocketAddr,
    folder: DataFolder,
}

/// What has been started, to be stopped in the other order.
#[derive(Default)]
struct Parts {
    line: Option<Line>,
    hub: Option<RunningHub>,
    counter: Option<Counter>,
    edge: Option<RunningEdge>,
    page: Shutdown,
}

impl Demo {
    /// Starts a demo. The first start on a folder makes a store, its people, its catalogue and its
    /// stock, which takes seconds; later ones find all of it there.
    ///
    /// # Errors
    ///
    /// [`DemoFailed`], in a sentence to act on; what was started is stopped again.
    pub async fn start(options: DemoOptions) -> Result<RunningDemo, DemoFailed> {
        let folder = DataFolder::take(&options.data)?;
        let known = folder.ledger()?;
        let mut ports = options.ports;
        match &known {
            // The store was told this port when it was enrolled.
            Some(ledger) => ports.line = ledger.line_port,
            // A first start that was interrupted has sold nothing: it begins anew.
            None => folder.clear()?,
        }
        ports.check_free()?;
        let options = DemoOptions { ports, ..options };
        let mut parts = Parts::default();
        match parts.start(&options, &folder, known).await {
            Ok((ledger, doors, devices)) => Ok(RunningDemo {
                parts,
                ledger,
                doors,
                devices,
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

    /// Returns the store.
    pub fn edge(&self) -> &RunningEdge {
        self.parts.edge.as_ref().expect(RUNS)
    }

    /// Returns the line between them.
    pub fn line(&self) -> &Line {
        self.parts.line.as_ref().expect(RUNS)
    }

    /// Returns the devices of the register.
    pub fn counter(&self) -> &Counter {
        self.parts.counter.as_ref().expect(RUNS)
    }

    /// Returns the people, their PINs and the console's password.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// Returns where people go.
    pub fn doors(&self) -> &Doors {
        &self.doors
    }

    /// Returns where the page of virtual devices is.
    pub fn devices_url(&self) -> String {
        format!("http://{}/", self.devices)
    }

    /// Returns the folder with all the data.
    pub fn folder(&self) -> &DataFolder {
        &self.folder
    }

    /// Stops page, store, devices, line and hub, in this order; a receipt being printed comes out.
    pub async fn shutdown(mut self) {
        self.parts.stop().await;
    }
}

const RUNS: &str = "a running demo has all its parts until it is stopped";

impl Parts {
    async fn start(
        &mut self,
        options: &DemoOptions,
        folder: &DataFolder,
        known: Option<Ledger>,
    ) -> Result<(Ledger, Doors, SocketAddr), DemoFailed> {
        let say = |what: &str| (options.progress)(what);
        say("laying the line between store and hub");
        // It leads to the hub as soon as there is one.
        let nowhere = here(9);
        let line = Line::open(here(options.ports.line), nowhere).await;
        let line = self.line.insert(line.map_err(DemoFailed::Line)?).clone();
        let is_first = known.is_none();
        let ledger = known.unwrap_or_else(|| {
            Ledger::draw(&options.entropy, line.address().port(), options.products)
        });
        say("starting the hub");
        let config = hub_config(options, folder, &line, &ledger);
        let (clock, entropy) = (options.clock.clone(), options.entropy.clone());
        let hub = Hub::start_with(config, clock, entropy).await?;
        let hub = self.hub.insert(hub);
        line.lead_to(hub.sync_address());
        let products = catalog::generate(SEED, ledger.products);
        let config = edge_config(options, folder);
        if is_first {
            first_start::found_store(hub, &ledger, &products, &config, &say).await?;
        }
        say("plugging in scanner, printer and drawer");
        let counter = Counter::set_up(&folder.devices(), REGISTER, options.print_speed).await?;
        let counter = self.counter.insert(counter).clone();
        say("starting the store");
        let config = EdgeConfig {
            registers: vec![register(&counter)],
            ..config
        };
        let edge = self.edge.insert(Edge::start(config).await?);
        let store = Store::at(edge.url(), options.clock.clone(), options.entropy.clone());
        if is_first {
            first_start::stock_store(&store, &ledger, &products, &say).await?;
            folder.keep(&ledger)?;
        }
        say("opening the page of virtual devices");
        let time_zone = edge.context().profile().time_zone.clone();
        let doors = doors(edge, hub, &ledger);
        let stage = self.page.stage("devices page", PAGE_DEADLINE);
        let desk = Desk::new(
            DeskParts {
                shelf: Shelf::new(products),
                counter,
                line,
                readings: read_on(store, time_zone.clone(), &stage),
                doors: doors.clone(),
                clock: options.clock.clone(),
                time_zone,
                stopping: stage.token(),
            },
            &stage,
        );
        let devices = serve(&desk, options.ports.devices, &stage)?;
        Ok((ledger, doors, devices))
    }

    async fn stop(&mut self) {
        self.page.run().await;
        if let Some(edge) = self.edge.take() {
            edge.shutdown().await;
        }
        if let Some(counter) = self.counter.take() {
            counter.take_down().await;
        }
        if let Some(line) = self.line.take() {
            line.shutdown().await;
        }
        if let Some(hub) = self.hub.take() {
            hub.shutdown().await;
        }
    }
}

fn hub_config(
    options: &DemoOptions,
    folder: &DataFolder,
    line: &Line,
    ledger: &Ledger,
) -> HubConfig {
    HubConfig {
        data: folder.hub(),
        public_listen: here(options.ports.public),
        sync_listen: here(options.ports.sync),
        loopback_listen: Some(here(options.ports.console)),
        sync_address: Some(format!("https://{}", line.address())),
        first_admin_password: Some(ledger.password.clone()),
        ..HubConfig::default()
    }
}

fn edge_config(options: &DemoOptions, folder: &DataFolder) -> EdgeConfig {
    EdgeConfig {
        listen: here(options.ports.edge),
        clock: options.clock.clone(),
        entropy: options.entropy.clone(),
        ..EdgeConfig::new(folder.edge())
    }
}

/// The register with its devices, as an installer would write it into the store's settings.
fn register(counter: &Counter) -> RegisterSetup {
    let mut printer = PrinterConfig::new(counter.printer_address(), Profile::epson_80mm());
    printer.drawer.open_level = Some(SensorLevel::High);
    RegisterSetup {
        id: RegisterId(REGISTER),
        name: format!("Register {REGISTER}"),
        scanner: Some(ScannerConfig::new(counter.scanner_address())),
        printer: Some(printer),
    }
}

fn doors(edge: &RunningEdge, hub: &RunningHub, ledger: &Ledger) -> Doors {
    let member = ledger.members.first().expect("a ledger has people");
    let store = edge.url();
    Doors {
        store: edge.context().profile().name.clone(),
        register: format!("{store}/register/{REGISTER}"),
        console: hub.console_url(),
        status: format!("{store}/status"),
        member: (member.name.clone(), member.pin.clone()),
        operator: (ledger.operator.clone(), ledger.password.clone()),
    }
}

/// Asks the store how it is, twice a second, until the stage stops.
fn read_on(store: Store, zone: TimeZone, stage: &Stage) -> watch::Receiver<Readings> {
    let (sender, readings) = watch::channel(Readings::default());
    let stop = stage.token();
    stage.spawn("readings", async move {
        let mut timer = tokio::time::interval(READING_INTERVAL);
        timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        while stop.run_until_cancelled(timer.tick()).await.is_some() {
            let Some(status) = stop.run_until_cancelled(store.status()).await else {
                return;
            };
            let reading = status.ok().map(|status| status.reading(&zone));
            sender.send_modify(|readings| readings.add(reading));
        }
    });
    readings
}

fn serve(desk: &Desk, port: u16, stage: &Stage) -> Result<SocketAddr, DemoFailed> {
    let listener = bind(here(port), "--base-port")?;
    let address = listener.address();
    let (router, stop) = (desk.router(), stage.token());
    stage.spawn("devices page", async move {
        let served = listener
            .serve(
                router,
                Transport::Plain,
                Limits::default(),
                stop,
                PAGE_DEADLINE,
            )
            .await;
        if let Err(error) = served {
            tracing::error!(%error, "the page of virtual devices is no longer served");
        }
    });
    Ok(address)
}

#[cfg(test)]
mod tests;
