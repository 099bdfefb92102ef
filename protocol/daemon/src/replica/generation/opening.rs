//! Opening a generation: the hub goes on as another writer with the data of an earlier one.

use counterpart_protocol::documents::Actor;
use counterpart_protocol::generations::{GenerationOpened, next_generation};
use counterpart_protocol::ids::{EdgeNumber, Incarnation, Writer};
use counterpart_protocol::lives::LifeBecause;
use counterpart_protocol::sync::FeedId;

use super::super::Replica;
use super::super::feeds::{Direction, Stream, head_of, latest_hlc};
use super::super::identity::Identity;
use super::super::orders::forget_documents;
use super::super::outbound::OpenFeeds;
use super::super::record::{Place, ReplicaFailed};
use super::super::recovery::close_segments;
use super::{Generation, state};
use crate::db::Tx;
use crate::entropy::random_bytes;
use crate::params;

impl Replica {
    /// Makes this hub a new generation with the data it has: a new actor, a number above `known`
    /// and every one it has seen, a run of its own in the feed of each edge. Nothing may be
    /// promised for an edge until it was heard ([`Replica::unheard`]).
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] when it is no hub yet; those of [`Replica::record`].
    pub fn open_generation(
        &self,
        tx: &mut Tx,
        place: Place,
        because: LifeBecause,
        known: Option<u32>,
    ) -> Result<Generation, ReplicaFailed> {
        let before = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let highest = before
            .writer
            .incarnation
            .0
            .max(known.unwrap_or(0))
            .max(state::highest_told(tx)?);
        let last = i64::try_from(latest_hlc(tx)?.at_ms()).ok();
        let opened = Generation {
            generation: next_generation(highest, self.now_ms()),
            because,
            opened_at_ms: self.now_ms(),
            unproven_from_ms: last.filter(|at_ms| *at_ms > 0),
        };
        let me = Identity {
            writer: Writer {
                edge: before.writer.edge,
                incarnation: Incarnation(opened.generation),
            },
            actor: Actor(random_bytes(self.inner.entropy.as_ref())),
        };
        close_segments(tx)?;
        *tx.scratch::<OpenFeeds>() = OpenFeeds::default();
        forget_documents(tx);
        tx.execute(
            "UPDATE replica_identity SET incarnation = $1, actor = $2",
            params![me.writer.incarnation.0, me.actor.0],
        )?;
        state::begin(tx, &opened)?;
        for edge in state::peers(tx)? {
            self.state_opened(tx, place, edge, &opened, before.writer.incarnation)?;
        }
        Ok(opened)
    }

    fn state_opened(
        &self,
        tx: &mut Tx,
        place: Place,
        edge: EdgeNumber,
        opened: &Generation,
        before: Incarnation,
    ) -> Result<(), ReplicaFailed> {
        let outbound = Stream {
            direction: Direction::Out,
            peer: edge,
        };
        let held = head_of(tx, outbound, FeedId(before.0))?;
        let body = GenerationOpened {
            generation: opened.generation,
            before: before.0,
            held_seq: held.map_or(0, |row| row.head.seq),
            because: opened.because,
            unproven_from_ms: opened.unproven_from_ms,
        };
        self.record(tx, edge, place, &body)?;
        Ok(())
    }
}
