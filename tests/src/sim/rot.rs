//! Disks that forget: bits turn, records vanish, days are sealed and ends are compared.
//!
//! Nothing is damaged that no other node has right at that moment. Where a machine is put back
//! later, that other copy may go too: then the record is lost, and must be named.

use std::collections::BTreeSet;

use counterpart_daemon::db::Tx;
use counterpart_daemon::params;
use counterpart_daemon::replica::{ComparisonRefused, ReplicaFailed};
use counterpart_protocol::sync::{Comparison, ComparisonAsked, ComparisonTold};

use super::cover::{Came, State};
use super::deeds::Deed;
use super::dice::Dice;
use super::healing::{TRIPS_MAX, unless};
use super::oracle::Violation;
use super::world::World;

/// Nights after healing: what one mends at the hub, the next mends at whoever else lost it.
const NIGHTS: usize = 2;
/// Questions a comparison may take in the healed world.
const QUESTIONS_MAX: u32 = 80;

/// What the world knows of rot.
#[derive(Default)]
pub(super) struct Rot {
    /// The changes that were damaged somewhere.
    pub(super) hashes: BTreeSet<[u8; 32]>,
}

impl Rot {
    /// How many changes were damaged.
    pub(super) fn count(&self) -> i64 {
        i64::try_from(self.hashes.len()).expect("few")
    }
}

impl World {
    pub(super) fn seal(&mut self, which: usize) -> Result<(), Violation> {
        let deed = self.nobody(which);
        let sealed = self.at(which, State::Sealing, &deed, None, Deed::seal)?;
        if sealed == Some(true) {
            self.cover.came(Came::DaySealed);
        }
        Ok(())
    }

    pub(super) fn countersign(&mut self, which: usize) -> Result<(), Violation> {
        let deed = self.nobody(which);
        let signed = self.at(0, State::Sealing, &deed, None, Deed::countersign)?;
        if signed == Some(true) {
            self.cover.came(Came::DayCountersigned);
        }
        Ok(())
    }

    /// Damages one change at one node, if another has it right.
    pub(super) fn rot(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        let which = dice.place(self.stores.len() + 1);
        let (place, byte, vanishes) = (dice.draw() >> 1, dice.draw(), dice.happens(40));
        if !self.node(which).runs() {
            return Ok(());
        }
        let chosen = self.node(which).write(move |_, tx| {
            let count = tx.query_one("SELECT COUNT(*) FROM changes", params![])?;
            let count = count.read::<i64>(0)?.cast_unsigned();
            let at = i64::try_from(place % count.max(1)).expect("below a count");
            let row = tx.query_opt(
                "SELECT change_hash, bytes FROM changes ORDER BY change_hash LIMIT 1 OFFSET $1",
                params![at],
            )?;
            let Some(row) = row else { return Ok(None) };
            Ok(Some((row.read::<[u8; 32]>(0)?, row.read::<Vec<u8>>(1)?)))
        });
        // A disk that fails under the looking is nobody's fault.
        let Ok(Some((hash, mut bytes))) = chosen else {
            return Ok(());
        };
        let others = (0..=self.stores.len()).filter(|other| *other != which);
        let is_elsewhere = others
            .collect::<Vec<_>>()
            .into_iter()
            .any(|other| self.right_at(other).contains(&hash));
        if !is_elsewhere {
            return self.tell("[no rot: nobody else has it] ");
        }
        self.rotten.hashes.insert(hash);
        self.cover.came(Came::Rotted);
        let at = usize::try_from(byte % bytes.len().max(1) as u64).expect("below a length");
        if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 0x20;
        }
        let rotted = self.node(which).write(move |_, tx| {
            match vanishes {
                true => tx.execute("DELETE FROM changes WHERE change_hash = $1", params![hash])?,
                false => tx.execute(
                    "UPDATE changes SET bytes = $2 WHERE change_hash = $1",
                    params![hash, bytes],
                )?,
            };
            Ok(())
        });
        let what = if vanishes { "vanishes" } else { "rots" };
        self.tell(&format!(
            "[a change {what} at {which}: {}] ",
            rotted.is_ok()
        ))
    }

    /// Asks one question of a comparison, if one is due; with dice, question or answer may be lost.
    /// Returns false if there is nothing to ask.
    pub(super) fn compare(
        &mut self,
        which: usize,
        dice: Option<&mut Dice>,
    ) -> Result<bool, Violation> {
        let (lost, is_cut) = match dice {
            Some(dice) => ((dice.happens(12), dice.happens(12)), true),
            None => ((false, false), false),
        };
        let deed = self.nobody(which);
        // A comparison under way lives in the process.
        let begun = match self.stores[which - 1].node.runs() {
            true => self.stores[which - 1].comparing.take(),
            false => None,
        };
        let asked = self.at(which, State::Comparing, &deed, None, |_, replica, tx| {
            let due = match begun {
                Some(comparison) => Some(comparison),
                None => replica.comparison_due(tx)?,
            };
            let Some(comparison) = due else {
                return Ok(None);
            };
            let asked = replica.ask_comparison(tx, &comparison)?;
            Ok(Some((comparison, asked)))
        })?;
        let Some(asked) = asked else { return Ok(true) };
        let Some((comparison, asked)) = asked else {
            return Ok(false);
        };
        let cut = self.stores[which - 1].cut;
        if lost.0 || (is_cut && cut.0) {
            return Ok(true);
        }
        let (edge, question) = (deed.edge_number(), asked.clone());
        let told = self.at(0, State::Comparing, &deed, None, move |_, replica, tx| {
            let lacking_before = lacking(tx)?;
            match replica.answer_comparison(tx, edge, &question) {
                Ok(told) => Ok((told, lacking_before.saturating_sub(lacking(tx)?))),
                Err(ComparisonRefused::Failed(failed)) => Err(failed),
                Err(ComparisonRefused::TooMuch) => panic!("a store asks no more than it may"),
            }
        })?;
        let Some((told, mended)) = told else {
            return Ok(true);
        };
        self.cover.came_often(Came::ViewMended, mended);
        if lost.1 || (is_cut && cut.1) || !self.stores[which - 1].node.runs() {
            return Ok(true);
        }
        self.cover.came_often(Came::MendedThere, told.mended.len());
        self.hear_compared(which, comparison, (asked, told))
    }

    fn hear_compared(
        &mut self,
        which: usize,
        mut comparison: Comparison,
        (asked, told): (ComparisonAsked, ComparisonTold),
    ) -> Result<bool, Violation> {
        let deed = self.nobody(which);
        let before = comparison.compared();
        let heard = self.at(
            which,
            State::Comparing,
            &deed,
            None,
            move |_, replica, tx| {
                let lacking_before = lacking(tx)?;
                replica.hear_comparison(tx, &mut comparison, &asked, &told)?;
                Ok((comparison, lacking_before.saturating_sub(lacking(tx)?)))
            },
        )?;
        let Some((comparison, mended)) = heard else {
            return Ok(true);
        };
        self.cover.came_often(Came::ViewMended, mended);
        let after = comparison.compared();
        let here = after.mended_here - before.mended_here;
        let differing = after.differing - before.differing;
        self.cover
            .came_often(Came::MendedHere, usize::try_from(here).expect("few"));
        self.cover
            .came_often(Came::Differed, usize::try_from(differing).expect("few"));
        let is_over = comparison.is_over();
        self.stores[which - 1].comparing = (!is_over).then_some(comparison);
        Ok(true)
    }

    /// After healing: days are sealed and countersigned and both ends compared, until all that
    /// anybody has right is right everywhere.
    pub(super) fn mend(&mut self) -> Result<(), Violation> {
        if !self.climate.rots {
            return Ok(());
        }
        for _ in 0..NIGHTS {
            self.day += 1;
            for which in 1..=self.stores.len() {
                self.stores[which - 1].comparing = None;
                // Something happens, so that there is a day to seal.
                let mut deed = self.nobody(which);
                (deed.units, deed.day) = (1, self.day - 1);
                self.at(which, State::Stating, &deed, None, Deed::receive)?;
                self.seal_all(which)?;
            }
            self.converge()?;
            for which in 1..=self.stores.len() {
                while {
                    let deed = self.nobody(which);
                    self.at(0, State::Sealing, &deed, None, Deed::countersign)? == Some(true)
                } {}
                self.pack_all(which)?;
                let mut questions = 0;
                while self.compare(which, None)? {
                    questions += 1;
                    unless(questions < QUESTIONS_MAX, || {
                        format!("store {which} compares without an end")
                    })?;
                }
            }
            self.take_back_untold()?;
            self.converge()?;
        }
        self.all_is_mended()?;
        self.days_are_equal()
    }

    fn seal_all(&mut self, which: usize) -> Result<(), Violation> {
        for _ in 0..TRIPS_MAX * 10 {
            let mut deed = self.nobody(which);
            deed.day = self.day;
            if self.at(which, State::Sealing, &deed, None, Deed::seal)? != Some(true) {
                return Ok(());
            }
        }
        Err(Violation(format!("store {which} seals without an end")))
    }
}

/// How many facts views lack here, each view's counted.
fn lacking(tx: &mut Tx) -> Result<usize, ReplicaFailed> {
    let row = tx.query_one("SELECT COUNT(*) FROM replica_lacking", params![])?;
    Ok(usize::try_from(row.read::<i64>(0)?).expect("a count"))
}
