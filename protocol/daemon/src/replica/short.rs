//! What both ends of an exchange in short take from their tables: the last records before a batch.
//!
//! What is said in short, and how it is made whole, is the protocol's (`sync::short`).

use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{
    BEFORE_RECORDS, Before, EdgeHeld, Exchange, FeedId, SayWhole, lengthen,
};

use super::Replica;
use super::exchange::UP;
use super::feeds::{Direction, Stream, chain_at, newest_head, records_after};
use crate::db::{DbError, Tx};

impl Replica {
    /// Returns the last records before those an exchange of ours tells: what the hub holds, too.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn told_before(&self, tx: &mut Tx, exchange: &Exchange) -> Result<Vec<Before>, DbError> {
        match &exchange.up {
            Some(batch) => before(tx, UP, batch.feed, batch.first_seq.saturating_sub(1)),
            None => Ok(Vec::new()),
        }
    }

    /// Makes whole what an edge said in short, from what the hub holds of it. It reads only: what
    /// the exchange means is decided when it is answered.
    ///
    /// # Errors
    ///
    /// Those of the database; [`SayWhole`] within when what is held does not lead to it.
    pub fn lengthen(
        &self,
        tx: &mut Tx,
        edge: EdgeNumber,
        body: &[u8],
    ) -> Result<Result<Exchange, SayWhole>, DbError> {
        let stream = |direction| Stream {
            direction,
            peer: edge,
        };
        let inbound = stream(Direction::In);
        let Some(row) = newest_head(tx, inbound)? else {
            return Ok(Err(SayWhole));
        };
        let by = EdgeHeld {
            edge,
            actor: row.actor,
            held: row.head,
            before: before(tx, inbound, row.head.feed, row.head.seq)?,
        };
        let outbound = stream(Direction::Out);
        lengthen(body, &by, |feed, seq| chain_at(tx, outbound, feed, seq))
    }
}

/// Returns the last records of a run up to number `seq`, as far as their bytes are kept.
fn before(tx: &mut Tx, stream: Stream, feed: FeedId, seq: u64) -> Result<Vec<Before>, DbError> {
    let from = seq.saturating_sub(u64::from(BEFORE_RECORDS));
    let limit = u32::try_from(seq - from).expect("no more than are remembered");
    let stored = records_after(tx, stream, feed, from, limit)?;
    let known = stored.into_iter().filter_map(|one| {
        Some(Before {
            document: one.record.document,
            change: one.change?,
        })
    });
    Ok(known.collect())
}
