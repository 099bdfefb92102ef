//! Nodes that go on with the data of an earlier life.

use std::collections::BTreeSet;
use std::sync::PoisonError;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Recovering, Replica, ReplicaFailed};
use counterpart_protocol::lives::LifeBecause;
use counterpart_protocol::sync::RecoveryTold;

use super::super::oracle::{Id, Said};
use super::{Deed, Done};

fn ids(tx: &mut Tx) -> Result<BTreeSet<Id>, DbError> {
    let rows = tx.query_all("SELECT fact_id FROM facts", params![])?;
    rows.iter().map(|row| row.read(0)).collect()
}

/// Returns the facts that a store's life itself told the hub.
fn ids_of(tx: &mut Tx, life: u32) -> Result<BTreeSet<Id>, DbError> {
    let rows = tx.query_all(
        "SELECT f.fact_id FROM facts f JOIN feed_records r ON r.change_hash = f.change_hash
         WHERE r.direction = 'out' AND r.feed = $1",
        params![life],
    )?;
    rows.iter().map(|row| row.read(0)).collect()
}

/// Returns the number of the life a node is in.
pub(in super::super) fn life(replica: &Replica, tx: &mut Tx) -> Result<u32, ReplicaFailed> {
    let me = replica.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
    Ok(me.writer.incarnation.0)
}

impl Deed {
    /// Notes that a node opened a life of its own: what it states of that counts nowhere.
    fn note_opened(&self, tx: &mut Tx, before: &BTreeSet<Id>) -> Result<(), DbError> {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let new = ids(tx)?.into_iter().filter(|id| !before.contains(id));
        notes.extend(new.map(|id| (id, Said::Opened)));
        Ok(())
    }

    /// Opens a new generation at the hub, with the data of an older one.
    pub fn open_generation(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let before = ids(tx)?;
        replica.open_generation(tx, self.place(), LifeBecause::Restored, None)?;
        self.note_opened(tx, &before)?;
        Ok(true)
    }

    /// Opens a new life at a store, with the data of an older one; returns its number.
    pub fn open_life(&self, replica: &Replica, tx: &mut Tx) -> Result<u32, ReplicaFailed> {
        let before = ids(tx)?;
        replica.open_life(tx, self.place(), LifeBecause::Restored, None)?;
        self.note_opened(tx, &before)?;
        life(replica, tx)
    }

    /// Takes in what a hub told a store that recovers. A life whose number the hub knew already is
    /// opened once more.
    pub fn hear_recovery(
        &self,
        replica: &Replica,
        tx: &mut Tx,
        told: &RecoveryTold,
    ) -> Result<(Recovering, u32), ReplicaFailed> {
        let before = ids(tx)?;
        let heard = replica.hear_recovery(tx, self.place(), told)?;
        let life = life(replica, tx)?;
        // What came back from the hub is of earlier lives.
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        let new = ids_of(tx, life)?;
        let new = new.into_iter().filter(|id| !before.contains(id));
        notes.extend(new.map(|id| (id, Said::Opened)));
        drop(notes);
        Ok((heard, life))
    }
}
