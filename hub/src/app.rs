//! Puts the hub together: files, database, replica, slices, listeners; and stops it in order.
//!
//! It is the only place that knows both the spine and the slices.

mod background;
pub mod commands;
mod examining;
mod failed;
mod files;
mod neighbours;
mod proving;
mod restoring;
mod routers;
mod running;
mod schema;
mod telling;

pub use examining::examine;
pub use failed::HubError;
pub use proving::{ProofAsked, prove};
pub use restoring::{GenerationAsked, RestoreAsked, generation, restore};
pub use routers::document;
pub use running::RunningHub;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use counterpart_daemon::clock::{SharedClock, SystemClock};
use counterpart_daemon::db::{Db, DbError};
use counterpart_daemon::entropy::{OsEntropy, SharedEntropy};
use counterpart_daemon::http::health::{Gone, Scrape};
use counterpart_daemon::http::{Limits, Listener, Transport, bind, observed};
use counterpart_daemon::replica::{Identity, Projection, Replica, ReplicaFailed};
use counterpart_daemon::shutdown::{Shutdown, Stage};
use counterpart_daemon::telemetry;
use counterpart_daemon::tls::{
    Authority, Protocols, TlsError, install_crypto_provider, server_config,
    server_config_with_client_certs,
};
use counterpart_daemon::web::live::Live;
use counterpart_daemon::web::text::{Lang, Locale, Texts};
use counterpart_protocol::ids::EdgeNumber;

use crate::config::HubConfig;
use crate::context::{Context, Parts, Progress, Work};
use crate::sync::Presence;
use crate::users::{self, FirstStart};
use crate::web::{Control, Machine, Served, Throttle};
use crate::{
    coupons, customers, days, exceptions, imports, keys, lives, openings, orders, returns, rights,
    sales, stock, stored, stores, sync, tills, transfers, unlisted,
};
use files::{Files, Secrets};
use running::Addresses;
use schema::open_database;

/// How long each part gets to stop.
const STOP_DEADLINE: Duration = Duration::from_secs(10);

/// The hub, not yet running.
pub struct Hub;

impl Hub {
    /// Starts a hub on this machine's clock and randomness.
    ///
    /// # Errors
    ///
    /// [`HubError`]; nothing keeps running then.
    pub async fn start(config: HubConfig) -> Result<RunningHub, HubError> {
        Self::start_with(config, SystemClock::shared(), OsEntropy::shared()).await
    }

    /// Starts a hub on another clock and randomness: for tests and simulators.
    ///
    /// # Errors
    ///
    /// As [`Hub::start`].
    pub async fn start_with(
        config: HubConfig,
        clock: SharedClock,
        entropy: SharedEntropy,
    ) -> Result<RunningHub, HubError> {
        install_crypto_provider();
        let listeners = Listeners::open(&config)?;
        let opened = Opened::open(&config, clock, entropy, listeners.sync.address()).await?;
        let first = users::begin(&opened.context, config.first_admin_password.clone())
            .await
            .map_err(HubError::FirstOperator)?;
        stores::begin(&opened.context)
            .await
            .map_err(HubError::Stores)?;
        let data = config.data.clone();
        let running = run(config, opened, listeners, first);
        running.open_door(&data);
        Ok(running)
    }
}

/// The ports, all open before anything is served, so that a taken one stops the start.
struct Listeners {
    public: Listener,
    sync: Listener,
    loopback: Option<Listener>,
}

impl Listeners {
    fn open(config: &HubConfig) -> Result<Self, HubError> {
        config.check()?;
        let loopback = config.loopback_listen;
        Ok(Self {
            public: bind(config.public_listen, "--public-listen")?,
            sync: bind(config.sync_listen, "--sync-listen")?,
            loopback: loopback
                .map(|address| bind(address, "--loopback-listen"))
                .transpose()?,
        })
    }
}

/// A hub whose files are open and which listens to nobody.
pub(crate) struct Opened {
    pub(crate) context: Context,
    pub(crate) files: Files,
    /// Cancelled first when the hub stops.
    streams: Stage,
    shutdown: Shutdown,
}

impl Opened {
    /// Opens files and database and puts the context together.
    pub(crate) async fn open(
        config: &HubConfig,
        clock: SharedClock,
        entropy: SharedEntropy,
        sync_bound: SocketAddr,
    ) -> Result<Self, HubError> {
        let (config, tax_classes) = (config.clone(), config.check()?);
        let opening = tokio::task::spawn_blocking(move || {
            // The database's lock comes first: it keeps a second hub off the keys as well.
            let db = open_database(&config, &clock)?;
            let opened = Files::open(&config, clock.now_ms(), entropy.as_ref()).and_then(
                |(files, authority)| {
                    own(&db, &authority)?;
                    let replica = replica(&clock, &entropy);
                    become_hub(&db, &replica)?;
                    let secrets = Secrets::open(&config.data, entropy.as_ref())?;
                    Ok((files, authority, replica, secrets))
                },
            );
            match opened {
                Ok((files, authority, replica, secrets)) => {
                    let kept = (files, authority, secrets);
                    Ok((config, clock, entropy, db, kept, replica))
                }
                Err(error) => {
                    db.close_blocking();
                    Err(error)
                }
            }
        });
        let (config, clock, entropy, db, (files, authority, secrets), replica) =
            opening.await.map_err(|_| HubError::Stopping)??;
        let shutdown = Shutdown::new();
        let streams = shutdown.stage("streams", STOP_DEADLINE);
        let texts = Texts::new(&[])?;
        let live = Live::new(clock.now_ms());
        let machine = machine(&config, &files)?;
        let presence = Presence::new(clock.clone(), live.clone());
        neighbours::meet(&db, &replica, &live, &presence);
        let context = Context::new(Parts {
            presence,
            live,
            lang: Lang::new(Arc::new(texts), Locale::En),
            sync_address: sync_address(&config, sync_bound),
            streams: streams.token(),
            imports: Work::default(),
            upkeep: Work::default(),
            settling: Work::default(),
            vault: secrets.vault,
            code_signer: secrets.code_signer,
            control: Control::draw(entropy.as_ref()),
            throttle: Throttle::default(),
            machine,
            tax_classes,
            authority,
            replica,
            entropy,
            clock,
            db,
        });
        Ok(Self {
            context,
            files,
            streams,
            shutdown,
        })
    }
}

/// Begins what is known of the machine.
fn machine(config: &HubConfig, files: &Files) -> Result<Machine, TlsError> {
    let scrape = Scrape::new(telemetry::metrics(), config.metrics_token.as_deref());
    let machine = Machine::new(config.data.clone(), scrape);
    machine.note_certificate(files.certificate_ends_at_ms()?);
    Ok(machine)
}

/// Makes the replica with the views of every slice.
fn replica(clock: &SharedClock, entropy: &SharedEntropy) -> Replica {
    let mut projections: Vec<Box<dyn Projection>> = sales::projections();
    projections.extend(returns::projections());
    projections.extend(tills::projections());
    projections.extend(stock::projections());
    projections.extend(openings::projections());
    projections.extend(rights::projections());
    projections.extend(orders::projections());
    projections.extend(exceptions::projections());
    projections.extend(transfers::projections());
    projections.extend(unlisted::projections());
    projections.extend(stored::projections());
    projections.extend(coupons::projections());
    projections.extend(keys::projections());
    projections.extend(days::projections());
    projections.extend(lives::projections());
    Replica::new(clock.clone(), entropy.clone(), projections)
}

/// Checks that the hubs on one database have one authority.
fn own(db: &Db, authority: &Authority) -> Result<(), HubError> {
    match db.belongs_to_blocking(authority.fingerprint().0)? {
        true => Ok(()),
        false => Err(HubError::OtherKeys(db.place().to_string())),
    }
}

fn become_hub(db: &Db, replica: &Replica) -> Result<(), HubError> {
    let within = replica.clone();
    let me: Identity = db.write_blocking(move |tx| -> Result<_, DbError> {
        within.become_edge(tx, EdgeNumber::HUB)
    })?;
    match me.writer.edge {
        EdgeNumber::HUB => refold(db, replica),
        other => Err(HubError::NotAHub(db.place().to_string(), other)),
    }
}

/// Folds anew what an upgrade left behind. Views that cannot be stay as they were.
fn refold(db: &Db, replica: &Replica) -> Result<(), HubError> {
    let within = replica.clone();
    match db.write_blocking(move |tx| within.refold(tx)) {
        Ok(_) => Ok(()),
        Err(ReplicaFailed::Db(error)) => Err(error.into()),
        Err(error) => {
            tracing::error!(error = %error, "could not fold views anew");
            Ok(())
        }
    }
}

fn sync_address(config: &HubConfig, bound: SocketAddr) -> String {
    config.sync_address.clone().unwrap_or_else(|| {
        let name = config.names.first().map_or("localhost", String::as_str);
        match name.contains(':') {
            true => format!("https://[{name}]:{}", bound.port()),
            false => format!("https://{name}:{}", bound.port()),
        }
    })
}

/// Starts every task. Stages stop in this order: streams, listeners, background work; then the
/// database is closed.
fn run(config: HubConfig, opened: Opened, listeners: Listeners, first: FirstStart) -> RunningHub {
    let Opened {
        context,
        files,
        streams,
        shutdown,
    } = opened;
    let serving = shutdown.stage("listeners", STOP_DEADLINE);
    let working = shutdown.stage("background", STOP_DEADLINE);
    let addresses = Addresses {
        public: listeners.public.address(),
        sync: listeners.sync.address(),
        loopback: listeners.loopback.as_ref().map(Listener::address),
    };
    let certificates = files.certificates();
    let gone = context.machine().gone();
    let public = routers::public(&context, Served::Tls);
    let tls = certificates.public.clone();
    serve(&serving, gone, "public", listeners.public, public, tls);
    let asked = orders::edge_router()
        .merge(stored::edge_router())
        .merge(coupons::edge_router())
        .merge(customers::edge_router());
    let edges = observed(sync::router(&context, asked), "hub sync");
    let tls = certificates.sync.clone();
    serve(&serving, gone, "sync", listeners.sync, edges, tls);
    if let Some(loopback) = listeners.loopback {
        let console = routers::public(&context, Served::Loopback);
        serve(
            &serving,
            gone,
            "loopback",
            loopback,
            console,
            Transport::Plain,
        );
    }
    background::start(&working, &context, files);
    tracing::info!(
        public = %addresses.public,
        sync = %addresses.sync,
        "the hub runs"
    );
    RunningHub {
        context,
        addresses,
        shutdown,
        _streams: streams,
        first,
        names: config.names,
        data: config.data,
    }
}

fn serve(
    stage: &Stage,
    gone: &Gone,
    name: &'static str,
    listener: Listener,
    router: axum::Router,
    transport: Transport,
) {
    let (token, gone) = (stage.token(), gone.clone());
    stage.spawn(name, async move {
        let limits = Limits::default();
        let deadline = STOP_DEADLINE / 2;
        let served = listener
            .serve(router, transport, limits, token, deadline)
            .await;
        if let Err(error) = served {
            tracing::error!(listener = name, error = %error, "a listener is gone");
            gone.note(name);
        }
    });
}

/// Returns the settings of the public and of the sync listener for the server's certificate.
pub(crate) fn transports(
    identity: &counterpart_daemon::tls::Identity,
    authority_pem: &str,
) -> Result<(Arc<rustls::ServerConfig>, Arc<rustls::ServerConfig>), TlsError> {
    let public = server_config(identity, Protocols::Http1And2)?;
    let sync = server_config_with_client_certs(identity, authority_pem, Protocols::Http1And2)?;
    Ok((public, sync))
}

/// Does all upkeep there is to do now, for tests that want it done.
pub async fn upkeep_once(context: &Context) {
    background::upkeep_once(context).await;
}

/// Does what orders, rights and transfers wait for the hub to do, for tests that want it done now.
pub async fn settle_once(context: &Context) -> Progress {
    background::settle_once(context).await
}

/// Does a step of the imports' work, for tests that want it done now.
///
/// # Errors
/// Those of the database.
pub async fn import_once(context: &Context) -> Result<imports::Progress, DbError> {
    imports::run_once(context).await
}
