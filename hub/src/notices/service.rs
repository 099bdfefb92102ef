//! Posts notices as facts to the edges of one store or of all, and tells who has got them.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::facts::NoticePosted;
use counterpart_protocol::ids::{EdgeNumber, StoreId};

use super::rules::{self, NoticeDraft, NoticeRefused};
use super::store::{self, Notice};
use crate::context::Context;
use crate::sync::edges::{self, Edge};
use crate::sync::hearing;

/// The topic of the notices page.
pub(super) const NOTICES: &str = "notices";
/// Notices listed.
const LISTED: u32 = 50;

/// Why a notice was not posted.
#[derive(Debug, thiserror::Error)]
pub enum NoticeFailed {
    /// The text or its end.
    #[error(transparent)]
    Refused(#[from] NoticeRefused),
    /// There is no such store, or no edge that could show it.
    #[error("no store called {0} has an edge that could show it")]
    NoEdge(String),
    /// No store has an edge.
    #[error("no store has an edge yet that could show it")]
    Nobody,
    /// A fact could not be stated.
    #[error("could not tell the stores")]
    Replica(#[from] ReplicaFailed),
    /// The database.
    #[error("could not store a notice")]
    Db(#[from] DbError),
}

impl ToProblem for NoticeFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(NoticeRefused::Empty | NoticeRefused::Long) => {
                Problem::refused("notice_refused", &sentence).field("text", sentence)
            }
            Self::Refused(NoticeRefused::Over | NoticeRefused::Endless) => {
                Problem::refused("notice_refused", &sentence).field("until", sentence)
            }
            Self::NoEdge(_) | Self::Nobody => {
                Problem::refused("nobody_to_tell", &sentence).field("store_id", sentence)
            }
            Self::Db(error) | Self::Replica(ReplicaFailed::Db(error)) => error.to_problem(),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
        }
    }
}

/// Posts a notice; returns to how many edges.
///
/// # Errors
/// [`NoticeFailed`].
pub async fn post(context: &Context, draft: NoticeDraft, by: &str) -> Result<usize, NoticeFailed> {
    let (within, by) = (context.clone(), by.to_owned());
    context
        .db()
        .write(move |tx| post_in(&within, tx, &draft, &by))
        .await
}

/// Does what [`post`] does inside the caller's transaction.
pub(super) fn post_in(
    context: &Context,
    tx: &mut Tx,
    draft: &NoticeDraft,
    by: &str,
) -> Result<usize, NoticeFailed> {
    let now_ms = context.now_ms();
    let text = rules::check(draft, now_ms)?;
    let edges = readers(tx, draft.store_id.as_deref())?;
    let notice = Notice {
        id: context.new_id(),
        text,
        until_ms: draft.until_ms,
        posted_at_ms: now_ms,
        posted_by: by.to_owned(),
    };
    store::add(tx, &notice)?;
    let fact = NoticePosted {
        text: notice.text.clone(),
        until_ms: notice.until_ms,
    };
    for edge in &edges {
        let place = context.place_on(&edge.days);
        let recorded = context.replica().record(tx, edge.number, place, &fact)?;
        store::add_delivery(tx, notice.id, edge.number, recorded.seq)?;
    }
    let live = context.live().clone();
    tx.on_commit(Box::new(move || live.publish(NOTICES)));
    tracing::info!(edges = edges.len(), by, "posted a notice");
    Ok(edges.len())
}

/// Returns who can show a notice in the store, or in every store: the edge that serves it, and any
/// that will take over from it.
fn readers(tx: &mut Tx, store_id: Option<&str>) -> Result<Vec<Edge>, NoticeFailed> {
    let mut by_store: BTreeMap<StoreId, Vec<Edge>> = BTreeMap::new();
    for edge in edges::all(tx)? {
        if edge.blocked_at_ms.is_none()
            && store_id.is_none_or(|wanted| wanted == edge.store_id.as_str())
        {
            by_store
                .entry(edge.store_id.clone())
                .or_default()
                .push(edge);
        }
    }
    let mut readers = Vec::new();
    for mut edges in by_store.into_values() {
        let serving = edges::serving(&edges).map(|edge| edge.number);
        edges.retain(|edge| Some(edge.number) >= serving);
        readers.append(&mut edges);
    }
    match (readers.is_empty(), store_id) {
        (true, Some(store_id)) => Err(NoticeFailed::NoEdge(store_id.to_owned())),
        (true, None) => Err(NoticeFailed::Nobody),
        (false, _) => Ok(readers),
    }
}

/// A notice and who has got it.
#[derive(Debug, Clone)]
pub(super) struct NoticeView {
    pub(super) notice: Notice,
    /// The stores it goes to, and whether each has it.
    pub(super) stores: Vec<(StoreId, Delivered)>,
}

/// Whether a store holds the notice's record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Delivered {
    NotYet,
    Yes,
}

/// Returns the latest notices.
pub(super) fn views(context: &Context, tx: &mut Tx) -> Result<Vec<NoticeView>, DbError> {
    let stores: BTreeMap<EdgeNumber, StoreId> = edges::all(tx)?
        .into_iter()
        .map(|edge| (edge.number, edge.store_id))
        .collect();
    let mut acked: BTreeMap<EdgeNumber, u64> = BTreeMap::new();
    let restored = context.replica().generation(tx)?;
    let unheard = hearing::unheard(context, tx)?;
    let mut views = Vec::new();
    for notice in store::notices(tx, LISTED)? {
        let mut to: BTreeMap<StoreId, Delivered> = BTreeMap::new();
        for (edge, seq) in store::deliveries(tx, notice.id)? {
            let held = match acked.get(&edge) {
                Some(held) => *held,
                None => held_by(context, tx, edge)?,
            };
            acked.insert(edge, held);
            // What was posted before a restore stands in an earlier run, which a store that was
            // heard holds to its end.
            let is_earlier =
                restored.is_some_and(|restored| notice.posted_at_ms < restored.opened_at_ms);
            let is_held = match is_earlier {
                true => !unheard.holds(edge),
                false => held >= seq.unsigned_abs(),
            };
            let delivered = match is_held {
                true => Delivered::Yes,
                false => Delivered::NotYet,
            };
            // A store has it as soon as one of its edges does.
            if let Some(store_id) = stores.get(&edge) {
                let known = to.entry(store_id.clone()).or_insert(delivered);
                *known = delivered.max(*known);
            }
        }
        let stores = to.into_iter().collect();
        views.push(NoticeView { notice, stores });
    }
    Ok(views)
}

/// Returns how much of the hub's feed an edge holds: what it acknowledged in its last exchange, or
/// said in the call that is open since.
fn held_by(context: &Context, tx: &mut Tx, edge: EdgeNumber) -> Result<u64, DbError> {
    let acked = context.replica().up_state(tx, edge)?.acked_seq;
    let feed = context
        .replica()
        .identity(tx)?
        .map(|me| me.writer.incarnation.0);
    let said = context.presence().holds(edge);
    let said = said.filter(|said| Some(said.feed) == feed);
    Ok(said.map_or(acked, |said| said.seq.max(acked)))
}
