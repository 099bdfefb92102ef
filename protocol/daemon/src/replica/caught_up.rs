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
use counterpart_protocol::sync::{FeedHead, GenerationTold, Welcome};

use super::feeds::{Direction, Stream, int};
use crate::db::{DbError, Tx};
use crate::params;

/// Notes how far the hub said its feed goes, and, if `held` is as far as it ever said, that
/// everything up to there counts. A reply that was overtaken says less than an earlier one.
///
/// What an earlier generation of the hub said counts once the one that goes on has heard every
/// store: another one may have been told of what was taken back. Then it holds all that anybody has
/// of those runs, and what it had told of beyond that is known to nobody.
pub(super) fn note_told(
    tx: &mut Tx,
    stream: Stream,
    welcome: &Welcome,
    held: FeedHead,
) -> Result<(), DbError> {
    let (word, peer, run) = (stream.direction.word(), stream.peer.0, welcome.down.feed.0);
    let generation = welcome.generation;
    if let Some(told) = generation.filter(GenerationTold::is_settled) {
        tx.execute(
            "UPDATE feed_heads SET told_seq = seq, caught_up_seq = seq
             WHERE direction = $1 AND peer = $2 AND feed < $3 AND caught_up_seq < seq",
            params![word, peer, told.generation],
        )?;
    }
    // A peer may say any number.
    let seq = welcome.down.seq.min(i64::MAX.cast_unsigned());
    tx.execute(
        "UPDATE feed_heads SET told_seq = $4
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND told_seq < $4",
        params![word, peer, run, int(seq)],
    )?;
    if generation.is_some_and(|told| run < told.generation && !told.is_settled()) {
        return Ok(());
    }
    tx.execute(
        "UPDATE feed_heads SET caught_up_seq = $4
         WHERE direction = $1 AND peer = $2 AND feed = $3 AND told_seq <= $4
             AND caught_up_seq < $4",
        params![word, peer, run, int(held.seq)],
    )?;
    Ok(())
}

/// Tells, at a store, whether custody of an order came with more behind it that has not arrived:
/// what comes may take the custody back. Until it is here, nothing of the order is picked or handed
/// over. The same holds for a custody given by an earlier generation of the hub and sent again by
/// one that has not heard every store yet.
///
/// # Errors
///
/// Those of the database.
pub fn is_half_heard(tx: &mut Tx, order: OrderId) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT 1 FROM feed_heads h JOIN feed_records r
             ON r.direction = h.direction AND r.peer = h.peer AND r.feed = h.feed
         WHERE h.direction = $1 AND h.peer = $2 AND r.document = $3 AND r.kind = $4
             AND (r.seq > h.caught_up_seq OR EXISTS (
                 SELECT 1 FROM replica_hub k JOIN order_changes c ON c.document = r.document
                     AND c.change_hash = r.change_hash AND c.incarnation < k.generation
                 WHERE k.settled = 0 AND k.generation = h.feed))
         LIMIT 1",
        params![
            Direction::In.word(),
            EdgeNumber::HUB.0,
            DocumentId::Order(order).to_string(),
            Kind::CustodyGranted.number()
        ],
    )?;
    Ok(row.is_some())
}
