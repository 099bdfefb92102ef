//! Fetching what the hub published and taking it into use, in short steps beside the selling.
//!
//! A publication counts only if its bytes have the hash that the hub's fact named: what the wire
//! brings instead is refused, and the version in use stays.

use std::time::Duration;

use counterpart_daemon::db::{Db, DbError};
use counterpart_protocol::catalog::Catalog;
use counterpart_protocol::reference::{ReferenceKind, ReferenceRefused, Snapshot};
use counterpart_protocol::staff::Roster;
use tokio_util::sync::CancellationToken;

use super::TOPIC;
use super::rules::{CatalogRefused, check_catalog};
use super::store::{self, Version};
use crate::context::Context;
use crate::sync::{Fetched, HubClient, HubTrouble};
use crate::web::STATUS_TOPIC;

/// Products in one transaction: some 15 ms on the slowest disk a till has, so no sale waits.
const PRODUCTS_AT_ONCE: usize = 250;
/// How soon a publication that could not be fetched is tried again when nothing else wakes us.
const AGAIN: Duration = Duration::from_secs(60);

/// What one turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Versions that came into use.
    pub installed: u32,
    /// Publications that are still not in use.
    pub missing: u32,
}

/// Why a publication did not come into use; the version before stays.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceFailed {
    /// The database failed.
    #[error("could not store the reference data")]
    Db(#[from] DbError),
    /// The hub could not be asked.
    #[error("the hub could not send it: {0}")]
    Hub(HubTrouble),
    /// What arrived is not what was published.
    #[error("{0}: the version before stays in use, and it is fetched again")]
    Refused(ReferenceRefused),
    /// It cannot be sold from.
    #[error("{0}: the version before stays in use; have it published anew")]
    Unusable(CatalogRefused),
}

/// Keeps reference data as the hub published it until `stop`: looks at the start, whenever the hub
/// sent something, and every minute while something is missing.
pub async fn keep(context: Context, hub: HubClient, stop: CancellationToken) {
    let mut received = context.link().received();
    loop {
        let complete = match fetch_once(&context, &hub).await {
            Ok(progress) => progress.missing == 0,
            Err(error) => {
                tracing::error!(error = %error, "could not look after the reference data");
                false
            }
        };
        let again = async {
            match complete {
                true => std::future::pending().await,
                false => tokio::time::sleep(AGAIN).await,
            }
        };
        let woken = async {
            tokio::select! {
                changed = received.changed() => changed.is_ok(),
                () = again => true,
            }
        };
        match stop.run_until_cancelled(woken).await {
            Some(true) => {}
            Some(false) | None => return,
        }
    }
}

/// Fetches every publication that is not in use and takes it into use.
///
/// # Errors
///
/// Those of the database. A publication that cannot be used is noted with a sentence, and counted
/// as missing.
pub async fn fetch_once(context: &Context, hub: &HubClient) -> Result<Progress, DbError> {
    let mut progress = Progress::default();
    for kind in ReferenceKind::ALL {
        let wanted = context
            .db()
            .read(move |tx| {
                let published = store::published(tx, kind)?;
                Ok::<_, DbError>((published, store::in_use(tx, kind)?))
            })
            .await?;
        let (Some(published), in_use) = wanted else {
            continue;
        };
        if in_use.is_some_and(|in_use| in_use.sha256 == published.sha256) {
            continue;
        }
        match fetch(context, hub, kind, published).await {
            Ok(()) => progress.installed += 1,
            Err(failed) => {
                progress.missing += 1;
                note(context, kind, published, &failed).await?;
            }
        }
    }
    Ok(progress)
}

/// Takes a catalogue into use that has the hash `sha256`, in short transactions: the one in use
/// sells until the last of them.
///
/// # Errors
///
/// [`ReferenceFailed::Unusable`]; those of the database, after which the old one is still in use.
pub async fn install_catalog(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    catalog: Catalog,
) -> Result<(), ReferenceFailed> {
    check_catalog(&catalog, context.profile().currency).map_err(ReferenceFailed::Unusable)?;
    let db = context.db();
    let in_use = db.read(store::generation).await?;
    drop_others(db, in_use).await?;
    let generation = in_use + 1;
    let catalog = std::sync::Arc::new(catalog);
    let count = catalog.products.len();
    let classes = std::sync::Arc::clone(&catalog);
    db.write(move |tx| store::put_tax_classes(tx, generation, &classes))
        .await?;
    for first in (0..count).step_by(PRODUCTS_AT_ONCE) {
        let some = std::sync::Arc::clone(&catalog);
        db.write(move |tx| {
            let last = (first + PRODUCTS_AT_ONCE).min(some.products.len());
            store::put_products(tx, generation, first, &some.products[first..last])
        })
        .await?;
    }
    switch(
        context,
        ReferenceKind::Catalog,
        Version { version, sha256 },
        generation,
    )
    .await?;
    tracing::info!(version, products = count, "a new catalogue is in use");
    drop_others(db, generation).await?;
    Ok(())
}

/// Takes a roster into use that has the hash `sha256`.
///
/// # Errors
///
/// Those of the database.
pub async fn install_roster(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    roster: Roster,
) -> Result<(), ReferenceFailed> {
    let count = roster.members.len();
    let now_ms = context.now_ms();
    let live = context.live().clone();
    context
        .db()
        .write(move |tx| {
            store::put_members(tx, &roster.members)?;
            let to = Version { version, sha256 };
            store::switch(tx, ReferenceKind::Roster, to, 0, now_ms)?;
            tx.on_commit(Box::new(move || {
                live.publish(TOPIC);
                live.publish(STATUS_TOPIC);
            }));
            Ok::<_, DbError>(())
        })
        .await?;
    tracing::info!(version, members = count, "a new roster is in use");
    Ok(())
}

async fn fetch(
    context: &Context,
    hub: &HubClient,
    kind: ReferenceKind,
    published: Version,
) -> Result<(), ReferenceFailed> {
    let bytes = match hub.reference(kind, &published.sha256).await {
        Ok(Fetched { bytes }) => bytes,
        Err(trouble) => return Err(ReferenceFailed::Hub(trouble)),
    };
    let Version { version, sha256 } = published;
    match kind {
        ReferenceKind::Catalog => {
            let catalog = read(bytes, sha256, Snapshot::read::<Catalog>).await?;
            install_catalog(context, version, sha256, catalog).await
        }
        ReferenceKind::Roster => {
            let roster = read(bytes, sha256, Snapshot::read::<Roster>).await?;
            install_roster(context, version, sha256, roster).await
        }
    }
}

/// Reads a snapshot off the async threads: a catalogue of 50,000 products takes some 100 ms.
async fn read<R: Send + 'static>(
    bytes: Vec<u8>,
    sha256: [u8; 32],
    read: fn(&[u8], &[u8; 32]) -> Result<R, ReferenceRefused>,
) -> Result<R, ReferenceFailed> {
    let reading = tokio::task::spawn_blocking(move || read(&bytes, &sha256));
    let read = reading.await.map_err(|panic| {
        ReferenceFailed::Db(DbError::Panicked {
            message: panic.to_string(),
        })
    })?;
    read.map_err(ReferenceFailed::Refused)
}

async fn switch(
    context: &Context,
    kind: ReferenceKind,
    to: Version,
    generation: i64,
) -> Result<(), DbError> {
    let now_ms = context.now_ms();
    let live = context.live().clone();
    context
        .db()
        .write(move |tx| {
            store::switch(tx, kind, to, generation, now_ms)?;
            tx.on_commit(Box::new(move || {
                live.publish(TOPIC);
                live.publish(STATUS_TOPIC);
            }));
            Ok(())
        })
        .await
}

/// Drops what earlier, perhaps interrupted, versions left behind.
async fn drop_others(db: &Db, generation: i64) -> Result<(), DbError> {
    let limit = u32::try_from(PRODUCTS_AT_ONCE).expect("it is small");
    while db
        .write(move |tx| store::drop_others(tx, generation, limit))
        .await?
        > 0
    {}
    Ok(())
}

async fn note(
    context: &Context,
    kind: ReferenceKind,
    published: Version,
    failed: &ReferenceFailed,
) -> Result<(), DbError> {
    let version = published.version;
    tracing::warn!(
        reference = kind.word(),
        version,
        reason = %failed,
        "a publication is not in use yet"
    );
    let sentence = format!("version {version} of the {kind} is not in use: {failed}");
    let now_ms = context.now_ms();
    let live = context.live().clone();
    context
        .db()
        .write(move |tx| {
            store::note_trouble(tx, kind, &sentence, now_ms)?;
            tx.on_commit(Box::new(move || live.publish(STATUS_TOPIC)));
            Ok(())
        })
        .await
}
