//! The composition root: opens, joins and starts everything a store server is, and stops it in
//! order.
//!
//! It is the only place that knows both the spine and the slices; what either does is theirs.
//!
//! ```text
//! stops in this order: scanners and listeners → the receipt being printed → sync → database
//! ```

mod certificate;
mod offline;
mod restoring;
mod serving;
mod slices;
mod telling;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use counterpart_daemon::db::{Db, DbError, DbOptions};
use counterpart_daemon::http::ServeError;
use counterpart_daemon::http::health::Scrape;
use counterpart_daemon::http::idempotency;
use counterpart_daemon::measure::keep_gauges;
use counterpart_daemon::replica::{AskFailed, Replica, ReplicaFailed};
use counterpart_daemon::shutdown::{Shutdown, ShutdownReport, Stage};
use counterpart_daemon::telemetry;
use counterpart_daemon::tls::{TlsError, install_crypto_provider, keep_secret};
use counterpart_daemon::vault::Vault;
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::TextsInvalid;
use counterpart_hardware::DisplayText;
use counterpart_protocol::codes::CodeSigner;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

pub use offline::{
    BackedUp, back_up, enrol, examine, export_journal, keep, list_days, rebuild, running_status,
};
pub use restoring::{RestoreFrom, RestoreRefused, Restored, restore};
pub use serving::document;
pub use telling::{concerns_of, status_words};

use crate::config::EdgeConfig;
use crate::context::{Context, ContextParts, CurrentProfile, CurrentPromotions};
use crate::devices::{self, Devices, ScannerHeard};
use crate::sync::{
    Agent, EnrolFailed, EnrolledStore, HubClient, HubClientFailed, Link, enrolled, publish_waiting,
};
use crate::web::Machine;
use crate::{days, openings, payments, pickups, reference, rights, sales, signing};

/// Marks a store's database in SQLite's header: `CPed`.
const APPLICATION_ID: u32 = 0x4350_6564;
/// How long open requests may take when the daemon stops.
const LISTENERS_DEADLINE: Duration = Duration::from_secs(5);
/// How long the receipt being printed may take; after that it is uncertain at the next start.
const PRINTING_DEADLINE: Duration = Duration::from_secs(20);
/// How long an exchange may take to be given up; it is repeated after the next start.
const SYNC_DEADLINE: Duration = Duration::from_secs(5);
/// What the codes this store prints are signed with.
const SIGNING_FILE: &str = "codes.key";
/// How often old answers and print jobs are dropped.
const TIDYING: Duration = Duration::from_secs(3_600);
/// How long print jobs are kept: as long as feeds are, 35 days.
const PRINT_JOBS_KEPT_MS: i64 = 35 * 86_400_000;

/// Why a store server cannot start.
#[derive(Debug, thiserror::Error)]
pub enum EdgeError {
    /// It was never enrolled.
    #[error(
        "this store is not enrolled yet: get a code at the hub's console, then run \
         counterpart-edge enrol --hub https://HUB:8400 --code CODE --data {data}"
    )]
    NotEnrolled {
        /// The data folder.
        data: String,
    },
    /// There is nothing to work on.
    #[error("there is no store's database in {data}: name the data folder with --data")]
    NoDatabase {
        /// The data folder.
        data: String,
    },
    /// The database cannot be opened.
    #[error(transparent)]
    Db(#[from] DbError),
    /// What enrolment left behind cannot be used.
    #[error(transparent)]
    Enrolment(#[from] EnrolFailed),
    /// The hub's client cannot be made.
    #[error(transparent)]
    Hub(#[from] HubClientFailed),
    /// The address cannot be listened on.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The certificate of the pages cannot be made.
    #[error("could not make the certificate of this store's pages")]
    Tls(#[from] TlsError),
    /// The key codes are signed with cannot be read or made.
    #[error("could not keep the key this store signs codes with")]
    SigningKey(#[source] TlsError),
    /// The words of the pages are broken, which a test rules out.
    #[error("could not read the words of the pages")]
    Texts(#[from] TextsInvalid),
    /// What should be restored is not what it should be.
    #[error(transparent)]
    Restore(#[from] RestoreRefused),
    /// A question about what is stored has no answer.
    #[error(transparent)]
    Asked(#[from] AskFailed),
    /// The journal was not handed out.
    #[error("could not hand the journal out: {0}")]
    Export(String),
    /// The data folder cannot be written.
    #[error("could not write to the data folder {path}: check that it is writable")]
    Folder {
        /// The file.
        path: String,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
}

/// The store server.
pub struct Edge;

/// A store server that runs. Stop it by [`RunningEdge::shutdown`]: dropping it leaves its tasks to
/// the runtime.
pub struct RunningEdge {
    context: Context,
    shutdown: Shutdown,
    address: SocketAddr,
    scheme: &'static str,
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
        let listeners = shutdown.stage("listeners", LISTENERS_DEADLINE);
        let printing = shutdown.stage("printing", PRINTING_DEADLINE);
        let syncing = shutdown.stage("sync", SYNC_DEADLINE);
        let (context, store) = assemble(&config, listeners.token()).await?;
        let hub = hub_client(&store, &config)?;
        // The port is opened before any device, so that a second store server ends at once.
        let serving = serving::prepare(&config)?;
        let heard = context.devices().start(context.db(), &printing).await?;
        for register in context.registers() {
            let id = register.id;
            let showing = sales::keep_showing(context.clone(), id, printing.token());
            printing.spawn(format!("basket on the display of register {id}"), showing);
            let weighing = sales::keep_weighing(context.clone(), id, printing.token());
            printing.spawn(format!("weights of register {id}"), weighing);
        }
        printing.spawn("signing", signing::keep(context.clone(), printing.token()));
        for register in context.registers() {
            let asking = payments::keep(context.clone(), register.id, printing.token());
            printing.spawn(format!("payments of register {}", register.id), asking);
        }
        let scans = hear_all(context.clone(), heard, listeners.token());
        listeners.spawn("scans", scans);
        start_syncing(&context, hub, &syncing).await?;
        syncing.spawn("metrics", telemetry.keep_up(syncing.token()));
        syncing.spawn("gauges", gauges(&context, syncing.token()));
        let (address, scheme) = serving.start(&context, slices::routes(), &listeners);
        tracing::info!(
            store.id = %context.profile().store_id,
            edge.id = store.edge.0,
            %address,
            "the store server runs"
        );
        Ok(RunningEdge {
            context,
            shutdown,
            address,
            scheme,
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
    let upgraded = replica.clone();
    match db.write(move |tx| upgraded.refold(tx)).await {
        Ok(_) => {}
        Err(ReplicaFailed::Db(error)) => return Err(error.into()),
        // The views are as they were: what they show is old, and nothing is lost.
        Err(error) => tracing::error!(error = %error, "could not fold views anew"),
    }
    let profile = reference::profile(&db, &store.profile).await?;
    let promotions = reference::promotions(&db).await?;
    let mut registers = config.registers.clone();
    for register in &mut registers {
        // A display nobody gave a text says whose shop it is.
        if let Some(display) = &mut register.counter.display
            && display.idle == DisplayText::default()
        {
            display.idle = DisplayText::new(&profile.name, "");
        }
    }
    let context = Context::new(ContextParts {
        machine: machine(config),
        devices: Devices::new(&registers, config.clock.clone(), live.clone()),
        in_store_codes: config.in_store_codes.clone(),
        link: Link::new(live.clone()),
        texts: Arc::new(slices::texts()?),
        alerts: slices::ALERTS,
        profile: CurrentProfile::new(profile),
        promotions: CurrentPromotions::new(promotions),
        code_signer: code_signer(config)?,
        vault: vault(config),
        registers,
        signer: config.signer.clone(),
        clock: config.clock.clone(),
        entropy: config.entropy.clone(),
        stopping,
        db,
        replica,
        live,
    });
    Ok((context, store))
}

/// Begins what is known of the machine.
fn machine(config: &EdgeConfig) -> Machine {
    let scrape = Scrape::new(telemetry::metrics(), config.metrics_token.as_deref());
    Machine::new(config.data.clone(), scrape)
}

fn gauges(context: &Context, stop: CancellationToken) -> impl Future<Output = ()> + use<> {
    let folder = context.machine().folder().to_owned();
    let (db, clock) = (context.db().clone(), context.clock().clone());
    keep_gauges("edge", folder, db, clock, stop)
}

/// Reads the key this store signs codes with, or makes it.
fn code_signer(config: &EdgeConfig) -> Result<CodeSigner, EdgeError> {
    let secret = keep_secret(&config.data, SIGNING_FILE, config.entropy.as_ref());
    let secret = secret.map_err(EdgeError::SigningKey)?;
    Ok(CodeSigner::from_secret(&secret))
}

/// Reads the key names are sealed with, or makes it. A store sells without it: what it sealed is
/// asked for again.
fn vault(config: &EdgeConfig) -> Vault {
    let entropy = config.entropy.as_ref();
    Vault::open(&config.data, entropy).unwrap_or_else(|error| {
        tracing::warn!(
            error = %error,
            "could not keep the key customers' names are sealed with: they are asked for anew"
        );
        Vault::passing(entropy)
    })
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
        self.address
    }

    /// Returns where a browser finds the pages.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}://{}", self.scheme, self.address)
    }

    /// Returns what the slices are handed.
    #[must_use]
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Stops in order, each stage within its deadline, and closes the database.
    pub async fn shutdown(self) -> ShutdownReport {
        let report = self.shutdown.run().await;
        self.context.db().close().await;
        report
    }
}

/// Opens the database of a data folder, with every table and view.
async fn open(config: &EdgeConfig, live: &Live) -> Result<(Db, Replica), EdgeError> {
    let (path, clock) = (config.database(), config.clock.clone());
    let opened = tokio::task::spawn_blocking(move || {
        let migrations = slices::migrations();
        let mut options = DbOptions::new("edge", path, APPLICATION_ID, &migrations);
        options.clock = clock;
        Db::open(options)
    });
    let db = opened.await.map_err(|panic| DbError::Panicked {
        message: panic.to_string(),
    })??;
    let replica = Replica::new(
        config.clock.clone(),
        config.entropy.clone(),
        slices::projections(live),
    );
    Ok((db, replica))
}

async fn start_syncing(context: &Context, hub: HubClient, syncing: &Stage) -> Result<(), DbError> {
    let stop = syncing.token();
    let agent = Agent::new(context.clone(), hub.clone()).await?;
    syncing.spawn("agent", agent.run(stop.clone()));
    let reference = reference::keep(context.clone(), hub.clone(), stop.clone());
    syncing.spawn("reference", reference);
    let nearby = reference::keep_asking(context.clone(), hub.clone(), stop.clone());
    syncing.spawn("neighbours", nearby);
    syncing.spawn("openings", openings::keep(context.clone(), stop.clone()));
    syncing.spawn("days", days::keep(context.clone(), stop.clone()));
    syncing.spawn("waiting", publish_waiting(context.clone(), stop.clone()));
    syncing.spawn("rights", rights::keep(context.clone(), stop.clone()));
    let pickups = pickups::keep(context.clone(), hub, stop.clone());
    syncing.spawn("pickups", pickups);
    syncing.spawn("tidying", tidy(context.clone(), stop));
    Ok(())
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
