//! Snapshots of what the hub owns and stores read: published, announced to edges, served by hash.
//!
//! What is in them is the slices' business; here they are bytes with a kind, a scope and a version.

use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::http::{Path, Problem};
use counterpart_daemon::params;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::facts::ReferencePublished;
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::reference::{ReferenceKind, Snapshot};

use super::edges::{self, Edge};
use super::exchange::known;
use super::refusals::SyncFailed;
use crate::context::Context;

/// How many publications of a kind and scope are kept: an edge may still ask for the one before.
const KEPT: i64 = 3;
/// Says which publication a snapshot is.
const VERSION_HEADER: HeaderName = HeaderName::from_static("x-reference-version");

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
            ReferenceKind::Catalog => Self::Everywhere,
            ReferenceKind::Roster => Self::Store(store_id.clone()),
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
}

/// Publishes a snapshot: stored, and told to every edge that reads it, in the caller's transaction.
/// The same bytes again change nothing.
///
/// # Errors
/// [`ReplicaFailed`]; the caller returns it, so that nothing is kept.
pub fn publish(
    context: &Context,
    tx: &mut Tx,
    kind: ReferenceKind,
    scope: &Scope,
    snapshot: &Snapshot,
) -> Result<Announced, ReplicaFailed> {
    let newest = newest(tx, kind, scope)?;
    if let Some(same) = newest.filter(|newest| newest.sha256 == snapshot.sha256) {
        return Ok(same);
    }
    let version = newest.map_or(1, |newest| newest.version + 1);
    let stored = i64::try_from(version).expect("versions are counted one by one");
    tx.execute(
        "INSERT INTO reference_snapshots (kind, scope, version, sha256, bytes, published_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)",
        params![
            kind.word(),
            scope.word(),
            stored,
            snapshot.sha256,
            &snapshot.bytes,
            context.now_ms(),
        ],
    )?;
    tx.execute(
        "DELETE FROM reference_snapshots WHERE kind = $1 AND scope = $2 AND version <= $3",
        params![kind.word(), scope.word(), stored - KEPT],
    )?;
    let edges: Vec<Edge> = edges::all(tx)?
        .into_iter()
        .filter(|edge| Scope::of(kind, &edge.store_id) == *scope)
        .collect();
    let announced = Announced {
        version,
        sha256: snapshot.sha256,
        edges: edges.len(),
    };
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
    for kind in ReferenceKind::ALL {
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
    let place = context.place_in(&edge.time_zone);
    context.replica().record(tx, edge.number, place, &fact)?;
    Ok(())
}

/// Returns the newest publication of a kind in a scope.
///
/// # Errors
/// Those of the database.
pub fn newest(
    tx: &mut Tx,
    kind: ReferenceKind,
    scope: &Scope,
) -> Result<Option<Announced>, DbError> {
    let row = tx.query_opt(
        "SELECT version, sha256 FROM reference_snapshots WHERE kind = $1 AND scope = $2
         ORDER BY version DESC LIMIT 1",
        params![kind.word(), scope.word()],
    )?;
    let announced = |row: Row| {
        Ok(Announced {
            version: row.read::<i64>(0)?.cast_unsigned(),
            sha256: row.read(1)?,
            edges: 0,
        })
    };
    row.map(announced).transpose()
}

/// A stored snapshot, ready to be sent.
struct Stored {
    version: i64,
    etag: String,
    bytes: Vec<u8>,
}

/// Answers `GET /sync/v1/reference/{kind}` with the newest snapshot this edge reads; its ETag is
/// the SHA-256 of the bytes in hexadecimal digits.
pub(super) async fn snapshot(
    State(context): State<Context>,
    peer: PeerCertificate,
    Path(kind): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let kind: ReferenceKind = kind.parse().map_err(
        |refused: counterpart_protocol::reference::ReferenceRefused| {
            Problem::not_found(refused.to_string())
        },
    )?;
    let edge = EdgeNumber(peer.edge.edge_number);
    let found = context.db().read(move |tx| stored(tx, edge, kind)).await?;
    let Some(found) = found else {
        let detail = format!("the hub has published no {kind} for this store yet");
        return Err(Problem::not_found(detail));
    };
    let version = HeaderValue::from(found.version);
    let etag = HeaderValue::from_str(&found.etag).expect("hexadecimal digits fit a header");
    let known = headers
        .get(IF_NONE_MATCH)
        .is_some_and(|known| *known == etag);
    let marks = [(ETAG, etag), (VERSION_HEADER, version)];
    if known {
        return Ok((StatusCode::NOT_MODIFIED, marks).into_response());
    }
    let json = [(CONTENT_TYPE, HeaderValue::from_static("application/json"))];
    Ok((marks, json, found.bytes).into_response())
}

fn stored(
    tx: &mut Tx,
    number: EdgeNumber,
    kind: ReferenceKind,
) -> Result<Option<Stored>, SyncFailed> {
    let edge = known(tx, number)?;
    let scope = Scope::of(kind, &edge.store_id);
    let row = tx.query_opt(
        "SELECT version, sha256, bytes FROM reference_snapshots WHERE kind = $1 AND scope = $2
         ORDER BY version DESC LIMIT 1",
        params![kind.word(), scope.word()],
    )?;
    let stored = |row: Row| {
        let sha256: [u8; 32] = row.read(1)?;
        let digits: String = sha256.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Stored {
            version: row.read(0)?,
            etag: format!("\"{digits}\""),
            bytes: row.read(2)?,
        })
    };
    row.map(stored).transpose()
}
