//! Opening a data folder and joining everything a slice is handed: the same for the shop and for
//! its training store.
//!
//! It starts nothing.

use std::sync::Arc;

use counterpart_daemon::db::{Db, DbError, DbOptions};
use counterpart_daemon::http::health::Scrape;
use counterpart_daemon::replica::{Replica, ReplicaFailed};
use counterpart_daemon::telemetry;
use counterpart_daemon::tls::keep_secret;
use counterpart_daemon::vault::Vault;
use counterpart_daemon::web::live::Live;
use counterpart_protocol::codes::CodeSigner;
use tokio_util::sync::CancellationToken;

use super::{EdgeError, slices};
use crate::config::EdgeConfig;
use crate::context::{
    Context, ContextParts, CurrentProfile, CurrentPromotions, Ground, ShownBadges, StoreProfile,
};
use crate::devices::Devices;
use crate::reference;
use crate::sync::Link;
use crate::web::Machine;

/// Marks a store's database in SQLite's header: `CPed`.
const APPLICATION_ID: u32 = 0x4350_6564;
/// What the codes this store prints are signed with.
const SIGNING_FILE: &str = "codes.key";

/// A database with all its tables and views, and what tells its pages of changes.
pub(super) struct Opened {
    pub(super) db: Db,
    pub(super) replica: Replica,
    pub(super) live: Live,
}

/// Joins everything a slice is handed.
pub(super) async fn join(
    config: &EdgeConfig,
    opened: Opened,
    (profile, ground): (StoreProfile, Ground),
    stopping: CancellationToken,
) -> Result<Context, EdgeError> {
    let Opened { db, replica, live } = opened;
    let upgraded = replica.clone();
    match db.write(move |tx| upgraded.refold(tx)).await {
        Ok(_) => {}
        Err(ReplicaFailed::Db(error)) => return Err(error.into()),
        // The views are as they were: what they show is old, and nothing is lost.
        Err(error) => tracing::error!(error = %error, "could not fold views anew"),
    }
    let profile = ground.marked(profile);
    let promotions = reference::promotions(&db).await?;
    let registers = config.registers.iter();
    let registers: Vec<_> = registers
        .map(|one| one.named_after(&profile.name))
        .collect();
    let link = match &ground {
        Ground::Shop(_) => Link::new(live.clone()),
        Ground::Training(_) => Link::apart(live.clone()),
    };
    let (clock, mark) = (config.clock.clone(), ground.mark());
    Ok(Context::new(ContextParts {
        machine: machine(config),
        devices: Devices::new(&registers, mark, clock.clone(), live.clone()),
        in_store_codes: config.in_store_codes.clone(),
        link,
        texts: Arc::new(slices::texts()?),
        alerts: slices::ALERTS,
        profile: CurrentProfile::new(profile),
        promotions: CurrentPromotions::new(promotions),
        code_signer: code_signer(config)?,
        vault: vault(config),
        settings: config.settings.clone(),
        signer: config.signer.clone(),
        clock,
        entropy: config.entropy.clone(),
        stopping,
        db,
        replica,
        live,
        ground,
        shown: ShownBadges::default(),
    }))
}

/// Opens the database of a data folder, with every table and view.
pub(super) async fn open(config: &EdgeConfig, live: &Live) -> Result<(Db, Replica), EdgeError> {
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

/// Begins what is known of the machine.
fn machine(config: &EdgeConfig) -> Machine {
    let scrape = Scrape::new(telemetry::metrics(), config.metrics_token.as_deref());
    Machine::new(config.data.clone(), scrape)
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
