//! One question of a store that compares its records with the hub's.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::http::{Problem, RawBody};
use counterpart_daemon::replica::needs_writing;
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::ComparisonAsked;

use super::exchange::{frames, known, read_frames};
use super::refusals::SyncFailed;
use crate::context::Context;

/// Answers `POST /sync/v1/comparison`.
pub(super) async fn comparison(
    State(context): State<Context>,
    peer: PeerCertificate,
    RawBody(body): RawBody,
) -> Result<Response, Problem> {
    let edge = EdgeNumber(peer.edge.edge_number);
    let asked: ComparisonAsked = read_frames(edge, &body)?;
    if asked.edge != edge {
        return Err(SyncFailed::OtherEdge {
            certified: edge,
            said: asked.edge,
        }
        .into());
    }
    let (replica, writes) = (context.replica().clone(), needs_writing(&asked));
    let answer = move |tx: &mut _| {
        known(tx, edge)?;
        Ok::<_, SyncFailed>(replica.answer_comparison(tx, edge, &asked)?)
    };
    let told = match writes {
        true => context.db().write(answer).await?,
        false => context.db().read(answer).await?,
    };
    frames(edge, &told)
}
