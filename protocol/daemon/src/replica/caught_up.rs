//! How much of what the hub has said a store has heard: it acts on a custody only with what the
//! hub said behind it.
//!
//! The hub takes an allocation back by itself while its custody was never framed to the store. The
//! custody still goes out, its withdrawal behind it, and a store that is far behind gets the two in
//! different batches. Between them the line may go. So each welcome says how far the hub's feed
//! went when the batch was cut, in the transaction that marks it as sent, and a custody counts once
//! the store has come that far: whatever was withdrawn before it left is then known.
//! (`protocol/tests/it/custody.rs` models it; `HeardInPieces` is this rule left out.)

use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{DocumentId, EdgeNumber, OrderId};
use counterpart_protocol::sync::{FeedHead, FeedId};

use super::feeds::{Direction, Stream, int};
use crate::db::{DbError, Tx};
use crate::params;

/// Notes how far the peer said its feed goes, and, if `held` is as far as it ever said, that
/// everything up to there counts. A reply that was overtaken says less than an earlier one.
pub(super) fn note_told(
    tx: &mut Tx,
    stream: Stream,
    told: FeedHead,
    held: FeedHead,
) -> Result<(), DbError> {
    let (word, peer, feed) = (stream.direction.word(), stream.peer.0, told.feed.0);
    // A peer may say any number.
    let told = told.seq.min(i64::MAX.cast_unsigned());
    tx.execute(
        "UPDATE feed_heads SET told_seq = $4
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND told_seq < $4",
        params![word, peer, feed, int(told)],
    )?;
    tx.execute(
        "UPDATE feed_heads SET caught_up_seq = $4
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND told_seq <= $4
             AND caught_up_seq < $4",
        params![word, peer, feed, int(held.seq)],
    )?;
    Ok(())
}

/// Lets everything the hub said before its run `run` count: it was restored, holds by now all that
/// anybody has of those runs, and what it had told of beyond that is known to nobody.
pub(super) fn settle_before(tx: &mut Tx, stream: Stream, run: FeedId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE feed_heads SET told_seq = seq, caught_up_seq = seq
         WHERE direction = $1 AND peer = $2 AND feed < $3 AND caught_up_seq < seq",
        params![stream.direction.word(), stream.peer.0, run.0],
    )?;
    Ok(())
}

/// Tells, at a store, whether custody of an order came with more behind it that has not arrived:
/// what comes may take the custody back. Until the line is back, nothing of the order is picked or
/// handed over.
///
/// # Errors
///
/// Those of the database.
pub fn is_half_heard(tx: &mut Tx, order: OrderId) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT 1 FROM feed_heads h JOIN feed_records r
             ON r.direction = h.direction AND r.peer = h.peer AND r.feed = h.feed
                 AND r.seq > h.caught_up_seq
         WHERE h.direction = $1 AND h.peer = $2 AND r.document = $3 AND r.kind = $4 LIMIT 1",
        params![
            Direction::In.word(),
            EdgeNumber::HUB.0,
            DocumentId::Order(order).to_string(),
            Kind::CustodyGranted.number()
        ],
    )?;
    Ok(row.is_some())
}
