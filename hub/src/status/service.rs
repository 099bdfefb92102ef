//! Gathers how the hub is, in one read and a few file sizes.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::measure::measure;
use counterpart_daemon::replica::{Direction, HearTrouble, Packed};
use counterpart_protocol::condition::{Concern, Measured};

use super::rules::{self, Known, KnownRestore, KnownStore, Unheard};
use crate::context::Context;
use crate::days::{self, Differing};
use crate::stores::{self, StoreView};
use crate::sync::Seen;

/// Records kept aside that are counted at most.
const QUARANTINED_MAX: u32 = 1_000;
/// Business days that differ from their seals that are told at most.
const DIFFERING_MAX: u32 = 1_000;

/// How the hub is.
#[derive(Debug, Clone)]
pub(super) struct Status {
    pub(super) now_ms: i64,
    pub(super) generation: Option<u32>,
    pub(super) stores: usize,
    pub(super) stores_connected: usize,
    pub(super) lag: i64,
    pub(super) quarantined: usize,
    /// What lies in packs.
    pub(super) packed: Packed,
    pub(super) measured: Measured,
    pub(super) certificate_ends_at_ms: Option<i64>,
    pub(super) authority_ends_at_ms: Option<i64>,
    pub(super) concerns: Vec<Concern>,
}

/// Reads how the hub is.
///
/// # Errors
/// Those of the database.
pub(super) async fn status(context: &Context) -> Result<Status, DbError> {
    let (folder, db) = (context.machine().folder().to_owned(), context.db().clone());
    let measuring = tokio::task::spawn_blocking(move || measure(&folder, &db));
    let within = context.clone();
    let loaded: Result<_, DbError> = context.db().read(move |tx| load(&within, tx)).await;
    let (mut status, known) = loaded?;
    // A measurement that failed with the program stopping says nothing about the machine.
    status.measured = measuring.await.unwrap_or_default();
    status.concerns = rules::concerns(&Known {
        measured: status.measured,
        ..known
    });
    Ok(status)
}

fn load(context: &Context, tx: &mut Tx) -> Result<(Status, Known), DbError> {
    let views = stores::views(context, tx)?;
    let identity = context.replica().identity(tx)?;
    let quarantined = context.replica().quarantined(tx, QUARANTINED_MAX)?;
    let incoming = quarantined
        .iter()
        .filter(|row| row.direction == Direction::In);
    let now_ms = context.now_ms();
    let differing = days::differing(tx, DIFFERING_MAX)?;
    let known = Known {
        now_ms,
        measured: Measured::default(),
        quarantined: incoming.count(),
        certificate_ends_at_ms: context.machine().certificate_ends_at_ms(),
        // It was read at the start, or the hub would not run.
        authority_ends_at_ms: context.authority().identity().not_after_ms().ok(),
        stores: views
            .iter()
            .map(|view| known_store(view, &differing, now_ms))
            .collect(),
        restored: restored(context, tx, &views, now_ms)?,
    };
    let status = Status {
        now_ms,
        generation: identity.map(|identity| identity.writer.incarnation.0),
        stores: views.len(),
        stores_connected: views.iter().filter(|view| view.seen == Seen::Now).count(),
        lag: views.iter().map(StoreView::lag).sum(),
        quarantined: known.quarantined,
        packed: context.replica().packed(tx)?,
        measured: Measured::default(),
        certificate_ends_at_ms: known.certificate_ends_at_ms,
        authority_ends_at_ms: known.authority_ends_at_ms,
        concerns: Vec::new(),
    };
    Ok((status, known))
}

/// Gathers what a restore left open; nothing if the hub was never restored and needs not to be.
fn restored(
    context: &Context,
    tx: &mut Tx,
    views: &[StoreView],
    now_ms: i64,
) -> Result<Option<KnownRestore>, DbError> {
    let hearings = context.replica().hearings(tx)?;
    let opened = context.replica().generation(tx)?;
    if hearings.is_empty() && opened.is_none() {
        return Ok(None);
    }
    let mut unheard = Vec::new();
    for view in views {
        // Whoever is blocked or has never called is not waited for.
        let edge = view.edge().filter(|edge| edge.blocked_at_ms.is_none());
        let Some(edge) = edge.filter(|edge| edge.heard.contact_at_ms.is_some()) else {
            continue;
        };
        let found = hearings.iter().find(|hearing| hearing.edge == edge.number);
        let Some(hearing) = found.filter(|hearing| !hearing.is_heard()) else {
            continue;
        };
        let store = view.row.identity.store_id.to_string();
        unheard.push(match hearing.trouble {
            None => Unheard::Waits(store),
            Some(HearTrouble::Forked(_)) => Unheard::Differs(store),
            Some(HearTrouble::Outlived(generation)) => Unheard::KnowsNewer(store, generation),
            Some(HearTrouble::Behind(_)) => Unheard::KnowsMore(store),
        });
    }
    Ok(Some(KnownRestore {
        ago_ms: opened.map(|opened| (now_ms - opened.opened_at_ms).max(0)),
        unproven_ms: opened
            .and_then(|opened| Some((opened.unproven_from_ms?, opened.opened_at_ms))),
        unheard,
    }))
}

fn known_store(view: &StoreView, differing: &[Differing], now_ms: i64) -> KnownStore {
    let ours = |day: &&Differing| view.edges.iter().any(|edge| edge.number == day.edge);
    let edge = view.edge().filter(|edge| edge.blocked_at_ms.is_none());
    let refused = edge.and_then(|edge| edge.refused.as_ref());
    KnownStore {
        store: view.row.identity.store_id.to_string(),
        silent_ms: edge.and(view.seen.age_ms(now_ms)),
        refused: refused.map(|refused| refused.because.clone()),
        copied_ms: edge
            .and_then(|edge| edge.copied_at_ms)
            .map(|at_ms| now_ms - at_ms),
        recovering_ms: view
            .life
            .filter(|life| life.recovered_at_ms.is_none())
            .map(|life| (now_ms - life.opened_at_ms).max(0)),
        clock_off_ms: edge.and_then(|edge| edge.heard.clock_off_ms),
        certificate_ends_at_ms: edge.map(|edge| edge.certificate_until_ms),
        lag: view.lag(),
        differing: differing
            .iter()
            .filter(ours)
            .map(|day| (day.business_date, day.first.clone()))
            .collect(),
    }
}
