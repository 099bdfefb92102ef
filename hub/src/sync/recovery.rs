//! One question of a store's new life: its older lives are fenced, and what they told is handed
//! back, in the transaction that looked.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::http::{Problem, RawBody};
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::RecoveryAsked;

use super::exchange::{frames, known, read_frames};
use super::refusals::SyncFailed;
use crate::context::Context;

/// Answers `POST /sync/v1/recovery`.
pub(super) async fn recovery(
    State(context): State<Context>,
    peer: PeerCertificate,
    RawBody(body): RawBody,
) -> Result<Response, Problem> {
    let edge = EdgeNumber(peer.edge.edge_number);
    let asked: RecoveryAsked = read_frames(edge, &body)?;
    if asked.edge != edge {
        return Err(SyncFailed::OtherEdge {
            certified: edge,
            said: asked.edge,
        }
        .into());
    }
    let replica = context.replica().clone();
    let answered = context.db().write(move |tx| {
        known(tx, edge)?;
        Ok::<_, SyncFailed>(replica.answer_recovery(tx, edge, &asked)?)
    });
    frames(edge, &answered.await?)
}
