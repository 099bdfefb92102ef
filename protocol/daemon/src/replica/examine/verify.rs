//! Is this replica whole: every feed's chain from its first record on, every change's own hash,
//! every day's digest, every document, and every view against the facts it is made of.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use counterpart_protocol::documents::{ChangeHash, Expected, admit, stored_fact};
use counterpart_protocol::ids::{DocumentId, Incarnation, OrderId, Writer};
use counterpart_protocol::sync::{Chain, DayDigest, FeedHead, FeedId};
use counterpart_protocol::time::BusinessDate;
use serde::Serialize;

use super::super::Replica;
use super::super::feeds::{
    Direction, HeadRow, StoredRecord, Stream, head_of, newest_digests, records_after, unsigned,
};
use super::super::identity::Identity;
use super::super::orders::{order_documents, rows_of};
use super::super::packing::damaged_packs;
use super::super::rebuild::runs;
use super::super::record::ReplicaFailed;
use super::Named;
use crate::db::{DbError, Tx};
use crate::params;

/// How many records or orders are read at a time.
const PAGE: u32 = 500;

/// How many findings are told one by one; the rest is counted.
const TOLD_MAX: usize = 100;

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Broken {
    /// Where: a feed and its record, an order, a view.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

/// What a look through everything found.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Verified {
    /// Each run of each feed with how many records it has.
    pub feeds: Vec<(String, u64)>,
    /// Records that stand in quarantine: nothing is broken there, and a person has to look.
    pub quarantined: u64,
    /// Order documents.
    pub orders: u64,
    /// Changes in them.
    pub order_changes: u64,
    /// Orders that lack something that was sent and has not come.
    pub incomplete: u64,
    /// Tables of views that were compared with their facts.
    pub views: u64,
    /// The first hundred findings.
    pub broken: Vec<Broken>,
    /// How many there are in all.
    pub broken_count: u64,
}

impl Verified {
    /// Tells whether nothing is broken.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.broken_count == 0
    }

    pub(super) fn note(&mut self, place: impl ToString, what: impl Into<String>) {
        self.broken_count += 1;
        if self.broken.len() < TOLD_MAX {
            self.broken.push(Broken {
                place: place.to_string(),
                what: what.into(),
            });
        }
    }
}

impl fmt::Display for Verified {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (feed, records) in &self.feeds {
            writeln!(f, "{feed}: {records} records")?;
        }
        let Self {
            orders,
            order_changes,
            views,
            ..
        } = self;
        writeln!(f, "orders: {orders} documents, {order_changes} changes")?;
        writeln!(f, "views: {views} tables compared with what the facts say")?;
        if self.incomplete > 0 {
            let count = self.incomplete;
            writeln!(
                f,
                "{count} orders wait for a part that was sent and has not come"
            )?;
        }
        if self.quarantined > 0 {
            let count = self.quarantined;
            writeln!(
                f,
                "{count} records stand in quarantine: see the command quarantine"
            )?;
        }
        for Broken { place, what } in &self.broken {
            writeln!(f, "BROKEN {place}: {what}")?;
        }
        match self.broken_count {
            0 => write!(f, "whole: every chain, hash, digest and view holds"),
            count => write!(
                f,
                "{count} things are broken: keep this folder, restore a backup"
            ),
        }
    }
}

impl Replica {
    /// Goes through everything that is stored and says what does not hold. The views are made anew
    /// and compared, and what that changed is undone again.
    ///
    /// It takes about as long as [`Replica::rebuild`], and the caller's transaction as long as
    /// that.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed`] when the database fails, or before this node has an identity.
    pub fn verify(&self, tx: &mut Tx) -> Result<Verified, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let mut found = Verified::default();
        for (stream, feed) in runs(tx)? {
            verify_run(tx, &me, stream, feed, &mut found)?;
        }
        for pack in damaged_packs(tx)? {
            found.note(
                pack,
                "it cannot be unpacked: the hub or the store may have its records",
            );
        }
        verify_orders(tx, &mut found)?;
        self.verify_views(tx, &mut found)?;
        Ok(found)
    }
}

/// A run while it is gone through.
struct Going {
    named: String,
    writer: Writer,
    head: FeedHead,
    row: Option<HeadRow>,
    aside: BTreeSet<u64>,
    days: BTreeMap<BusinessDate, DayDigest>,
    count: u64,
}

fn verify_run(
    tx: &mut Tx,
    me: &Identity,
    stream: Stream,
    feed: FeedId,
    found: &mut Verified,
) -> Result<(), DbError> {
    let edge = match stream.direction {
        Direction::Out => me.writer.edge,
        Direction::In => stream.peer,
    };
    let mut going = Going {
        named: Named(stream, feed).to_string(),
        writer: Writer {
            edge,
            incarnation: Incarnation(feed.0),
        },
        head: FeedHead {
            feed,
            seq: 0,
            chain: Chain::GENESIS,
        },
        row: head_of(tx, stream, feed)?,
        aside: set_aside(tx, stream, feed)?,
        days: BTreeMap::new(),
        count: 0,
    };
    found.quarantined += going.aside.len() as u64;
    loop {
        let page = records_after(tx, stream, feed, going.head.seq, PAGE)?;
        if page.is_empty() {
            break;
        }
        for stored in page {
            going.step(&stored, found);
        }
    }
    let days = newest_digests(tx, stream, feed, u32::MAX >> 1)?;
    going.close(&days.into_iter().collect(), found);
    Ok(())
}

impl Going {
    fn step(&mut self, stored: &StoredRecord, found: &mut Verified) {
        let seq = stored.record.seq;
        let place = format!("{}, record {seq}", self.named);
        if seq != self.head.seq + 1 {
            found.note(
                &place,
                format!("record {} before it is missing", self.head.seq + 1),
            );
        } else if self.head.after(&stored.record).chain != stored.after.chain {
            found.note(
                &place,
                "the chain breaks here: it or one before it was changed",
            );
        }
        self.head = stored.after;
        self.count += 1;
        let day = self.days.entry(stored.record.business_date).or_default();
        *day = day.with(&stored.record.change);
        if !self.aside.contains(&seq)
            && let Err(what) = self.check_change(stored)
        {
            found.note(&place, what);
        }
    }

    /// What stands in quarantine is not held to this: that is why it stands there.
    fn check_change(&self, stored: &StoredRecord) -> Result<(), String> {
        let record = &stored.record;
        let Some(bytes) = &stored.change else {
            return Err("its change is gone".to_owned());
        };
        if ChangeHash::of(bytes) != record.change {
            return Err("its change is not the one that was chained".to_owned());
        }
        let DocumentId::Segment(document) = record.document else {
            return Ok(());
        };
        let actor = self.row.as_ref().map(|row| row.actor);
        let expected = Expected {
            document,
            actor: actor.ok_or("its run has no head")?,
            seq: record.seq,
        };
        if document.writer != self.writer {
            return Err(format!(
                "it stands in the document {document} of another writer"
            ));
        }
        admit(bytes, &expected)
            .map(|_| ())
            .map_err(|refused| refused.to_string())
    }

    fn close(self, stored: &BTreeMap<BusinessDate, DayDigest>, found: &mut Verified) {
        let said = self.row.map(|row| row.head);
        if said.is_some_and(|said| (said.seq, said.chain) != (self.head.seq, self.head.chain)) {
            let what = format!("its head is not its last record, {}", self.head.seq);
            found.note(&self.named, what);
        }
        let dates: BTreeSet<_> = self.days.keys().chain(stored.keys()).collect();
        for date in dates {
            if self.days.get(date) != stored.get(date) {
                found.note(
                    &self.named,
                    format!("the digest of {date} is not its records'"),
                );
            }
        }
        found.feeds.push((self.named, self.count));
    }
}

/// Returns which records of a run stand in quarantine.
fn set_aside(tx: &mut Tx, stream: Stream, feed: FeedId) -> Result<BTreeSet<u64>, DbError> {
    let rows = tx.query_all(
        "SELECT seq FROM quarantine WHERE direction = $1 AND peer = $2 AND feed = $3",
        params![stream.direction.word(), stream.peer.0, feed.0],
    )?;
    rows.iter().map(|row| unsigned(row, 0)).collect()
}

fn verify_orders(tx: &mut Tx, found: &mut Verified) -> Result<(), DbError> {
    let mut after = None;
    loop {
        let page = order_documents(tx, after, PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(*last);
        for order in page {
            verify_order(tx, order, found)?;
        }
    }
}

fn verify_order(tx: &mut Tx, order: OrderId, found: &mut Verified) -> Result<(), DbError> {
    let place = format!("order {order}");
    let row = tx.query_one(
        "SELECT facts, state FROM documents WHERE document = $1",
        params![DocumentId::Order(order).to_string()],
    )?;
    let (facts, state): (u64, String) = (unsigned(&row, 0)?, row.read(1)?);
    let changes = rows_of(tx, order)?;
    for change in &changes {
        if stored_fact(&change.bytes, change.hash).is_none() {
            let what = format!("the change under {} is not what was stored", change.key);
            found.note(&place, what);
        }
    }
    if changes.len() as u64 != facts {
        let what = format!("it has {} changes and says {facts}", changes.len());
        found.note(&place, what);
    }
    found.orders += 1;
    found.order_changes += changes.len() as u64;
    found.incomplete += u64::from(state == "incomplete");
    Ok(())
}
