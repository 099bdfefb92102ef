//! After an upgrade: views that understand more than they did are folded anew.
//!
//! A program that does not know a kind of fact keeps it all the same, and a view that is new has
//! seen nothing yet. So the database notes, per view, which kinds it was folded from and by which
//! version of its rules; where a start finds that stored facts are missing in a view, it folds that
//! view again.

use std::collections::{BTreeMap, BTreeSet};

use counterpart_protocol::facts::Kind;

use super::rebuild::Rebuilt;
use super::record::ReplicaFailed;
use super::{Projection, Replica};
use crate::db::{DbError, Tx};
use crate::params;

/// How many records are folded anew without asking: a minute's work or two. A database that holds
/// more is a large hub's, whose operator chooses the hour.
pub const REFOLDED_MAX: u64 = 1_000_000;

/// What a start found about its views.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refolded {
    /// They are what this program would make of the stored facts.
    Current,
    /// These were folded anew.
    Anew(Vec<&'static str>, Rebuilt),
    /// These are behind, and more is stored than is folded without asking: run a rebuild.
    Behind(Vec<&'static str>),
}

impl Replica {
    /// Folds views anew that an upgrade left behind the stored facts.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed`]; the views stay as they were.
    pub fn refold(&self, tx: &mut Tx) -> Result<Refolded, ReplicaFailed> {
        let behind = self.behind(tx)?;
        if behind.is_empty() {
            self.note_views(tx)?;
            return Ok(Refolded::Current);
        }
        let names: Vec<&str> = behind.iter().map(|view| view.name()).collect();
        let records = stored(tx)?;
        if records > REFOLDED_MAX {
            tracing::error!(
                records,
                views = ?names,
                "views lack facts this program understands and the last one did not: stop the \
                 program and run its command rebuild when there is time"
            );
            return Ok(Refolded::Behind(names));
        }
        tracing::info!(records, views = ?names, "folding views anew after an upgrade");
        let rebuilt = self.fold_anew(tx, &behind)?;
        self.note_views(tx)?;
        tracing::info!(facts = rebuilt.facts, "views are folded anew");
        Ok(Refolded::Anew(names, rebuilt))
    }

    /// Returns the views that lack stored facts they now understand.
    fn behind(&self, tx: &mut Tx) -> Result<Vec<&dyn Projection>, DbError> {
        let noted = noted(tx)?;
        let mut kept = None;
        let mut behind = Vec::new();
        for view in self.views() {
            let before = noted.get(view.name());
            let same = before.filter(|before| before.version >= view.version());
            let folded = |kind: &Kind| same.is_some_and(|one| one.kinds.contains(&kind.number()));
            let mut lacking = view.kinds().iter().filter(|kind| !folded(kind)).peekable();
            if lacking.peek().is_none() {
                continue;
            }
            if kept.is_none() {
                kept = Some(kinds_kept(tx)?);
            }
            let kept = kept.get_or_insert_with(BTreeSet::new);
            if lacking.any(|kind| kept.contains(&kind.number())) {
                behind.push(view);
            }
        }
        Ok(behind)
    }

    /// Notes what the views are folded from, as they are now. What a newer program noted stays:
    /// several may share a database while they are upgraded one by one.
    pub(super) fn note_views(&self, tx: &mut Tx) -> Result<(), DbError> {
        let noted = noted(tx)?;
        for view in self.views() {
            let mut now = Noted {
                version: view.version(),
                kinds: view.kinds().iter().map(|kind| kind.number()).collect(),
            };
            if let Some(before) = noted.get(view.name()) {
                if before.version > now.version {
                    continue;
                }
                now.kinds.extend(&before.kinds);
                if *before == now {
                    continue;
                }
            }
            let kinds: Vec<String> = now.kinds.iter().map(u32::to_string).collect();
            tx.execute(
                "INSERT INTO replica_views (name, version, kinds) VALUES ($1, $2, $3)
                 ON CONFLICT (name) DO UPDATE SET version = excluded.version,
                     kinds = excluded.kinds",
                params![view.name(), now.version, kinds.join(" ")],
            )?;
        }
        Ok(())
    }
}

/// What a view was folded from.
#[derive(Debug, PartialEq, Eq)]
struct Noted {
    version: u32,
    kinds: BTreeSet<u32>,
}

fn noted(tx: &mut Tx) -> Result<BTreeMap<String, Noted>, DbError> {
    let rows = tx.query_all("SELECT name, version, kinds FROM replica_views", params![])?;
    rows.iter()
        .map(|row| {
            let kinds: String = row.read(2)?;
            let noted = Noted {
                version: row.read(1)?,
                kinds: kinds
                    .split(' ')
                    .filter_map(|one| one.parse().ok())
                    .collect(),
            };
            Ok((row.read(0)?, noted))
        })
        .collect()
}

/// Returns the kinds of all facts that are stored, known to this program or not.
fn kinds_kept(tx: &mut Tx) -> Result<BTreeSet<u32>, DbError> {
    let rows = tx.query_all(
        "SELECT DISTINCT kind FROM feed_records UNION SELECT DISTINCT kind FROM order_changes",
        params![],
    )?;
    rows.iter().map(|row| row.read(0)).collect()
}

fn stored(tx: &mut Tx) -> Result<u64, DbError> {
    let row = tx.query_one("SELECT COUNT(*) FROM feed_records", params![])?;
    Ok(row.read::<i64>(0)?.cast_unsigned())
}
