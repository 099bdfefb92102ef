//! Opening a new life: another writer with the data of an earlier one.

use counterpart_protocol::documents::Actor;
use counterpart_protocol::ids::{EdgeNumber, Incarnation, Writer};
use counterpart_protocol::lives::{LifeBecause, LifeOpened, next_life};
use counterpart_protocol::sync::{FeedId, Nonce};

use super::super::Replica;
use super::super::feeds::{head_of, newest_head};
use super::super::identity::Identity;
use super::super::orders::forget_documents;
use super::super::outbound::OpenFeeds;
use super::super::record::{Place, ReplicaFailed};
use super::{OWN, state};
use crate::db::{DbError, Tx};
use crate::entropy::random_bytes;
use crate::params;

impl Replica {
    /// Makes this edge a new life with the data it has: a new actor, a number above `known` and
    /// every one it has seen, a feed of its own. What the earlier lives had open is closed, and
    /// nothing is promised until [`Replica::hear_recovery`] ends the recovery.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] before enrolment; those of [`Replica::record`].
    pub fn open_life(
        &self,
        tx: &mut Tx,
        place: Place,
        because: LifeBecause,
        known: Option<Incarnation>,
    ) -> Result<Identity, ReplicaFailed> {
        self.open_life_since(tx, place, because, known, self.now_ms())
    }

    /// Opens a life that goes on with what another began at `opened_at_ms`.
    pub(super) fn open_life_since(
        &self,
        tx: &mut Tx,
        place: Place,
        because: LifeBecause,
        known: Option<Incarnation>,
        opened_at_ms: i64,
    ) -> Result<Identity, ReplicaFailed> {
        let before = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let newest = newest_head(tx, OWN)?.map_or(0, |row| row.head.feed.0);
        let highest = before
            .writer
            .incarnation
            .max(Incarnation(newest))
            .max(known.unwrap_or(Incarnation(0)));
        let entropy = self.inner.entropy.as_ref();
        let me = Identity {
            writer: Writer {
                edge: before.writer.edge,
                incarnation: next_life(highest, self.now_ms()),
            },
            actor: Actor(random_bytes(entropy)),
        };
        close_segments(tx)?;
        *tx.scratch::<OpenFeeds>() = OpenFeeds::default();
        forget_documents(tx);
        tx.execute(
            "UPDATE replica_identity SET incarnation = $1, actor = $2",
            params![me.writer.incarnation.0, me.actor.0],
        )?;
        let nonce = Nonce(random_bytes(entropy));
        state::begin(tx, nonce, because, opened_at_ms)?;
        let run = FeedId(before.writer.incarnation.0);
        let opened = LifeOpened {
            incarnation: me.writer.incarnation,
            before: before.writer.incarnation,
            held_seq: head_of(tx, OWN, run)?.map_or(0, |row| row.head.seq),
            because,
        };
        self.record(tx, EdgeNumber::HUB, place, &opened)?;
        Ok(me)
    }
}

/// Closes the segments the earlier lives would have gone on in.
pub(in super::super) fn close_segments(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute(
        "UPDATE documents SET state = 'closed' WHERE state = 'open' AND document IN (
             SELECT segment FROM feed_heads WHERE direction = 'out' AND segment IS NOT NULL)",
        params![],
    )?;
    Ok(())
}
