//! Business days in the world: a store seals one that is over, the hub countersigns what it holds.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{
    PackRefused, PackStep, Replica, ReplicaFailed, SealFailed, fact, own_edge,
};
use counterpart_protocol::days::{DayCountersigned, DaySealed, DaySums, StockCheckpoint};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{EdgeNumber, FactId};
use counterpart_protocol::time::BusinessDate;

use super::super::oracle::Said;
use super::{Deed, Done};

/// A seal that arrived at the hub, where it stands in its store's feed.
struct Arrived {
    seal: FactId,
    run: u32,
    seq: u64,
    sealed: DaySealed,
}

/// Whether a life of the store may have stated facts of earlier ones anew, for days it had sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restated {
    /// It never was another life.
    Nothing,
    /// It may have.
    Maybe,
}

/// What the hub holds of a sealed day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Held {
    /// What was sealed.
    AsSealed,
    /// That, and what was stated for the day afterwards.
    MoreLater,
    /// Something else.
    Otherwise,
}

impl Deed {
    /// Seals the oldest day of a store that is over and not sealed yet.
    pub fn seal(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let today = BusinessDate::from_days(self.day).expect("a day of this century");
        let Some(date) = replica.days_to_seal(tx, today)?.into_iter().next() else {
            return Ok(false);
        };
        let sealed = replica.seal(tx, date, |_, point| {
            Ok(DaySealed {
                business_date: date,
                previous: point.previous,
                after_seq: point.after.seq,
                chain: point.after.chain,
                digest: point.held.digest,
                kinds: point.held.kinds,
                sums: DaySums::default(),
                stock: StockCheckpoint {
                    skus: 0,
                    sha256: [0; 32],
                },
                open_tills: Vec::new(),
            })
        });
        match sealed {
            Ok(recorded) => {
                self.note(recorded, Said::Sealed);
                Ok(true)
            }
            Err(SealFailed::Replica(failed)) => Err(failed),
            Err(SealFailed::Over(date)) => panic!("{date} was to be sealed and is over"),
        }
    }

    /// Countersigns the store's oldest sealed day that the hub holds as it was sealed.
    pub fn countersign(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let edge = self.edge_number();
        if replica.unheard(tx)?.holds(edge) {
            return Ok(false);
        }
        let signed = countersigned(tx, "out", edge)?;
        let signed: Vec<FactId> = signed.into_iter().map(|(seal, _)| seal).collect();
        for arrived in arrived(tx, edge)? {
            let is_new = !signed.contains(&arrived.seal);
            if !is_new || holds(replica, tx, edge, &arrived)? != Some(Held::AsSealed) {
                continue;
            }
            let body = DayCountersigned {
                business_date: arrived.sealed.business_date,
                seal: arrived.seal,
                run: arrived.run,
                digest: arrived.sealed.digest,
                receipts: 0,
            };
            let recorded = replica.record(tx, edge, self.place(), &body)?;
            let store = self.store;
            self.note(recorded, Said::Countersigned { store });
            return Ok(true);
        }
        Ok(false)
    }

    /// Packs some records of a day that is countersigned and before today: one step, which a
    /// short window brings as soon as it may be.
    pub fn pack(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let (direction, peer) = match own_edge(tx)? {
            Some(EdgeNumber::HUB) => ("out", self.edge_number()),
            Some(_) | None => ("in", EdgeNumber::HUB),
        };
        let today = BusinessDate::from_days(self.day).expect("a day of this century");
        let signed = countersigned(tx, direction, peer)?;
        let signed = signed.into_iter().map(|(_, date)| date).collect();
        for day in replica.days_to_pack(tx, peer, today, &signed)? {
            match replica.pack_group(tx, &day) {
                Ok(PackStep::Packed { .. }) => return Ok(true),
                Ok(PackStep::Passed | PackStep::Over) => {}
                Err(PackRefused::Db(error)) => return Err(ReplicaFailed::Db(error)),
                Err(refused) => panic!("{} is not packed: {refused}", day.date()),
            }
        }
        Ok(false)
    }

    /// Returns the days of which the hub holds the seal's place in the feed and not what was
    /// sealed.
    pub fn unequal_days(
        &self,
        replica: &Replica,
        tx: &mut Tx,
        restated: Restated,
    ) -> Result<Vec<BusinessDate>, ReplicaFailed> {
        let edge = self.edge_number();
        let mut unequal = Vec::new();
        for arrived in arrived(tx, edge)? {
            let held = holds(replica, tx, edge, &arrived)?;
            let is_equal = match restated {
                Restated::Nothing => held.is_none_or(|held| held == Held::AsSealed),
                Restated::Maybe => held.is_none_or(|held| held != Held::Otherwise),
            };
            if !is_equal {
                unequal.push(arrived.sealed.business_date);
            }
        }
        Ok(unequal)
    }
}

/// Tells whether the hub holds of a day what was sealed; nothing where the seal speaks of another
/// run of the feed, whose facts were stated anew.
fn holds(
    replica: &Replica,
    tx: &mut Tx,
    edge: EdgeNumber,
    arrived: &Arrived,
) -> Result<Option<Held>, DbError> {
    let sealed = &arrived.sealed;
    let chain = replica.chain_received(tx, (edge, arrived.run), sealed.after_seq)?;
    if chain != Some(sealed.chain) || arrived.seq != sealed.after_seq + 1 {
        return Ok(None);
    }
    let run = (edge, arrived.run);
    let held = replica.day_received(tx, run, sealed.business_date, arrived.seq)?;
    if held.digest != sealed.digest || held.kinds != sealed.kinds {
        return Ok(Some(Held::Otherwise));
    }
    // Of what came later the seal itself is one.
    Ok(Some(match held.later {
        1 => Held::AsSealed,
        _ => Held::MoreLater,
    }))
}

/// Returns the seals from a store whose bytes are here.
fn arrived(tx: &mut Tx, edge: EdgeNumber) -> Result<Vec<Arrived>, DbError> {
    let rows = tx.query_all(
        "SELECT f.fact_id, r.feed, r.seq FROM feed_records r
         JOIN facts f ON f.change_hash = r.change_hash
         WHERE r.direction = 'in' AND r.peer = $1 AND r.kind = $2 ORDER BY r.feed, r.seq",
        params![edge.0, Kind::DaySealed.number()],
    )?;
    let mut all = Vec::new();
    for row in &rows {
        let seal = FactId::from_bytes(row.read(0)?);
        let stated = fact(tx, seal)?;
        let Some(Ok(sealed)) = stated.map(|fact| fact.read::<DaySealed>()) else {
            continue;
        };
        all.push(Arrived {
            seal,
            run: row.read(1)?,
            seq: row.read::<i64>(2)?.cast_unsigned(),
            sealed,
        });
    }
    Ok(all)
}

/// Returns the seals and days of a store that the hub has countersigned, by the hub's feed.
fn countersigned(
    tx: &mut Tx,
    direction: &str,
    peer: EdgeNumber,
) -> Result<Vec<(FactId, BusinessDate)>, DbError> {
    let rows = tx.query_all(
        "SELECT f.fact_id FROM feed_records r JOIN facts f ON f.change_hash = r.change_hash
         WHERE r.direction = $1 AND r.peer = $2 AND r.kind = $3",
        params![direction, peer.0, Kind::DayCountersigned.number()],
    )?;
    let mut seals = Vec::new();
    for row in &rows {
        let stated = fact(tx, FactId::from_bytes(row.read(0)?))?;
        if let Some(Ok(body)) = stated.map(|fact| fact.read::<DayCountersigned>()) {
            seals.push((body.seal, body.business_date));
        }
    }
    Ok(seals)
}
