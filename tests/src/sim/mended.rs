//! After healing and comparing: what one end has right the other has too, and the rest is named.

use std::collections::{BTreeMap, BTreeSet};

use counterpart_daemon::db::Value;
use counterpart_protocol::documents::ChangeHash;

use super::cover::{Came, State};
use super::deeds::days::Restated;
use super::healing::unless;
use super::oracle::{Id, Violation};
use super::packing::Changes;
use super::world::World;

/// What a node has of a record: its hash, and whether its bytes are right and where they stand.
struct Here {
    hash: [u8; 32],
    is_right: bool,
    is_aside: bool,
}

impl World {
    /// The hub holds what was sealed.
    pub(super) fn days_are_equal(&mut self) -> Result<(), Violation> {
        for which in 1..=self.stores.len() {
            let deed = self.nobody(which);
            // What one store states anew stands in no other store's feed.
            let store = u32::try_from(which).expect("few stores");
            let restated = match [0, store].iter().any(|node| self.put_back.contains(node)) {
                false => Restated::Nothing,
                true => Restated::Maybe,
            };
            let unequal = self.at(0, State::Sealing, &deed, None, move |deed, replica, tx| {
                deed.unequal_days(replica, tx, restated)
            })?;
            // Nothing that this reads may be missing in a healed world.
            let unequal = unequal.ok_or_else(|| {
                Violation(format!(
                    "the hub cannot say which days of store {which} it holds"
                ))
            })?;
            unless(unequal.is_empty(), || {
                format!("the hub holds other days than store {which} sealed: {unequal:?}")
            })?;
        }
        Ok(())
    }

    /// What one end of a feed has right the other has too; what neither has is named, and it is
    /// something that rotted or was damaged on its way.
    pub(super) fn all_is_mended(&mut self) -> Result<(), Violation> {
        for which in 1..=self.stores.len() {
            let edge = self.stores[which - 1].node.edge.0;
            for (way, ours, theirs) in [("up", "out", "in"), ("down", "in", "out")] {
                let at_store = self.records_here(which, ours, 0)?;
                let at_hub = self.records_here(0, theirs, edge)?;
                let mut lost = 0;
                for (place, here) in &at_store {
                    let Some(there) = at_hub.get(place) else {
                        continue;
                    };
                    unless(here.is_right == there.is_right, || {
                        format!(
                            "record {place:?} {way} of store {which} is right at one end only: \
                             {} at the store, {} at the hub",
                            here.is_right, there.is_right
                        )
                    })?;
                    if here.is_right {
                        continue;
                    }
                    lost += 1;
                    let is_aside = here.is_aside || there.is_aside;
                    unless(self.rotten.hashes.contains(&here.hash) || is_aside, || {
                        format!("record {place:?} {way} of store {which} is gone at both ends")
                    })?;
                }
                let sql = format!(
                    "SELECT COALESCE(SUM(lost), 0) FROM replica_compared_runs WHERE way = '{way}'"
                );
                let named = self.rows(which, sql)?;
                unless(named[0][0] == Value::Int(lost), || {
                    format!("store {which} names {named:?} records as lost {way}: {lost} are")
                })?;
                let lost = usize::try_from(lost).expect("few");
                self.cover.came_often(Came::LostAndNamed, lost);
            }
        }
        Ok(())
    }

    fn records_here(
        &mut self,
        which: usize,
        direction: &str,
        peer: u32,
    ) -> Result<BTreeMap<(i64, i64), Here>, Violation> {
        let rows = self.rows(
            which,
            format!(
                "SELECT r.feed, r.seq, r.change_hash, COALESCE(c.bytes, q.bytes),
                     CASE WHEN q.seq IS NULL THEN 0 ELSE 1 END
                 FROM feed_records r LEFT JOIN changes c ON c.change_hash = r.change_hash
                 LEFT JOIN quarantine q ON q.direction = r.direction AND q.peer = r.peer
                     AND q.feed = r.feed AND q.seq = r.seq
                 WHERE r.direction = '{direction}' AND r.peer = {peer}"
            ),
        )?;
        let packed = self.packed_at(which)?;
        let mut all = BTreeMap::new();
        for row in rows {
            let [
                Value::Int(feed),
                Value::Int(seq),
                Value::Bytes(hash),
                bytes,
                aside,
            ] = &row[..]
            else {
                return Err(Violation(format!("node {which} holds an odd row {row:?}")));
            };
            let hash: [u8; 32] = hash.as_slice().try_into().expect("a hash has 32 bytes");
            let is_right = is_right(&hash, bytes, &packed);
            let is_aside = *aside == Value::Int(1);
            let here = Here {
                hash,
                is_right,
                is_aside,
            };
            all.insert((*feed, *seq), here);
        }
        Ok(all)
    }

    /// Returns the facts of which a node has the right bytes.
    pub(super) fn held_right(&mut self, which: usize) -> Result<BTreeSet<Id>, Violation> {
        let sql = "SELECT f.fact_id, f.change_hash, c.bytes FROM facts f
                   LEFT JOIN changes c ON c.change_hash = f.change_hash";
        let (rows, packed) = (self.rows(which, sql.to_owned())?, self.packed_at(which)?);
        let right = rows.iter().filter_map(|row| match &row[..] {
            [Value::Bytes(id), Value::Bytes(hash), bytes] => {
                let id = Id::try_from(id.as_slice()).ok();
                id.filter(|_| is_right(hash, bytes, &packed))
            }
            _ => None,
        });
        Ok(right.collect())
    }

    /// Returns the facts that a view of a node was made anew without.
    pub(super) fn lacking(&mut self, which: usize, view: &str) -> Result<BTreeSet<Id>, Violation> {
        let sql = format!(
            "SELECT f.fact_id FROM facts f JOIN replica_lacking l ON l.change_hash = f.change_hash
             WHERE l.view = '{view}'"
        );
        let rows = self.rows(which, sql)?;
        let ids = rows.iter().filter_map(|row| match &row[..] {
            [Value::Bytes(id)] => Id::try_from(id.as_slice()).ok(),
            _ => None,
        });
        Ok(ids.collect())
    }

    /// Tells whether a node lacks the right bytes of anything it once had.
    pub(super) fn lacks_bytes(&mut self, which: usize) -> Result<bool, Violation> {
        let sql = "SELECT f.change_hash, c.bytes FROM facts f
                   LEFT JOIN changes c ON c.change_hash = f.change_hash";
        let (rows, packed) = (self.rows(which, sql.to_owned())?, self.packed_at(which)?);
        Ok(rows.iter().any(|row| match &row[..] {
            [Value::Bytes(hash), bytes] => !is_right(hash, bytes, &packed),
            _ => true,
        }))
    }
}

/// Tells whether the bytes of a change are right: those that are loose, else those in a pack.
fn is_right(hash: &[u8], loose: &Value, packed: &Changes) -> bool {
    match loose {
        Value::Bytes(bytes) => ChangeHash::of(bytes).0 == hash,
        _ => <[u8; 32]>::try_from(hash).is_ok_and(|hash| packed.contains_key(&hash)),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_daemon::seeded::{Bug, make};

    use super::super::cover::State;
    use super::super::deeds::Deed;
    use super::World;

    /// A store receives something, its day is sealed, and a till that was dark states one more
    /// thing of that day.
    fn stated_late() -> Result<(), String> {
        let mut world = World::new(2);
        let mut deed = world.nobody(1);
        deed.units = 3;
        let yesterday = deed.day;
        let told = world.at(1, State::Stating, &deed, None, Deed::receive);
        told.map_err(|violation| violation.0)?;
        world.day += 1;
        world.seal(1).map_err(|violation| violation.0)?;
        let mut late = world.nobody(1);
        (late.number, late.units, late.day) = (late.number + 1, 1, yesterday);
        let told = world.at(1, State::Stating, &late, None, Deed::receive);
        told.map_err(|violation| violation.0)?;
        world.heal().map_err(|violation| violation.0)
    }

    #[test]
    fn what_is_written_into_a_sealed_day_is_noticed() {
        assert_eq!(stated_late(), Ok(()));
        make(Some(Bug::SealedDayWritten));
        let noticed = stated_late();
        make(None);
        let noticed = noticed.expect_err("the day is not as it was sealed");
        assert!(
            noticed.contains("other days than store 1 sealed"),
            "{noticed}"
        );
    }
}
