//! What views lack that were made anew while bytes of stored records were damaged or gone.
//!
//! A view keeps what it was made of when a disk forgets the bytes, until it is made anew: then it
//! lacks those facts, and whoever makes it notes which. Once their right bytes come, the views that
//! lack them are folded anew, in the transaction that mends the bytes: a view folds a journal in
//! its order, so a fact in the middle cannot be added at the end. What never comes back is folded
//! into nothing, and asks for nothing at a start. Meanwhile nothing is promised on such views
//! ([`lacks_facts`]). It decides nothing about what is damaged.

use std::collections::BTreeSet;

use counterpart_protocol::documents::ChangeHash;
use counterpart_protocol::ids::EdgeNumber;

use super::record::ReplicaFailed;
use super::upgrade::stored;
use super::{Projection, Replica};
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

/// Tells whether a view of what `peer` and this node told each other was made anew without stored
/// facts, because their bytes are damaged: its sums may then promise what was promised before. It
/// ends with the mending, or with a rebuild by a person, who decides to go on without them.
///
/// # Errors
///
/// Those of the database.
pub fn lacks_facts(tx: &mut Tx, peer: EdgeNumber) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT peer FROM replica_lacking WHERE peer = $1 AND accepted = 0 LIMIT 1",
        params![peer.0],
    )?;
    Ok(row.is_some())
}

impl Replica {
    /// Folds those views anew that lack a fact whose bytes have come. Where more is stored than is
    /// folded without asking, the next rebuild does.
    pub(super) fn fold_mended(&self, tx: &mut Tx) -> Result<(), ReplicaFailed> {
        let mended = mended(tx)?;
        let views: Vec<&dyn Projection> = self
            .views()
            .filter(|view| mended.contains(view.name()))
            .collect();
        if views.is_empty() {
            return Ok(());
        }
        let names: Vec<&str> = views.iter().map(|view| view.name()).collect();
        let records = stored(tx)?;
        if records > self.inner.refolded_max {
            tracing::error!(
                records,
                views = ?names,
                "views lack facts whose bytes were mended: stop the program and run its command \
                 rebuild when there is time"
            );
            return Ok(());
        }
        let rebuilt = self.fold_anew(tx, &views)?;
        tracing::warn!(
            facts = rebuilt.facts,
            views = ?names,
            "views got the facts they lacked, whose bytes were mended"
        );
        Ok(())
    }
}

/// Notes that a view which is being made anew lacks a change.
pub(super) fn put_lacking(
    tx: &mut Tx,
    view: &dyn Projection,
    (change, peer): (ChangeHash, EdgeNumber),
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO replica_lacking (view, change_hash, peer) VALUES ($1, $2, $3)
         ON CONFLICT (view, change_hash, peer) DO NOTHING",
        params![view.name(), change.0, peer.0],
    )?;
    Ok(())
}

/// Returns what somebody who rebuilt goes without.
pub(super) fn accepted(tx: &mut Tx) -> Result<Vec<ChangeHash>, DbError> {
    let sql = "SELECT DISTINCT change_hash FROM replica_lacking WHERE accepted = 1";
    let rows = tx.query_all(sql, params![])?;
    rows.iter().map(|row| row.read(0).map(ChangeHash)).collect()
}

/// Keeps that somebody goes without these, where they are lacking still.
pub(super) fn accept(tx: &mut Tx, changes: &[ChangeHash]) -> Result<(), DbError> {
    for change in changes {
        tx.execute(
            "UPDATE replica_lacking SET accepted = 1 WHERE change_hash = $1",
            params![change.0],
        )?;
    }
    Ok(())
}

/// Somebody who rebuilt goes without everything that is lacking.
pub(super) fn accept_all(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute("UPDATE replica_lacking SET accepted = 1", params![])?;
    Ok(())
}

/// Forgets what a view lacks, before it is made anew.
pub(super) fn lacks_nothing(tx: &mut Tx, view: &dyn Projection) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM replica_lacking WHERE view = $1",
        params![view.name()],
    )?;
    Ok(())
}

/// Forgets those notes about a view whose changes never counted: records in quarantine, and those
/// that state again what another record stated first. The list of what counts is read only where
/// something is noted at all.
pub(super) fn forget_uncounted(tx: &mut Tx, view: &dyn Projection) -> Result<(), DbError> {
    let noted = tx.query_opt(
        "SELECT change_hash FROM replica_lacking WHERE view = $1 LIMIT 1",
        params![view.name()],
    )?;
    if noted.is_some() {
        tx.execute(
            "DELETE FROM replica_lacking
             WHERE view = $1 AND change_hash NOT IN (SELECT change_hash FROM facts)",
            params![view.name()],
        )?;
    }
    Ok(())
}

/// Notes that the right bytes of a change are here again.
pub(super) fn bytes_came(tx: &mut Tx, change: ChangeHash) -> Result<(), DbError> {
    if seeded::has(Bug::LackingNotFolded) {
        return Ok(());
    }
    tx.execute(
        "UPDATE replica_lacking SET mended = 1 WHERE change_hash = $1",
        params![change.0],
    )?;
    Ok(())
}

/// Names the views that lack a change whose bytes have come.
pub(super) fn mended(tx: &mut Tx) -> Result<BTreeSet<String>, DbError> {
    let rows = tx.query_all(
        "SELECT DISTINCT view FROM replica_lacking WHERE mended = 1",
        params![],
    )?;
    rows.iter().map(|row| row.read(0)).collect()
}
