//! Heals the world: everything is mended, everybody talks until there is nothing left to say.
//!
//! What must then be true is in `checks.rs`.

use std::collections::BTreeSet;

use counterpart_daemon::db::{DbError, Row, Tx, Value};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Replica, ReplicaFailed};
use counterpart_protocol::sync::Step;

use super::cover::State;
use super::disk::Disk;
use super::oracle::{Id, Violation};
use super::world::{STORES, World};

/// Round trips a store may need in the healed world: what it has fits a few batches, a damaged one
/// is sent again, and forwarded changes come back.
pub(super) const TRIPS_MAX: u32 = 40;
pub(super) fn unless(holds: bool, sentence: impl FnOnce() -> String) -> Result<(), Violation> {
    match holds {
        true => Ok(()),
        false => Err(Violation(sentence())),
    }
}

impl World {
    /// Mends everything, lets everybody talk until there is nothing left to say, and checks.
    ///
    /// # Errors
    ///
    /// The first [`Violation`].
    pub fn heal(&mut self) -> Result<(), Violation> {
        self.upgrade_all();
        for which in 0..=self.stores.len() {
            self.node(which).disk(Disk::mend);
            let deed = self.nobody(which);
            let started = self.at(which, State::Starting, &deed, None, |_, _, _| Ok(()))?;
            unless(started.is_some(), || format!("node {which} does not start"))?;
        }
        self.healed = true;
        for store in &mut self.stores {
            store.asked.clear();
            store.replied.clear();
            store.told.clear();
        }
        self.converge()?;
        self.mend()?;
        self.check()
    }

    /// Lets everybody talk until there is nothing left to say.
    pub(super) fn converge(&mut self) -> Result<(), Violation> {
        let mut trips = 0;
        loop {
            let before = self.said()?;
            for which in 1..=self.stores.len() {
                trips += self.talk(which)?;
            }
            self.lay_ghosts()?;
            if self.said()? == before {
                return Ok(());
            }
            let most = TRIPS_MAX * STORES;
            unless(trips < most, || {
                format!("not converged after {trips} round trips")
            })?;
        }
    }

    /// Exchanges until a store has nothing left to say, and returns how many round trips it took.
    pub(super) fn talk(&mut self, which: usize) -> Result<u32, Violation> {
        for trip in 1..TRIPS_MAX {
            if self.stores[which - 1].life > 1 {
                self.recover_wholly(which)?;
            }
            let session = &self.stores[which - 1].node.session;
            let Step::Exchange {
                after_seq,
                with_hashes,
            } = session.exchange()
            else {
                return Err(Violation(format!("the session of store {which} stopped")));
            };
            let deed = self.nobody(which);
            let asked = self.at(which, State::Asking, &deed, None, move |_, replica, tx| {
                replica.ask(tx, after_seq, with_hashes)
            })?;
            let sound = || Violation("a healed node fails".to_owned());
            let asked = asked.ok_or_else(sound)?;
            self.stores[which - 1].actor = Some(asked.hello.actor);
            let reply = self.answered(which, asked)?;
            let step = self.heard(which, reply.ok_or_else(sound)?)?;
            if step.ok_or_else(sound)? == Step::Listen {
                return Ok(trip);
            }
        }
        Err(Violation(format!(
            "store {which} still talks after {TRIPS_MAX} round trips"
        )))
    }

    /// How far all feeds go: nothing is left to say once a round does not change it.
    fn said(&mut self) -> Result<i64, Violation> {
        let mut sum = 0;
        for which in 0..=self.stores.len() {
            sum += self.number(
                which,
                "SELECT COALESCE(SUM(seq + acked_seq), 0) FROM feed_heads",
            )?;
        }
        Ok(sum)
    }

    pub(super) fn look<T: Send + 'static>(
        &mut self,
        which: usize,
        look: impl FnOnce(&Replica, &mut Tx) -> Result<T, ReplicaFailed> + Send + 'static,
    ) -> Result<T, Violation> {
        // A node that a trouble of the world ended is started by whoever looks at it. Nothing else
        // ends one: a panic in a command is a violation where it happens.
        let started = self.node(which).start();
        let looked = started.and_then(|()| self.node(which).write(look));
        looked.map_err(|failed| Violation(format!("node {which} cannot be read: {failed:?}")))
    }

    pub(super) fn number(&mut self, which: usize, sql: &'static str) -> Result<i64, Violation> {
        self.look(which, move |_, tx| {
            Ok(tx.query_one(sql, params![])?.read(0)?)
        })
    }

    pub(super) fn rows(&mut self, which: usize, sql: String) -> Result<Vec<Vec<Value>>, Violation> {
        self.look(which, move |_, tx| {
            let rows = tx.query_all(&sql, params![])?;
            let values = |row: &Row| (0..row.width()).map(|at| row.read::<Value>(at)).collect();
            Ok(rows.iter().map(values).collect::<Result<_, DbError>>()?)
        })
    }

    /// An acknowledged record is one the hub holds, durably.
    pub(super) fn ack_is_durable(&mut self, which: usize, acked: u64) -> Result<(), Violation> {
        if self.restored || !self.hub.runs() {
            return Ok(());
        }
        let edge = self.stores[which - 1].node.edge;
        let held = self.hub.write(move |_, tx| {
            let sql = "SELECT COALESCE(MAX(seq), 0) FROM feed_heads
                       WHERE direction = 'in' AND peer = $1";
            Ok(tx.query_one(sql, params![edge.0])?.read::<i64>(0)?)
        });
        // A disk that fails under the looking is nobody's fault.
        let Ok(held) = held else { return Ok(()) };
        unless(i64::try_from(acked).unwrap_or(i64::MAX) <= held, || {
            format!("store {which} believes {acked} of its records held, and {held} are")
        })
    }

    pub(super) fn held(&mut self, which: usize) -> Result<BTreeSet<Id>, Violation> {
        self.look(which, |_, tx| {
            let rows = tx.query_all("SELECT fact_id FROM facts", params![])?;
            rows.iter().map(|row| Ok(row.read(0)?)).collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Dice;
    use super::super::node::End;
    use super::World;

    #[test]
    fn whoever_looks_starts_a_node_that_a_trouble_ended() {
        let mut world = World::new(3);
        let mut dice = Dice::part(3, 0);
        world.node(1).end(End::Killed, &mut dice);
        assert!(!world.node(1).runs());
        assert!(world.held(1).is_ok());
        assert!(world.node(1).runs());
    }
}
