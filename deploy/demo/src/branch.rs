//! One store of the demo: its line to the hub, its counter, its edge, the page of its devices.
//!
//! Everything between them goes over real sockets, by the doors real machines use.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use counterpart_daemon::entropy::random_bytes;
use counterpart_daemon::http::{Limits, Transport, bind};
use counterpart_daemon::shutdown::{Shutdown, Stage};
use counterpart_edge::context::{CounterSetup, RegisterSetup, SignerSetup};
use counterpart_edge::{Edge, EdgeConfig, RunningEdge};
use counterpart_hardware::{LineSigner, VirtualCounter, VirtualSigner, VirtualSignerOptions};
use counterpart_hub::RunningHub;
use counterpart_protocol::ids::RegisterId;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::catalog::DemoProduct;
use crate::demo::{DemoFailed, first_start};
use crate::devices::{Desk, DeskParts, Doors, Readings, Shelf};
use crate::folder::DataFolder;
use crate::ledger::{DemoStore, Ledger};
use crate::line::Line;
use crate::options::{DemoOptions, StorePorts, here};
use crate::plan::SIGNING_SITE;
use crate::store::Store;

/// The register with devices of each store.
pub(crate) const REGISTER: u16 = 1;
/// The register that trade is done at, without devices.
pub(crate) const TRADE_REGISTER: u16 = 2;
/// How often the store is asked how it is.
const READING_INTERVAL: Duration = Duration::from_millis(500);
/// How long a receipt waits for its signature: what the settings have unless set.
const SIGNATURE_LIMIT: Duration = Duration::from_secs(3);
/// How long the page's requests may take when the demo stops.
const PAGE_DEADLINE: Duration = Duration::from_secs(2);

/// A store that is being started or runs; the demo stops it.
#[derive(Default)]
pub struct Branch {
    line: Option<Line>,
    counter: Option<VirtualCounter>,
    signer: Option<VirtualSigner>,
    edge: Option<RunningEdge>,
    page: Shutdown,
    front: Option<Front>,
}

/// What a store that runs shows of itself.
pub(crate) struct Front {
    pub(crate) store: Store,
    pub(crate) doors: Doors,
    pub(crate) readings: watch::Receiver<Readings>,
    pub(crate) devices: SocketAddr,
    pub(crate) people: DemoStore,
}

/// Which store, and what of it is there already.
pub(crate) struct Opening<'a> {
    pub(crate) options: &'a DemoOptions,
    pub(crate) folder: &'a DataFolder,
    pub(crate) ledger: &'a Ledger,
    /// Which of the ledger's stores.
    pub(crate) at: usize,
    /// Whether it must be founded, enrolled and stocked.
    pub(crate) is_first: bool,
    pub(crate) products: &'a [DemoProduct],
}

const RUNS: &str = "a running store has all its parts until it is stopped";

impl Branch {
    /// Returns the store server.
    pub fn edge(&self) -> &RunningEdge {
        self.edge.as_ref().expect(RUNS)
    }

    /// Returns the line to the hub.
    pub fn line(&self) -> &Line {
        self.line.as_ref().expect(RUNS)
    }

    /// Returns the devices of the register.
    pub fn counter(&self) -> &VirtualCounter {
        self.counter.as_ref().expect(RUNS)
    }

    /// Returns its people and their PINs.
    pub fn people(&self) -> &DemoStore {
        &self.front().people
    }

    /// Returns where people go.
    pub fn doors(&self) -> &Doors {
        &self.front().doors
    }

    /// Returns where the page of its virtual devices is.
    pub fn devices_url(&self) -> String {
        format!("http://{}/", self.front().devices)
    }

    pub(crate) fn front(&self) -> &Front {
        self.front.as_ref().expect(RUNS)
    }

    /// Starts the store; what was started is stopped by [`Branch::stop`], also after a failure.
    pub(crate) async fn start(
        &mut self,
        opening: &Opening<'_>,
        hub: &RunningHub,
    ) -> Result<(), DemoFailed> {
        let Opening {
            options,
            folder,
            ledger,
            at,
            ..
        } = *opening;
        let people = &ledger.stores[at];
        let ports = options.ports.stores[at];
        let say = |what: &str| (options.progress)(&format!("{}: {what}", people.slug));
        let line = Line::open(here(ports.line), hub.sync_address()).await;
        let line = self.line.insert(line.map_err(DemoFailed::Line)?).clone();
        let config = edge_config(options, folder, ports, &people.slug, &line);
        if opening.is_first {
            first_start::found_store(hub, ledger, at, &config, &say).await?;
        }
        say("plugging in scanner, printer and drawer");
        let devices = folder.devices(&people.slug);
        let counter = VirtualCounter::set_up(&devices, REGISTER, options.print_speed).await?;
        let counter = self.counter.insert(counter).clone();
        self.signer = signer(options, folder, &people.slug).await?;
        say("starting the store");
        let config = EdgeConfig {
            registers: vec![with_devices(&counter), trade_register()],
            signer: self.signer.as_ref().map(setup),
            training: Some(here(ports.training)),
            ..config
        };
        let edge = self.edge.insert(Edge::start(config).await?);
        let store = Store::at(edge.url(), options.clock.clone(), options.entropy.clone());
        if opening.is_first {
            first_start::stock_store(&store, people, at, opening.products, &say).await?;
        }
        let time_zone = edge.context().profile().time_zone.clone();
        let doors = doors(edge, hub, ledger, people);
        let stage = self.page.stage("devices page", PAGE_DEADLINE);
        let readings = read_on(store.clone(), time_zone.clone(), &stage);
        let desk = Desk::new(
            DeskParts {
                shelf: Shelf::new(opening.products.to_vec()),
                counter,
                signer: self.signer.clone(),
                line,
                readings: readings.clone(),
                doors: doors.clone(),
                clock: options.clock.clone(),
                time_zone,
                stopping: stage.token(),
            },
            &stage,
        );
        self.front = Some(Front {
            devices: serve(&desk, ports.devices, &stage)?,
            people: people.clone(),
            store,
            doors,
            readings,
        });
        Ok(())
    }

    /// Stops page, store, devices and line, in this order; a receipt being printed comes out.
    pub(crate) async fn stop(&mut self) {
        self.page.run().await;
        if let Some(edge) = self.edge.take() {
            edge.shutdown().await;
        }
        if let Some(counter) = self.counter.take() {
            counter.take_down().await;
        }
        if let Some(signer) = self.signer.take() {
            signer.shutdown().await;
        }
        if let Some(line) = self.line.take() {
            line.shutdown().await;
        }
    }
}

fn edge_config(
    options: &DemoOptions,
    folder: &DataFolder,
    ports: StorePorts,
    slug: &str,
    line: &Line,
) -> EdgeConfig {
    EdgeConfig {
        listen: here(ports.edge),
        // Each store reaches the hub by a line of its own, which can be cut.
        hub_address: Some(format!("https://{}", line.address())),
        clock: options.clock.clone(),
        entropy: options.entropy.clone(),
        ..EdgeConfig::new(folder.edge(slug))
    }
}

/// The register with its devices, as an installer would write it into the store's settings.
fn with_devices(counter: &VirtualCounter) -> RegisterSetup {
    RegisterSetup::with_twins(
        RegisterId(REGISTER),
        format!("Register {REGISTER}"),
        counter,
    )
}

/// Switches the signer of the store that signs on.
async fn signer(
    options: &DemoOptions,
    folder: &DataFolder,
    slug: &str,
) -> Result<Option<VirtualSigner>, DemoFailed> {
    if slug != SIGNING_SITE {
        return Ok(None);
    }
    let clock = options.clock.clone();
    let spawned = VirtualSigner::spawn(VirtualSignerOptions {
        listen: here(0),
        folder: folder.signer(slug),
        secret: random_bytes(options.entropy.as_ref()),
        time: Arc::new(move || clock.now_ms()),
    });
    Ok(Some(spawned.await.map_err(DemoFailed::Signer)?))
}

/// The signer as an installer would write it into the store's settings.
fn setup(signer: &VirtualSigner) -> SignerSetup {
    SignerSetup {
        signer: Arc::new(LineSigner::new(signer.port_address())),
        limit: SIGNATURE_LIMIT,
    }
}

fn trade_register() -> RegisterSetup {
    RegisterSetup {
        id: RegisterId(TRADE_REGISTER),
        name: "Trade".to_owned(),
        scanner: None,
        printer: None,
        counter: CounterSetup::default(),
    }
}

fn doors(edge: &RunningEdge, hub: &RunningHub, ledger: &Ledger, people: &DemoStore) -> Doors {
    let member = people.members.first().expect("a ledger has people");
    let store = edge.url();
    Doors {
        store: edge.context().profile().name.clone(),
        register: format!("{store}/register/{REGISTER}"),
        console: hub.console_url(),
        status: format!("{store}/status"),
        training: edge.training_url().unwrap_or_default(),
        store_url: store,
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
    serve_page(desk.router(), port, stage, "devices page")
}

/// Serves one of the demo's own pages until the stage stops.
pub(crate) fn serve_page(
    router: axum::Router,
    port: u16,
    stage: &Stage,
    name: &'static str,
) -> Result<SocketAddr, DemoFailed> {
    let listener = bind(here(port), "--base-port")?;
    let address = listener.address();
    let stop = stage.token();
    stage.spawn(name, async move {
        let limits = Limits::default();
        let served = listener
            .serve(router, Transport::Plain, limits, stop, PAGE_DEADLINE)
            .await;
        if let Err(error) = served {
            tracing::error!(page = name, %error, "a page of the demo is no longer served");
        }
    });
    Ok(address)
}
