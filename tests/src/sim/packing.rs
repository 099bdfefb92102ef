//! Days in packs, in a world where disks forget: packed as soon as they may be, and rotten as
//! whole packs.

use std::collections::{BTreeMap, BTreeSet};

use counterpart_daemon::db::Value;
use counterpart_daemon::params;
use counterpart_protocol::documents::{ChangeHash, unpack};

use super::cover::{Came, State};
use super::deeds::Deed;
use super::dice::Dice;
use super::healing::{TRIPS_MAX, unless};
use super::oracle::Violation;
use super::world::World;

/// Changes by the hashes they are chained by.
pub(super) type Changes = BTreeMap<[u8; 32], Vec<u8>>;

impl World {
    /// Packs some of a store's countersigned days, at the store or at the hub.
    pub(super) fn pack(&mut self, which: usize, node: usize) -> Result<bool, Violation> {
        let deed = self.nobody(which);
        let packed = self.at(node, State::Packing, &deed, None, Deed::pack)?;
        if packed == Some(true) {
            self.cover.came(Came::Packed);
        }
        Ok(packed == Some(true))
    }

    /// Packs all there is to pack, at both ends.
    pub(super) fn pack_all(&mut self, which: usize) -> Result<(), Violation> {
        for node in [which, 0] {
            let mut steps = 0;
            while self.pack(which, node)? {
                steps += 1;
                unless(steps < TRIPS_MAX * 10, || {
                    format!("node {node} packs without an end")
                })?;
            }
        }
        Ok(())
    }

    /// Damages one pack at one node, if others have everything in it right.
    pub(super) fn rot_pack(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        let which = dice.place(self.stores.len() + 1);
        let (place, byte) = (dice.draw() >> 1, dice.draw());
        if !self.node(which).runs() {
            return Ok(());
        }
        let chosen = self.node(which).write(move |_, tx| {
            let count = tx.query_one("SELECT COUNT(*) FROM change_packs", params![])?;
            let count = count.read::<i64>(0)?.cast_unsigned();
            let at = i64::try_from(place % count.max(1)).expect("below a count");
            let sql = "SELECT pack, packed FROM change_packs ORDER BY pack LIMIT 1 OFFSET $1";
            let row = tx.query_opt(sql, params![at])?;
            row.map(|row| Ok((row.read::<i64>(0)?, row.read::<Vec<u8>>(1)?)))
                .transpose()
        });
        // A disk that fails under the looking is nobody's fault.
        let Ok(Some((pack, mut packed))) = chosen else {
            return Ok(());
        };
        let changes = unpack(&packed).unwrap_or_default();
        let hashes: BTreeSet<[u8; 32]> = changes.iter().map(|one| ChangeHash::of(one).0).collect();
        let mut elsewhere = BTreeSet::new();
        for other in (0..=self.stores.len()).filter(|other| *other != which) {
            elsewhere.extend(self.right_at(other));
        }
        if !hashes.is_subset(&elsewhere) {
            return self.tell("[no pack rots: nobody else has all of it] ");
        }
        self.rotten.hashes.extend(hashes);
        self.cover.came(Came::PackRotted);
        let at = usize::try_from(byte % packed.len().max(1) as u64).expect("below a length");
        if let Some(byte) = packed.get_mut(at) {
            *byte ^= 0x20;
        }
        let rotted = self.node(which).write(move |_, tx| {
            let sql = "UPDATE change_packs SET packed = $2 WHERE pack = $1";
            tx.execute(sql, params![pack, packed])?;
            Ok(())
        });
        self.tell(&format!("[a pack rots at {which}: {}] ", rotted.is_ok()))
    }

    /// Returns the changes of which a running node has the right bytes, loose or packed.
    pub(super) fn right_at(&mut self, which: usize) -> BTreeSet<[u8; 32]> {
        if !self.node(which).runs() {
            return BTreeSet::new();
        }
        let read = self.node(which).write(|_, tx| {
            let loose = tx.query_all("SELECT change_hash, bytes FROM changes", params![])?;
            let packed = tx.query_all("SELECT packed FROM change_packs", params![])?;
            let mut right = BTreeSet::new();
            for row in &loose {
                let (hash, bytes): ([u8; 32], Vec<u8>) = (row.read(0)?, row.read(1)?);
                if ChangeHash::of(&bytes).0 == hash {
                    right.insert(hash);
                }
            }
            for row in &packed {
                right.extend(opened(&row.read::<Vec<u8>>(0)?).into_keys());
            }
            Ok(right)
        });
        // A disk that fails under the looking has nothing right at that moment.
        read.unwrap_or_default()
    }

    /// Returns what lies in the packs of a node.
    pub(super) fn packed_at(&mut self, which: usize) -> Result<Changes, Violation> {
        let rows = self.rows(which, "SELECT packed FROM change_packs".to_owned())?;
        let packs = rows.iter().filter_map(|row| match row.first() {
            Some(Value::Bytes(packed)) => Some(opened(packed)),
            _ => None,
        });
        Ok(packs.flatten().collect())
    }
}

/// What is in a pack; nothing if it is damaged.
fn opened(packed: &[u8]) -> Changes {
    let changes = unpack(packed).unwrap_or_default();
    changes
        .into_iter()
        .map(|change| (ChangeHash::of(&change).0, change))
        .collect()
}
