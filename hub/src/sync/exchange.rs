//! One exchange: the edge's records in, the hub's out, in one transaction.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, RawBody};
use counterpart_daemon::replica::Answer;
use counterpart_daemon::tls::PeerCertificate;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    BatchRefused, Exchange, Greeting, Hello, Reply, WireBody, is_short, pack, shorten_reply, unpack,
};

use super::edges::{self, Edge, Heard, Refused};
use super::hearing;
use super::refusals::{SyncFailed, fenced, sentence};
use super::{CONTACT, FACTS};
use crate::context::Context;

/// The media type of packed frames.
const FRAMES: &str = "application/octet-stream";

/// Answers `POST /sync/v1/exchange`.
pub(super) async fn exchange(
    State(context): State<Context>,
    peer: PeerCertificate,
    RawBody(body): RawBody,
) -> Result<Response, Problem> {
    let edge = EdgeNumber(peer.edge.edge_number);
    let in_short = is_short(&body);
    let exchange = match in_short {
        true => whole(&context, edge, body).await?,
        false => read_frames(edge, &body)?,
    };
    let said = exchange.hello.edge;
    if said != edge {
        return Err(SyncFailed::OtherEdge {
            certified: edge,
            said,
        }
        .into());
    }
    let within = context.clone();
    let answered = context.db().write(move |tx| {
        let answered = answer(&within, tx, edge, &exchange)?;
        Ok::<_, SyncFailed>(answered.map(|reply| (reply, exchange)))
    });
    let (reply, asked) = match answered.await? {
        Ok(answered) => answered,
        Err(Turned::Away(greeting)) => return Err(SyncFailed::Refused(greeting).into()),
        Err(Turned::Outlived(newer)) => return Err(SyncFailed::Outlived(newer).into()),
    };
    // Whoever asks in short reads answers in short.
    match shorten_reply(&reply, &asked).filter(|_| in_short) {
        Some(short) => Ok(([(CONTENT_TYPE, FRAMES)], short).into_response()),
        None => frames(edge, &reply),
    }
}

/// Makes whole what an edge said in short. It takes a reader's turn, not the writer's: what is held
/// of the edge may change until the exchange is answered, and is looked at again then.
async fn whole(context: &Context, edge: EdgeNumber, body: Bytes) -> Result<Exchange, Problem> {
    let replica = context.replica().clone();
    let read = context
        .db()
        .read(move |tx| known(tx, edge).and_then(|_| Ok(replica.lengthen(tx, edge, &body)?)));
    read.await?.map_err(|_| SyncFailed::SayWhole.into())
}

/// Reads what an edge sent.
pub(super) fn read_frames<T: WireBody>(edge: EdgeNumber, body: &[u8]) -> Result<T, Problem> {
    unpack(body).map_err(|refused| {
        tracing::warn!(edge.id = edge.0, reason = %refused, "could not read an exchange");
        let detail = format!("the message could not be read: {refused}; it will be sent again");
        Problem::unreadable(detail)
    })
}

/// Returns what an edge is answered, as it travels.
pub(super) fn frames<T: WireBody>(edge: EdgeNumber, reply: &T) -> Result<Response, Problem> {
    let packed = pack(reply).map_err(|failed| {
        tracing::error!(edge.id = edge.0, error = %failed, "could not pack a reply");
        Problem::failed("reply_too_large", "the hub's answer is too large to send")
    })?;
    Ok(([(CONTENT_TYPE, FRAMES)], packed).into_response())
}

/// Why an exchange is not answered.
enum Turned {
    /// The hub does not go on with this replica.
    Away(Greeting),
    /// The edge knows this newer generation of the hub.
    Outlived(u32),
}

/// Answers inside the transaction. A refusal is stored too, so that the console can show it.
fn answer(
    context: &Context,
    tx: &mut Tx,
    number: EdgeNumber,
    exchange: &Exchange,
) -> Result<Result<Reply, Turned>, SyncFailed> {
    let edge = known(tx, number)?;
    let now_ms = context.now_ms();
    let outcome = match context.replica().answer(tx, number, exchange)? {
        Answer::Reply(mut reply) => {
            if let Some(told) = &mut reply.welcome.generation {
                hearing::say_settled(context, tx, told)?;
            }
            note_reply(tx, number, &exchange.hello, &reply, now_ms)?;
            Ok(reply)
        }
        Answer::Outlived(newer) => {
            tracing::error!(
                edge.id = number.0,
                generation = newer,
                "a store knows a newer generation of this hub: this one is over, or an old backup"
            );
            return Ok(Err(Turned::Outlived(newer)));
        }
        Answer::Refused(greeting) => {
            let because = sentence(&greeting);
            tracing::warn!(
                edge.id = number.0,
                store.id = %edge.store_id,
                because,
                "refused an edge"
            );
            let refused = Refused {
                at_ms: now_ms,
                because,
            };
            edges::note_refused(tx, number, &refused)?;
            if is_of_another_machine(&greeting) {
                edges::note_copied(tx, number, now_ms)?;
            }
            Err(Turned::Away(greeting))
        }
    };
    let live = context.live().clone();
    // What a restored hub hears may let it go on with orders.
    let tells = exchange.hello.met.as_ref();
    let tells = tells.is_some_and(|met| met.runs.is_some());
    let topic = match exchange.up.is_some() || tells {
        true => FACTS,
        false => CONTACT,
    };
    let within = context.clone();
    tx.on_commit(Box::new(move || {
        live.publish(topic);
        if topic == FACTS {
            within.settling().wake.notify_one();
        }
    }));
    Ok(outcome)
}

/// Notes what an answered exchange says of the edge. Of a life that was replaced: that somebody has
/// to switch its machine off; how far the newer one is stays as it is.
fn note_reply(
    tx: &mut Tx,
    number: EdgeNumber,
    hello: &Hello,
    reply: &Reply,
    now_ms: i64,
) -> Result<(), DbError> {
    if let Some(newer) = reply.welcome.fenced_by {
        let refused = Refused {
            at_ms: now_ms,
            because: fenced(newer),
        };
        edges::note_refused(tx, number, &refused)?;
        return edges::note_copied(tx, number, now_ms);
    }
    edges::note_heard(tx, number, heard(hello, reply, now_ms))?;
    if reply.refused == Some(BatchRefused::Fork) {
        edges::note_copied(tx, number, now_ms)?;
    }
    Ok(())
}

/// Tells whether a refusal means that two machines bear one identity, or one its past.
const fn is_of_another_machine(greeting: &Greeting) -> bool {
    matches!(greeting, Greeting::Cloned | Greeting::Forked { .. })
}

/// Returns the edge if it may sync.
///
/// # Errors
/// [`SyncFailed::Unknown`], [`SyncFailed::Blocked`], those of the database.
pub fn known(tx: &mut Tx, number: EdgeNumber) -> Result<Edge, SyncFailed> {
    let edge = edges::by_number(tx, number)?.ok_or(SyncFailed::Unknown(number))?;
    match edge.blocked_at_ms {
        Some(_) => Err(SyncFailed::Blocked(number)),
        None => Ok(edge),
    }
}

fn heard(hello: &Hello, reply: &Reply, now_ms: i64) -> Heard {
    let stored = |seq: u64| i64::try_from(seq).unwrap_or(i64::MAX);
    Heard {
        incarnation: Some(hello.incarnation),
        said_seq: stored(hello.up.seq),
        held_seq: stored(reply.welcome.up.seq),
        clock_off_ms: Some(hello.wall_ms.saturating_sub(now_ms)),
        contact_at_ms: Some(now_ms),
    }
}
