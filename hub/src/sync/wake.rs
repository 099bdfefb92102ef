//! The long poll: held open until the hub has something for the edge, or the time is up.
//!
//! It carries no records; the edge fetches them by an exchange.

use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterpart_daemon::db::Tx;
use counterpart_daemon::http::{Json, Problem, Query};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::enrolment::FeedNews;
use counterpart_protocol::ids::EdgeNumber;
use serde::Deserialize;
use tokio::time::{Instant, sleep_until};

use super::CONTACT;
use super::exchange::known;
use super::refusals::SyncFailed;
use crate::context::Context;

/// The longest an edge may ask to be held, in seconds; the listener's own limit is 30.
const HELD_S_MAX: u64 = 25;

/// How far the edge has come in the hub's feed, and how long it waits.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Asked {
    /// The run of the feed it knows; 0 if it knows none.
    feed: u32,
    /// The last record it holds.
    after: u64,
    /// How long it wants to be held, in seconds.
    #[serde(default = "usual_timeout_s")]
    timeout_s: u64,
}

fn usual_timeout_s() -> u64 {
    HELD_S_MAX
}

/// Answers `GET /sync/v1/wake`: 200 with how far the feed goes once that is further than the edge,
/// 204 when the time is up.
pub(super) async fn wake(
    State(context): State<Context>,
    peer: PeerCertificate,
    Query(asked): Query<Asked>,
) -> Result<Response, Problem> {
    let edge = EdgeNumber(peer.edge.edge_number);
    let until = Instant::now() + Duration::from_secs(asked.timeout_s.min(HELD_S_MAX));
    let mut watch = context.replica().watch_feed(edge);
    let holds = FeedNews {
        feed: asked.feed,
        seq: asked.after,
    };
    let _call = context.presence().enter(edge, holds);
    let mut first = true;
    loop {
        watch.mark_unchanged();
        let within = context.clone();
        let news = context
            .db()
            .read(move |tx| head(&within, tx, edge, holds))
            .await?;
        if news.feed != asked.feed || news.seq > asked.after {
            return Ok(Json(news).into_response());
        }
        if first {
            context.live().publish(CONTACT);
            first = false;
        }
        tokio::select! {
            changed = watch.changed() => {
                if changed.is_err() {
                    return Err(stopping());
                }
            }
            () = sleep_until(until) => return Ok(StatusCode::NO_CONTENT.into_response()),
            () = context.streams().cancelled() => return Err(stopping()),
        }
    }
}

fn stopping() -> Problem {
    Problem::failed(
        "stopping",
        "the hub is stopping: it will be back in a moment",
    )
}

/// Returns how far the feed goes that the edge is to read. A restored hub has nothing to say before
/// the edge has told it what it knows.
fn head(
    context: &Context,
    tx: &mut Tx,
    edge: EdgeNumber,
    holds: FeedNews,
) -> Result<FeedNews, SyncFailed> {
    known(tx, edge)?;
    if context.replica().waits_for(tx, edge)? {
        return Ok(holds);
    }
    let identity = context.replica().identity(tx)?;
    let identity = identity.ok_or(ReplicaFailed::NoIdentity)?;
    Ok(FeedNews {
        feed: identity.writer.incarnation.0,
        seq: context.replica().up_state(tx, edge)?.head_seq,
    })
}
