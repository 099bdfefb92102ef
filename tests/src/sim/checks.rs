//! What must be true of a healed world.
//!
//! What a node holds is read from its tables as plain sets and sums and compared with the
//! oracle's; the product's own folds are compared with themselves only where that is the point
//! (a rebuild gives the same views, both ends of a feed are equal).

use std::collections::BTreeSet;

use counterpart_daemon::db::{Tx, Value};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Replica, ReplicaFailed};
use counterpart_protocol::ids::EdgeNumber;

use super::deeds::SKUS;
use super::healing::unless;
use super::oracle::{Id, Sums, Violation};
use super::world::{STORES, World};

/// Facts a segment of a journal holds at most (replication.md §2).
const SEGMENT_FACTS_MAX: i64 = 100;

/// The views that are compared with a rebuild, at a store and at the hub.
const STORE_VIEWS: &[&str] = &[
    "SELECT * FROM sales ORDER BY 1",
    "SELECT sku, on_hand_milli FROM stock_on_hand ORDER BY 1",
    "SELECT * FROM stock_movements ORDER BY 1, 2, 3, 4",
    "SELECT * FROM rights ORDER BY 1, 2",
];
/// Rows of rights that say nothing are left out: looking at a SKU to reserve from makes one.
const HUB_VIEWS: &[&str] = &[
    "SELECT * FROM sales ORDER BY 1",
    "SELECT * FROM sale_lines ORDER BY 1, 2",
    "SELECT * FROM receipt_series ORDER BY 1, 2, 3",
    "SELECT * FROM stock_levels ORDER BY 1, 2",
    "SELECT * FROM rights WHERE granted_milli + reserved_milli + consumed_milli + returned_milli > 0
     ORDER BY 1, 2",
];

impl World {
    pub(super) fn check(&mut self) -> Result<(), Violation> {
        let unheard = self.look(0, |replica, tx| Ok(replica.unheard(tx)?))?;
        unless(unheard.is_empty(), || {
            format!("the restored hub still waits for stores: {unheard:?}")
        })?;
        self.recovered()?;
        let mut all = BTreeSet::new();
        for which in 0..=self.stores.len() {
            let held = self.held(which)?;
            let aside = self.number(
                which,
                "SELECT COUNT(*) FROM quarantine WHERE direction = 'in'",
            )?;
            let who = u32::try_from(which).expect("few nodes");
            let aside = usize::try_from(aside).expect("a count");
            self.oracle.complete(who, &held, aside)?;
            self.sums(which, &held)?;
            self.feeds(which)?;
            // Of what is lost at both ends a rebuild knows nothing.
            if !self.climate.rots || !self.lacks_bytes(which)? {
                self.folds(which)?;
            }
            all.extend(held);
        }
        self.oracle.promises(&all, STORES, SKUS.len())?;
        self.refusals()?;
        self.ends_are_equal()?;
        self.orders_are_equal()
    }

    /// What a node's views say is what its facts say, counted by the oracle.
    fn sums(&mut self, which: usize, held: &BTreeSet<Id>) -> Result<(), Violation> {
        // What is lost at both ends is in no view that was made anew since.
        let mut folded = Vec::new();
        for view in ["stock", "rights", "sales"] {
            let lacking = self.lacking(which, view)?;
            folded.push(held.difference(&lacking).copied().collect::<BTreeSet<Id>>());
        }
        for store in 1..=STORES {
            if which > 0 && which != store as usize {
                continue;
            }
            for (sku, name) in SKUS.iter().enumerate() {
                let expected = Sums {
                    rights: self.oracle.sums(&folded[1], store, sku).rights,
                    ..self.oracle.sums(&folded[0], store, sku)
                };
                let (on_hand, rights) = self.look(which, move |_, tx| {
                    Ok((on_hand(tx, which, store, name)?, rights(tx, store, name)?))
                })?;
                unless(on_hand == expected.on_hand * 1_000, || {
                    format!("node {which} sees {on_hand} of {name} at {store}: {expected:?}")
                })?;
                unless(rights == expected.rights.map(|sum| sum * 1_000), || {
                    format!("node {which} sees rights {rights:?} at {store}: {expected:?}")
                })?;
            }
        }
        let paid = self.number(which, "SELECT COALESCE(SUM(total_minor), 0) FROM sales")?;
        let expected = self.oracle.paid(&folded[2]);
        unless(paid == expected, || {
            format!("node {which} counts {paid} paid instead of {expected}")
        })?;
        if which == 0 {
            let sql = "SELECT COALESCE(SUM(amount_minor), 0) - (SELECT
                 COALESCE(SUM(change_minor + total_minor), 0) FROM sales) FROM sale_tenders";
            let off = self.number(0, sql)?;
            unless(off == 0, || format!("tenders and totals differ by {off}"))?;
        }
        Ok(())
    }

    /// Feeds have no gaps, their days count every record, and a writer's own time goes on.
    fn feeds(&mut self, which: usize) -> Result<(), Violation> {
        let checks = [
            (
                "a feed has a gap",
                "SELECT COUNT(*) FROM (SELECT h.seq AS head, COUNT(r.seq) AS records
                     FROM feed_heads h LEFT JOIN feed_records r ON r.direction = h.direction
                         AND r.peer = h.peer AND r.feed = h.feed
                     GROUP BY h.direction, h.peer, h.feed) WHERE head <> records",
            ),
            (
                "a day's digest does not count every record",
                "SELECT (SELECT COUNT(*) FROM feed_records)
                     - (SELECT COALESCE(SUM(records), 0) FROM day_digests)",
            ),
            (
                "a writer's time stands or goes back",
                "SELECT COUNT(*) FROM feed_records r JOIN feed_records n
                     ON n.direction = r.direction AND n.peer = r.peer AND n.feed = r.feed
                     AND n.seq = r.seq + 1 AND n.document = r.document
                     WHERE r.document NOT LIKE 'order%' AND n.hlc <= r.hlc
                         -- A store's later life states facts of earlier ones with their times.
                         AND (r.feed = 1 OR (r.peer = 0) = (r.direction = 'in'))",
            ),
            (
                "what follows in an order is dated before what it follows",
                "SELECT COUNT(*) FROM order_changes a JOIN order_changes b
                     ON b.document = a.document AND b.depth > a.depth AND b.hlc <= a.hlc
                     WHERE a.epoch = 1 AND a.edge = 0 AND b.edge > 0",
            ),
        ];
        for (wrong, sql) in checks {
            let count = self.number(which, sql)?;
            unless(count == 0, || format!("node {which}: {wrong} ({count})"))?;
        }
        let sql = "SELECT COALESCE(MAX(facts), 0) FROM documents WHERE document NOT LIKE 'order%'";
        let most = self.number(which, sql)?;
        unless(most <= SEGMENT_FACTS_MAX, || {
            format!("node {which} has a segment of {most} facts")
        })
    }

    /// A view is the fold of the facts: folding them again changes nothing.
    fn folds(&mut self, which: usize) -> Result<(), Violation> {
        let views = match which {
            0 => HUB_VIEWS,
            _ => STORE_VIEWS,
        };
        let mut before = Vec::new();
        for view in views {
            before.push(self.rows(which, (*view).to_owned())?);
        }
        self.look(which, Replica::rebuild)?;
        for (view, before) in views.iter().zip(before) {
            let after = self.rows(which, (*view).to_owned())?;
            unless(after == before, || {
                let gone: Vec<_> = before.iter().filter(|row| !after.contains(row)).collect();
                let new: Vec<_> = after.iter().filter(|row| !before.contains(row)).collect();
                format!("node {which}: a rebuild changes «{view}»: {gone:?} to {new:?}")
            })?;
        }
        Ok(())
    }

    /// Both ends of every feed hold the same records under the same chain.
    fn ends_are_equal(&mut self) -> Result<(), Violation> {
        let columns = "feed, seq, change_hash, business_date, hlc, chain";
        let records = |direction: &str, peer: EdgeNumber| {
            format!(
                "SELECT {columns} FROM feed_records WHERE direction = '{direction}'
                 AND peer = {} ORDER BY feed, seq",
                peer.0
            )
        };
        for which in 1..=self.stores.len() {
            let edge = self.stores[which - 1].node.edge;
            for (out, into) in [("out", "in"), ("in", "out")] {
                let mut at_store = self.rows(which, records(out, EdgeNumber::HUB))?;
                let at_hub = self.rows(0, records(into, edge))?;
                // What the hub lacks of an earlier life is stated anew by this one.
                let life = Value::from(self.stores[which - 1].life);
                at_store.retain(|row| out == "in" || row[0] == life || at_hub.contains(row));
                unless(at_store == at_hub, || {
                    format!("the {out} feed of store {which} differs from the hub's end")
                })?;
            }
        }
        Ok(())
    }

    /// Everybody who reads an order, or wrote in one that its machine and the hub's lost, holds the
    /// same changes of it as the hub.
    fn orders_are_equal(&mut self) -> Result<(), Violation> {
        let columns = "o.document, o.edge, o.incarnation, o.seq, o.epoch, o.change_hash";
        for which in 1..=self.stores.len() {
            let aside = "SELECT COUNT(*) FROM quarantine";
            if self.number(which, aside)? + self.number(0, aside)? > 0 {
                // What was damaged on the way twice is told of instead, and counted above.
                continue;
            }
            let at_store = self.rows(
                which,
                format!("SELECT {columns} FROM order_changes o ORDER BY 1, 2, 3, 4"),
            )?;
            let at_hub = self.rows(
                0,
                format!(
                    "SELECT {columns} FROM order_changes o WHERE o.edge = {which} OR EXISTS (
                         SELECT 1 FROM order_readers r
                         WHERE r.document = o.document AND r.peer = {which})
                     ORDER BY 1, 2, 3, 4"
                ),
            )?;
            unless(at_store == at_hub, || {
                let store: Vec<_> = at_store
                    .iter()
                    .filter(|row| !at_hub.contains(row))
                    .collect();
                let hub: Vec<_> = at_hub
                    .iter()
                    .filter(|row| !at_store.contains(row))
                    .collect();
                format!("store {which} and the hub tell an order differently: {store:?}, {hub:?}")
            })?;
        }
        Ok(())
    }
}

fn on_hand(tx: &mut Tx, which: usize, store: u32, sku: &str) -> Result<i64, ReplicaFailed> {
    let (sql, values): (&str, Vec<Value>) = match which {
        0 => (
            "SELECT on_hand_milli FROM stock_levels WHERE sku = $1 AND edge = $2",
            vec![sku.into(), store.into()],
        ),
        _ => (
            "SELECT on_hand_milli FROM stock_on_hand WHERE sku = $1",
            vec![sku.into()],
        ),
    };
    let row = tx.query_opt(sql, &values)?;
    Ok(row.map_or(Ok(0), |row| row.read(0))?)
}

fn rights(tx: &mut Tx, store: u32, sku: &str) -> Result<[i64; 5], ReplicaFailed> {
    let row = tx.query_opt(
        "SELECT granted_milli, returned_milli, reserved_milli, released_milli, consumed_milli
         FROM rights WHERE edge = $1 AND sku = $2",
        params![store, sku],
    )?;
    let Some(row) = row else { return Ok([0; 5]) };
    Ok([
        row.read(0)?,
        row.read(1)?,
        row.read(2)?,
        row.read(3)?,
        row.read(4)?,
    ])
}
