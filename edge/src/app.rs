//! The composition root: opens, joins and starts everything a store server is, and stops it in
//! order.
//!
//! It is the only place that knows both the spine and the slices; what either does is theirs.
//!
//! ```text
//! stops in this order: training → scanners and listeners → the receipt being printed → sync
//!                      → database
//! ```

mod certificate;
mod failed;
mod joining;
mod offline;
mod restoring;
mod serving;
mod slices;
mod telling;
mod training;

use std::net::SocketAddr;
use std::time::Duration;

use counterpart_daemon::db::DbError;
use counterpart_daemon::http::idempotency;
use counterpart_daemon::measure::keep_gauges;
use counterpart_daemon::shutdown::{Shutdown, ShutdownReport, Stage};
use counterpart_daemon::telemetry;
use counterpart_daemon::tls::install_crypto_provider;
use counterpart_daemon::web::live::Live;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

pub use failed::EdgeError;
pub use offline::{
    BackedUp, back_up, enrol, examine, export_journal, keep, list_days, rebuild, running_status,
};
pub use restoring::{RestoreFrom, RestoreRefused, Restored, restore};
pub use serving::document;
pub use telling::{concerns_of, status_words};

use joining::{Opened, join, open};

use crate::config::EdgeConfig;
use crate::context::{Context, Door, DoorState, Ground, Pages};
use crate::devices::{self, ScannerHeard};
use crate::sync::{Agent, EnrolledStore, HubClient, HubClientFailed, enrolled, publish_waiting};
use crate::{
    coupons, customers, days, openings, payments, pickups, reference, returns, rights, sales,
    signing, staff, stored,
};

/// How long open requests may take when the daemon stops.
const LISTENERS_DEADLINE: Duration = Duration::from_secs(5);
/// How long the receipt being printed may take; after that it is uncertain at the next start.
const PRINTING_DEADLINE: Duration = Duration::from_secs(20);
/// How long an exchange may take to be given up; it is repeated after the next start.
const SYNC_DEADLINE: Duration = Duration::from_secs(5);
/// How long the training store may take to stop; nobody needs the paper it may be printing.
const TRAINING_DEADLINE: Duration = Duration::from_secs(10);
/// How often old answers and print jobs are dropped.
const TIDYING: Duration = Duration::from_secs(3_600);
/// How long print jobs are kept: as long as feeds are, 35 days.
const PRINT_JOBS_KEPT_MS: i64 = 35 * 86_400_000;

/// The store server.
pub struct Edge;

/// A store server that runs. Stop it by [`RunningEdge::shutdown`]: dropping it leaves its tasks to
/// the runtime.
pub struct RunningEdge {
    context: Context,
    shutdown: Shutdown,
    pages: Pages,
    trained: Option<watch::Receiver<Option<Context>>>,
}

impl Edge {
    /// Starts a store server of an enrolled store: database, devices, sync, pages.
    ///
    /// The hub need not be there: everything a store does works without it.
    ///
    /// # Errors
    ///
    /// [`EdgeError`], in a sentence to act on.
    pub async fn start(config: EdgeConfig) -> Result<RunningEdge, EdgeError> {
        let telemetry = telemetry::metrics();
        let shutdown = Shutdown::new();
        let training = shutdown.stage("training", TRAINING_DEADLINE);
        let stages = Stages::of(&shutdown);
        let syncing = shutdown.stage("sync", SYNC_DEADLINE);
        let (context, store) = assemble(&config, stages.listeners.token()).await?;
        let hub = hub_client(&store, &config)?;
        // The port is opened before any device, so that a second store server ends at once.
        let serving = serving::prepare(&config, &config.data)?;
        open_counters(&context, &stages).await?;
        start_syncing(&context, hub, &syncing).await?;
        syncing.spawn("metrics", telemetry.keep_up(syncing.token()));
        syncing.spawn("gauges", gauges(&context, syncing.token()));
        let pages = serving.start(&context, slices::routes(), &stages.listeners);
        tracing::info!(
            store.id = %context.profile().store_id,
            edge.id = store.edge.0,
            address = %pages.address,
            "the store server runs"
        );
        let trained = training::start(&context, &config, pages, &training).await;
        Ok(RunningEdge {
            context,
            shutdown,
            pages,
            trained,
        })
    }
}

/// Opens an enrolled store's database and joins everything a slice is handed, but starts nothing:
/// no device is opened, the hub is not called, nothing is served. `stopping` is what pages end by.
///
/// # Errors
///
/// [`EdgeError`], in a sentence to act on.
pub async fn assemble(
    config: &EdgeConfig,
    stopping: CancellationToken,
) -> Result<(Context, EnrolledStore), EdgeError> {
    install_crypto_provider();
    let live = Live::new(config.clock.now_ms());
    let (db, replica) = open(config, &live).await?;
    let Some(store) = enrolled(&db, &config.data).await? else {
        db.close().await;
        return Err(EdgeError::NotEnrolled {
            data: config.data.display().to_string(),
        });
    };
    let profile = reference::profile(&db, &store.profile).await?;
    let opened = Opened { db, replica, live };
    let ground = Ground::Shop(Door::default());
    let context = join(config, opened, (profile, ground), stopping).await?;
    Ok((context, store))
}

/// What a store stops in order, but for what only a shop has.
struct Stages {
    listeners: Stage,
    printing: Stage,
}

impl Stages {
    fn of(shutdown: &Shutdown) -> Self {
        Self {
            listeners: shutdown.stage("listeners", LISTENERS_DEADLINE),
            printing: shutdown.stage("printing", PRINTING_DEADLINE),
        }
    }
}

/// Opens the devices of every register, and hears them.
async fn open_counters(context: &Context, stages: &Stages) -> Result<(), DbError> {
    let Stages {
        listeners,
        printing,
    } = stages;
    let heard = context.devices().start(context.db(), printing).await?;
    for register in context.registers() {
        let id = register.id;
        let showing = sales::keep_showing(context.clone(), id, printing.token());
        printing.spawn(format!("basket on the display of register {id}"), showing);
        let weighing = sales::keep_weighing(context.clone(), id, printing.token());
        printing.spawn(format!("weights of register {id}"), weighing);
        let asking = payments::keep(context.clone(), id, printing.token());
        printing.spawn(format!("payments of register {id}"), asking);
    }
    let forgetting = staff::keep_forgetting(context.clone(), printing.token());
    printing.spawn("badges", forgetting);
    printing.spawn("signing", signing::keep(context.clone(), printing.token()));
    let scans = hear_all(context.clone(), heard, listeners.token());
    listeners.spawn("scans", scans);
    Ok(())
}

fn gauges(context: &Context, stop: CancellationToken) -> impl Future<Output = ()> + use<> {
    let folder = context.machine().folder().to_owned();
    let (db, clock) = (context.db().clone(), context.clock().clone());
    keep_gauges("edge", folder, db, clock, stop)
}

/// Returns the client of the hub an enrolled store belongs to.
///
/// # Errors
///
/// [`HubClientFailed`] when key or certificates cannot be used.
pub fn hub_client(
    store: &EnrolledStore,
    config: &EdgeConfig,
) -> Result<HubClient, HubClientFailed> {
    let address = config.hub_address.as_ref().unwrap_or(&store.sync_address);
    HubClient::new(
        address,
        &store.authority_pem,
        &store.identity,
        config.clock.clone(),
    )
}

impl RunningEdge {
    /// Returns the address that is listened on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.pages.address
    }

    /// Returns where a browser finds the pages.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.pages.scheme, self.pages.address)
    }

    /// Returns what the slices are handed.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Returns what the slices of the training store are handed, while it runs; it is another one
    /// after it began anew.
    #[must_use]
    pub fn training(&self) -> Option<Context> {
        let trained = self.trained.as_ref()?;
        trained.borrow().clone()
    }

    /// Returns a view of the training store, to wait on; nothing where the settings have none.
    #[must_use]
    pub fn training_changes(&self) -> Option<watch::Receiver<Option<Context>>> {
        self.trained.clone()
    }

    /// Returns where a browser finds the pages of the training store, while it runs.
    #[must_use]
    pub fn training_url(&self) -> Option<String> {
        let Ground::Shop(door) = self.context.ground() else {
            return None;
        };
        match door.state() {
            DoorState::Open(pages) => Some(format!("{}://{}", pages.scheme, pages.address)),
            DoorState::None | DoorState::Opening | DoorState::Shut(_) => None,
        }
    }

    /// Stops in order, each stage within its deadline, and closes the database.
    pub async fn shutdown(self) -> ShutdownReport {
        let report = self.shutdown.run().await;
        self.context.db().close().await;
        report
    }
}

async fn start_syncing(context: &Context, hub: HubClient, syncing: &Stage) -> Result<(), DbError> {
    let stop = syncing.token();
    let agent = Agent::new(context.clone(), hub.clone()).await?;
    syncing.spawn("agent", agent.run(stop.clone()));
    let reference = reference::keep(context.clone(), hub.clone(), stop.clone());
    syncing.spawn("reference", reference);
    let nearby = reference::keep_asking(context.clone(), hub.clone(), stop.clone());
    syncing.spawn("neighbours", nearby);
    syncing.spawn("waiting", publish_waiting(context.clone(), stop.clone()));
    syncing.spawn(
        "refund rights",
        returns::keep(context.clone(), stop.clone()),
    );
    context.link().keep_client(hub.clone());
    syncing.spawn("stored", stored::keep(context.clone(), stop.clone()));
    syncing.spawn("coupons", coupons::keep(context.clone(), stop.clone()));
    let customers = customers::keep(context.clone(), hub.clone(), stop.clone());
    syncing.spawn("customers", customers);
    let pickups = pickups::keep(context.clone(), hub, stop);
    syncing.spawn("pickups", pickups);
    look_after(context, syncing);
    Ok(())
}

/// Keeps what needs no hub up to date.
fn look_after(context: &Context, stage: &Stage) {
    let stop = stage.token();
    stage.spawn("openings", openings::keep(context.clone(), stop.clone()));
    stage.spawn("days", days::keep(context.clone(), stop.clone()));
    stage.spawn("packing", days::keep_packing(context.clone(), stop.clone()));
    stage.spawn("rights", rights::keep(context.clone(), stop.clone()));
    stage.spawn("tidying", tidy(context.clone(), stop));
}

async fn hear_all(
    context: Context,
    mut heard: mpsc::Receiver<ScannerHeard>,
    stop: CancellationToken,
) {
    while let Some(Some(heard)) = stop.run_until_cancelled(heard.recv()).await {
        slices::hear(&context, heard).await;
    }
}

/// Drops what nobody asks for any more, every hour.
async fn tidy(context: Context, stop: CancellationToken) {
    let mut timer = tokio::time::interval(TIDYING);
    while stop.run_until_cancelled(timer.tick()).await.is_some() {
        let now_ms = context.now_ms();
        let tidied = context
            .db()
            .write(move |tx| {
                idempotency::purge_older(tx, now_ms - idempotency::KEPT_MS)?;
                devices::purge_older(tx, now_ms - PRINT_JOBS_KEPT_MS)
            })
            .await;
        if let Err(error) = tidied {
            tracing::warn!(error = %error, "could not drop old answers and print jobs");
        }
    }
}
