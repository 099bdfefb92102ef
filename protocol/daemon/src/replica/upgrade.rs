//! After an upgrade: views that understand more than they did are folded anew.
//!
//! A program that does not know a kind of fact keeps it all the same, and a view that is new has
//! seen nothing yet. So the database notes, per view, which kinds it was folded from and by which
//! version of its rules; where a start finds that stored facts are missing in a view, it folds that
//! view again.
//!
//! Programs also go back, and two hub processes of different versions share a database while they
//! are upgraded one by one. So whoever stores a fact that it cannot fold as the newest program here
//! does leaves its kind in `replica_unread`, and the next start that can folds again.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use counterpart_protocol::facts::{Fact, Kind};

use super::lacking::mended;
use super::rebuild::Rebuilt;
use super::record::ReplicaFailed;
use super::{Projection, Replica};
use crate::db::{DbError, Tx};
use crate::params;
use crate::seeded::{self, Bug};

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
        let behind = match seeded::has(Bug::UpgradeNotRefolded) {
            true => Vec::new(),
            false => self.behind(tx)?,
        };
        if behind.is_empty() {
            self.note_views(tx)?;
            self.forget_unread(tx)?;
            return Ok(Refolded::Current);
        }
        let names: Vec<&str> = behind.iter().map(|view| view.name()).collect();
        let records = stored(tx)?;
        if records > self.inner.refolded_max {
            tracing::error!(
                records,
                views = ?names,
                "views lack facts that are stored and were not understood or damaged before: stop \
                 the program and run its command rebuild when there is time"
            );
            return Ok(Refolded::Behind(names));
        }
        tracing::info!(records, views = ?names, "folding views anew after an upgrade or a mending");
        let rebuilt = self.fold_anew(tx, &behind)?;
        self.note_views(tx)?;
        self.forget_unread(tx)?;
        tracing::info!(facts = rebuilt.facts, "views are folded anew");
        Ok(Refolded::Anew(names, rebuilt))
    }

    /// Returns the views that lack stored facts they now understand.
    fn behind(&self, tx: &mut Tx) -> Result<Vec<&dyn Projection>, DbError> {
        let noted = noted(tx)?;
        let unread = unread(tx)?;
        let mended = mended(tx)?;
        let mut kept = None;
        let mut behind = Vec::new();
        for view in self.views() {
            if mended.contains(view.name()) {
                behind.push(view);
                continue;
            }
            let before = noted.get(view.name());
            let same = before.filter(|before| before.version >= view.version());
            let folded = |kind: &Kind| same.is_some_and(|one| one.kinds.contains(&kind.number()));
            let kinds: Vec<Kind> = self.kinds_of(view).collect();
            let is_newest = !before.is_some_and(|before| before.is_beyond(view, &kinds));
            if is_newest && kinds.iter().any(|kind| unread.contains(&kind.number())) {
                behind.push(view);
                continue;
            }
            let mut lacking = kinds.iter().filter(|kind| !folded(kind)).peekable();
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
        // A newer program that comes back folds its own views anew; one of ours that is no more
        // must not be waited for.
        for name in noted.keys() {
            if !self.views().any(|view| view.name() == name) {
                tx.execute("DELETE FROM replica_views WHERE name = $1", params![name])?;
            }
        }
        for view in self.views() {
            let mut now = Noted {
                version: view.version(),
                kinds: self.kinds_of(view).map(Kind::number).collect(),
            };
            if let Some(before) = noted.get(view.name()) {
                if before.version > now.version {
                    continue;
                }
                if before.version == now.version {
                    now.kinds.extend(&before.kinds);
                }
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

impl Replica {
    fn kinds_of(&self, view: &dyn Projection) -> impl Iterator<Item = Kind> {
        let kinds = view.kinds().iter().copied();
        kinds.filter(|kind| !self.inner.unknown.contains(kind))
    }

    /// Takes note of the kind of a fact that this program does not know or folds into fewer views
    /// than a newer one did here: that one, or the next, folds again.
    pub(super) fn note_unread(&self, tx: &mut Tx, fact: &Fact) -> Result<(), DbError> {
        let number = fact.kind_number;
        let is_known = self.known_kind(number).is_some();
        if is_known && !self.beyond(tx)?.contains(&number) {
            return Ok(());
        }
        if seeded::has(Bug::UnreadNotNoted) || !tx.scratch::<Unread>().noted.insert(number) {
            return Ok(());
        }
        put_unread(tx, number)
    }

    /// Takes note of what views lack that an older program makes anew than folded them before.
    pub(super) fn note_left_out(
        &self,
        tx: &mut Tx,
        views: &[&dyn Projection],
    ) -> Result<(), DbError> {
        let noted = noted(tx)?;
        for view in views {
            let kinds: BTreeSet<u32> = self.kinds_of(*view).map(Kind::number).collect();
            let Some(before) = noted.get(view.name()) else {
                continue;
            };
            let left_out: Vec<u32> = match before.version.cmp(&view.version()) {
                Ordering::Less => continue,
                Ordering::Equal => before.kinds.difference(&kinds).copied().collect(),
                Ordering::Greater => before.kinds.iter().copied().collect(),
            };
            for number in left_out {
                put_unread(tx, number)?;
            }
        }
        Ok(())
    }

    /// Forgets the notes about kinds, if this program folds everything as the newest one here does:
    /// an older one may have folded some views again and not others.
    pub(super) fn forget_unread(&self, tx: &mut Tx) -> Result<(), DbError> {
        *tx.scratch::<Unread>() = Unread::default();
        if !self.beyond(tx)?.is_empty() {
            return Ok(());
        }
        for number in unread(tx)? {
            if self.known_kind(number).is_some() {
                tx.execute(
                    "DELETE FROM replica_unread WHERE kind = $1",
                    params![number],
                )?;
            }
        }
        Ok(())
    }

    /// Returns the kinds that a newer program folded here and this one folds otherwise or not at
    /// all. It is remembered as long as nobody else writes.
    fn beyond<'tx>(&self, tx: &'tx mut Tx) -> Result<&'tx BTreeSet<u32>, DbError> {
        if tx.scratch::<Unread>().beyond.is_none() {
            let mut beyond = BTreeSet::new();
            for (name, noted) in noted(tx)? {
                match self.views().find(|view| view.name() == name) {
                    Some(view) if noted.version == view.version() => {
                        let ours = self.kinds_of(view).map(Kind::number).collect();
                        beyond.extend(noted.kinds.difference(&ours).copied());
                    }
                    Some(view) if noted.version < view.version() => {}
                    Some(_) | None => beyond.extend(noted.kinds),
                }
            }
            tx.scratch::<Unread>().beyond = Some(beyond);
        }
        Ok(tx.scratch::<Unread>().beyond.get_or_insert_default())
    }
}

/// What the writing thread remembers of kinds that are not folded.
#[derive(Default)]
struct Unread {
    /// Those that another program folds otherwise, once they were looked up.
    beyond: Option<BTreeSet<u32>>,
    /// Those that were noted.
    noted: BTreeSet<u32>,
}

/// What a view was folded from.
#[derive(Debug, PartialEq, Eq)]
struct Noted {
    version: u32,
    kinds: BTreeSet<u32>,
}

impl Noted {
    /// Tells whether a newer program than one that folds `kinds` into the view noted this.
    fn is_beyond(&self, view: &dyn Projection, kinds: &[Kind]) -> bool {
        let ours = |number| kinds.iter().any(|kind| kind.number() == number);
        self.version > view.version()
            || (self.version == view.version() && !self.kinds.iter().copied().all(ours))
    }
}

fn put_unread(tx: &mut Tx, kind: u32) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO replica_unread (kind) VALUES ($1) ON CONFLICT (kind) DO NOTHING",
        params![kind],
    )?;
    Ok(())
}

fn unread(tx: &mut Tx) -> Result<BTreeSet<u32>, DbError> {
    let rows = tx.query_all("SELECT kind FROM replica_unread", params![])?;
    rows.iter().map(|row| row.read(0)).collect()
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

pub(super) fn stored(tx: &mut Tx) -> Result<u64, DbError> {
    let row = tx.query_one("SELECT COUNT(*) FROM feed_records", params![])?;
    Ok(row.read::<i64>(0)?.cast_unsigned())
}
