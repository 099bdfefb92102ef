//! Fetching what the hub published and taking it into use, in short steps beside the selling.
//!
//! A publication counts only if its bytes have the hash that the hub's fact named: what the wire
//! brings instead is refused, and the version in use stays.

mod codes;
mod handing;
mod installing;
mod signing;
mod texts;

pub(crate) use codes::read_coupon;
pub use codes::{CodeUnfit, read_code};
pub use handing::{TakenOver, take_over};
pub use installing::{
    install_catalog, install_customers, install_keys, install_prices, install_roster,
};
pub use signing::state_own_key;
pub use texts::{install_policies, install_promotions, install_store, profile, promotions};

use std::time::Duration;

use counterpart_daemon::db::DbError;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::customers::BookUnfit;
use counterpart_protocol::reference::packing::{self, PackingFailed};
use counterpart_protocol::reference::{ReferenceKind, ReferenceRefused, Told};
use tokio_util::sync::CancellationToken;

use super::rules::CatalogRefused;
use super::store::{self, Content, Version};
use crate::context::Context;
use crate::sync::{EnrolFailed, Fetched, FetchedForm, HubClient, HubTrouble, Wanted};
use crate::web::STATUS_TOPIC;

/// How often the hub is asked for what it does not announce.
const ASKING: Duration = Duration::from_secs(300);
/// How soon a publication that could not be fetched is tried again when nothing else wakes us.
const AGAIN: Duration = Duration::from_secs(60);
/// How soon a hub that could not say yet what it does not announce is asked again: at first, and
/// twice as late each time up to [`AGAIN`], as a hub with one store never can.
const ASKING_SOON: Duration = Duration::from_secs(1);

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
    /// A fact could not be stated.
    #[error("could not tell the hub of this store's key")]
    Own(#[source] ReplicaFailed),
    /// The hub could not be asked.
    #[error("the hub could not send it: {0}")]
    Hub(HubTrouble),
    /// What arrived is not what was published.
    #[error("{0}: the version before stays in use, and it is fetched again")]
    Refused(ReferenceRefused),
    /// What arrived cannot be unpacked.
    #[error("it arrived damaged ({0}): the version before stays in use, and it is fetched again")]
    Damaged(PackingFailed),
    /// It cannot be sold from.
    #[error("{0}: the version before stays in use; have it published anew")]
    Unusable(CatalogRefused),
    /// Tills cannot tell its customers apart.
    #[error("{0}: the customers known before stay; have them published anew")]
    UnusableBook(BookUnfit),
    /// It says of this store what cannot be.
    #[error("{0}: this store goes on as it is; correct the store at the hub")]
    OtherStore(String),
    /// This machine cannot be the store it is about.
    #[error("{0}: this store goes on as it is")]
    UnusableStore(EnrolFailed),
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

/// Asks the hub now and then, until `stop`, for what it does not announce: the stock of stores
/// nearby. A hub that is away leaves what is known, with its age. While nothing is known it is
/// asked at first contact and again soon: a new store wants to know where it can send goods.
pub async fn keep_asking(context: Context, hub: HubClient, stop: CancellationToken) {
    let mut received = context.link().received();
    let mut soon = ASKING_SOON;
    loop {
        received.mark_unchanged();
        let asked = ask_once(&context, &hub).await.unwrap_or_else(|error| {
            tracing::warn!(error = %error, "could not keep what the hub said of other stores");
            Asked::Away
        });
        if asked != Asked::Away
            && let Err(error) = state_own_key(&context).await
        {
            // Nobody else could have met this store's codes before its hub was reached.
            tracing::error!(%error, "the hub is not told of this store's key yet");
        }
        let pause = match asked {
            Asked::Answered => ASKING,
            Asked::InVain => soon,
            Asked::Away => AGAIN,
        };
        let spoken = async {
            let changed = match asked {
                Asked::Answered => false,
                Asked::InVain | Asked::Away => received.changed().await.is_ok(),
            };
            match changed {
                // A hub that tells many things one by one is not asked after each.
                true => tokio::time::sleep(ASKING_SOON).await,
                false => std::future::pending().await,
            }
        };
        let woken = async {
            tokio::select! {
                () = spoken => ASKING_SOON,
                () = tokio::time::sleep(pause) => AGAIN.min(soon * 2),
            }
        };
        match stop.run_until_cancelled(woken).await {
            Some(next) => soon = next,
            None => return,
        }
    }
}

/// What came of asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// The hub answered; what it has is in use.
    Answered,
    /// It answered that it has nothing yet.
    InVain,
    /// It did not answer.
    Away,
}

/// Asks the hub once for what it does not announce.
///
/// # Errors
///
/// [`ReferenceFailed`] when what it sent cannot be used; what is in use stays.
pub async fn ask_once(context: &Context, hub: &HubClient) -> Result<Asked, ReferenceFailed> {
    let by_asking = |kind: &ReferenceKind| kind.announced() == Told::ByAsking;
    let mut asked = Asked::Answered;
    for kind in ReferenceKind::ALL.into_iter().filter(by_asking) {
        match fetch(context, hub, kind, Wanted::Newest).await {
            Ok(()) => {}
            // A hub that has nothing to say of other stores is not away.
            Err(ReferenceFailed::Hub(HubTrouble::OtherVersion)) => asked = Asked::InVain,
            Err(ReferenceFailed::Hub(trouble)) => {
                tracing::debug!(%trouble, reference = kind.word(), "the hub was not asked");
                return Ok(Asked::Away);
            }
            Err(failed) => return Err(failed),
        }
    }
    Ok(asked)
}

/// Fetches every publication that is not in use and takes it into use.
///
/// # Errors
///
/// Those of the database. A publication that cannot be used is noted with a sentence, and counted
/// as missing.
pub async fn fetch_once(context: &Context, hub: &HubClient) -> Result<Progress, DbError> {
    let mut progress = Progress::default();
    let by_fact = |kind: &ReferenceKind| kind.announced() == Told::ByFact;
    for kind in ReferenceKind::ALL.into_iter().filter(by_fact) {
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
        match fetch(context, hub, kind, Wanted::Named(published.sha256)).await {
            Ok(()) => progress.installed += 1,
            Err(failed) => {
                progress.missing += 1;
                note(context, kind, published, &failed).await?;
            }
        }
    }
    Ok(progress)
}

/// Fetches a snapshot, as what changed since the one in use if the hub can say that, and takes it
/// into use. A difference that leads elsewhere costs a second call for the whole.
async fn fetch(
    context: &Context,
    hub: &HubClient,
    kind: ReferenceKind,
    wanted: Wanted,
) -> Result<(), ReferenceFailed> {
    let held = context.db().read(move |tx| store::content(tx, kind));
    let held = held.await?;
    let ask = |held: Option<[u8; 32]>| hub.reference(kind, wanted, held);
    let known = held.as_ref().map(|held| held.sha256);
    let fetched = ask(known).await.map_err(ReferenceFailed::Hub)?;
    let (plain, said) = match (fetched, held) {
        (
            Fetched {
                form: FetchedForm::Unchanged,
                ..
            },
            _,
        ) => return Ok(()),
        (fetched, held) => match unpacked(kind, fetched.clone(), held).await {
            Ok(plain) => (plain, fetched),
            Err(failed) if matches!(fetched.form, FetchedForm::Delta(_)) => {
                tracing::warn!(
                    reference = kind.word(),
                    reason = %failed,
                    "what changed did not lead to what was published: the whole is fetched"
                );
                let whole = ask(None).await.map_err(ReferenceFailed::Hub)?;
                (unpacked(kind, whole.clone(), None).await?, whole)
            }
            Err(failed) => return Err(failed),
        },
    };
    let published = context.db().read(move |tx| store::published(tx, kind));
    let version = match (wanted, published.await?) {
        (Wanted::Named(named), Some(published)) if published.sha256 == named => published.version,
        _ => said.version,
    };
    let to = Version {
        version,
        sha256: said.sha256,
    };
    installing::install(context, kind, to, plain).await
}

/// Returns the snapshot that was sent, by its hash, off the async threads: a catalogue of 50,000
/// products takes some 100 ms.
async fn unpacked(
    kind: ReferenceKind,
    fetched: Fetched,
    held: Option<Content>,
) -> Result<Vec<u8>, ReferenceFailed> {
    off_thread(move || {
        let damaged = ReferenceFailed::Damaged;
        let plain = match (fetched.form, held) {
            (FetchedForm::Packed(packed), _) => packing::unpack(&packed).map_err(damaged)?,
            (FetchedForm::Delta(delta), Some(held)) => {
                let base = packing::unpack(&held.packed).map_err(damaged)?;
                packing::apply(&base, &delta).map_err(damaged)?
            }
            (FetchedForm::Delta(_) | FetchedForm::Unchanged, _) => Vec::new(),
        };
        match packing::is(&plain, &fetched.sha256) {
            true => Ok(plain),
            false => Err(ReferenceFailed::Refused(ReferenceRefused::OtherHash(kind))),
        }
    })
    .await
}

/// Runs what computes for a while on a thread that may.
async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReferenceFailed> + Send + 'static,
) -> Result<T, ReferenceFailed> {
    tokio::task::spawn_blocking(work).await.map_err(|panic| {
        ReferenceFailed::Db(DbError::Panicked {
            message: panic.to_string(),
        })
    })?
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
