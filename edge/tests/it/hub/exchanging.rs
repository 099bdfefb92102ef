//! How the fake hub takes exchanges: whole, and in short unless it is an older program.

use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use counterpart_daemon::http::Problem;
use counterpart_daemon::replica::Answer;
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Exchange, SayWhole, is_short, pack, shorten_reply, unpack};

use super::FakeHub;

impl FakeHub {
    /// Puts an older program in this one's place, or this one back.
    pub(crate) fn be_older(&self, is_older: bool) {
        self.shared.is_older.store(is_older, Ordering::SeqCst);
    }

    /// Returns how many exchanges it was asked for, and how many it took in short.
    pub(crate) fn exchanges(&self) -> (u64, u64) {
        let count = |counter: &AtomicU64| counter.load(Ordering::SeqCst);
        (count(&self.shared.exchanges), count(&self.shared.in_short))
    }

    async fn whole(&self, edge: EdgeNumber, body: Bytes) -> Result<Exchange, SayWhole> {
        let whole = self
            .write(move |replica, tx| Ok(replica.lengthen(tx, edge, &body)?))
            .await?;
        self.shared.in_short.fetch_add(1, Ordering::SeqCst);
        Ok(whole)
    }
}

pub(super) async fn exchange(
    State(hub): State<FakeHub>,
    peer: PeerCertificate,
    body: Bytes,
) -> Response {
    hub.shared.exchanges.fetch_add(1, Ordering::SeqCst);
    if let Some(problem) = hub.shared.refuses.lock().unwrap().clone() {
        return problem.into_response();
    }
    let edge = EdgeNumber(peer.edge.edge_number);
    let is_older = hub.shared.is_older.load(Ordering::SeqCst);
    let in_short = is_short(&body);
    let exchange = match in_short {
        // An older program knows no form but the first.
        true if is_older => return StatusCode::BAD_REQUEST.into_response(),
        true => match hub.whole(edge, body).await {
            Ok(exchange) => exchange,
            Err(SayWhole) => return StatusCode::PRECONDITION_FAILED.into_response(),
        },
        false => unpack::<Exchange>(&body).unwrap(),
    };
    let asked = exchange.clone();
    let answer = hub
        .write(move |replica, tx| replica.answer(tx, edge, &exchange))
        .await;
    if hub.shared.loses_next_answer.swap(false, Ordering::SeqCst) {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    match answer {
        Answer::Reply(mut reply) => {
            if is_older {
                reply.welcome.short = None;
            }
            let short = shorten_reply(&reply, &asked).filter(|_| in_short);
            let body = short.unwrap_or_else(|| pack(&reply).unwrap());
            body.into_response()
        }
        turned => Problem::refused("edge_refused", format!("{turned:?}")).into_response(),
    }
}
