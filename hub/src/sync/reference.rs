//! Snapshots of what the hub owns and stores read: published, announced to edges, served by hash.
//!
//! What is in them is the slices' business; here they are bytes with a kind, a scope and a version.

mod answering;
mod contents;

pub(super) use answering::{by_hash, newest as newest_for_edge};
pub use contents::newest;

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::facts::ReferencePublished;
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::reference::packing::{self, PackingFailed};
use counterpart_protocol::reference::{Reference, ReferenceKind, Snapshot, Told};

use super::edges::{self, Edge};
use crate::context::Context;

/// Who reads a snapshot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// Every store.
    Everywhere,
    /// One store.
    Store(StoreId),
}

impl Scope {
    fn word(&self) -> &str {
        match self {
            Self::Everywhere => "",
            Self::Store(store_id) => store_id.as_str(),
        }
    }

    /// Returns the scope in which an edge of this store reads a kind.
    #[must_use]
    pub fn of(kind: ReferenceKind, store_id: &StoreId) -> Self {
        match kind {
            ReferenceKind::Catalog
            | ReferenceKind::Keys
            | ReferenceKind::Policies
            | ReferenceKind::Customers => Self::Everywhere,
            ReferenceKind::Roster
            | ReferenceKind::Prices
            | ReferenceKind::Neighbours
            | ReferenceKind::Store
            | ReferenceKind::Promotions => Self::Store(store_id.clone()),
        }
    }
}

/// A publication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Announced {
    /// Counts the publications of its kind and scope from 1.
    pub version: u64,
    /// The SHA-256 of its bytes.
    pub sha256: [u8; 32],
    /// How many edges were told.
    pub edges: usize,
    /// When it was published, in milliseconds UTC.
    pub published_at_ms: i64,
}

/// A snapshot ready to be published: packing a large one takes too long for a transaction.
#[derive(Debug, Clone)]
pub struct Prepared {
    kind: ReferenceKind,
    sha256: [u8; 32],
    packed: Vec<u8>,
}

impl Prepared {
    /// Prepares a snapshot. It computes for a while: call it on a thread that may.
    ///
    /// # Errors
    /// [`PackingFailed`] when it is larger than any store takes.
    pub fn of<R: Reference>(content: &R) -> Result<Self, PackingFailed> {
        let snapshot = Snapshot::of(content);
        Ok(Self {
            kind: R::KIND,
            sha256: snapshot.sha256,
            packed: packing::pack(&snapshot.bytes)?,
        })
    }
}

/// Publishes a snapshot: stored, and told to every edge that reads it, in the caller's transaction.
/// The same bytes again change nothing.
///
/// # Errors
/// [`ReplicaFailed`]; the caller returns it, so that nothing is kept.
pub fn publish(
    context: &Context,
    tx: &mut Tx,
    scope: &Scope,
    new: &Prepared,
) -> Result<Announced, ReplicaFailed> {
    let kind = new.kind;
    let newest = newest(tx, kind, scope)?;
    if let Some(same) = newest.filter(|newest| newest.sha256 == new.sha256) {
        return Ok(same);
    }
    let edges: Vec<Edge> = match kind.announced() {
        Told::ByFact => edges::all(tx)?
            .into_iter()
            .filter(|edge| Scope::of(kind, &edge.store_id) == *scope)
            .collect(),
        Told::ByAsking => Vec::new(),
    };
    // A restored hub may have published more than it knows: its generation's number is above all
    // of that, for it counts minutes.
    let restored = context.replica().generation(tx)?;
    let above = restored.map_or(0, |restored| u64::from(restored.generation));
    let announced = Announced {
        version: newest.map_or(1, |newest| newest.version + 1).max(above),
        sha256: new.sha256,
        edges: edges.len(),
        published_at_ms: context.now_ms(),
    };
    if !contents::is_stored(tx, new.sha256)? {
        contents::add_content(tx, new.sha256, &new.packed)?;
    }
    contents::add(tx, kind, scope, &announced)?;
    for edge in &edges {
        tell(context, tx, edge, kind, &announced)?;
    }
    Ok(announced)
}

/// Tells a new edge of everything published for it.
///
/// # Errors
/// [`ReplicaFailed`].
pub fn tell_all(context: &Context, tx: &mut Tx, edge: &Edge) -> Result<(), ReplicaFailed> {
    let by_fact = |kind: &ReferenceKind| kind.announced() == Told::ByFact;
    for kind in ReferenceKind::ALL.into_iter().filter(by_fact) {
        if let Some(announced) = newest(tx, kind, &Scope::of(kind, &edge.store_id))? {
            tell(context, tx, edge, kind, &announced)?;
        }
    }
    Ok(())
}

fn tell(
    context: &Context,
    tx: &mut Tx,
    edge: &Edge,
    kind: ReferenceKind,
    announced: &Announced,
) -> Result<(), ReplicaFailed> {
    let fact = ReferencePublished {
        reference: kind.word().to_owned(),
        version: announced.version,
        sha256: announced.sha256,
    };
    let place = context.place_on(&edge.days);
    context.replica().record(tx, edge.number, place, &fact)?;
    Ok(())
}
