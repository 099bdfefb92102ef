//! Stores whose machine is put back to an older image of its disk: they go on as new lives.
//!
//! What reached nobody is lost with the old disk. What it had sent may still arrive at the hub,
//! before or after the new life does. A bag that was handed over does not come back.

use counterpart_daemon::replica::Recovering;
use counterpart_protocol::sync::RecoveryTold;

use super::cover::State;
use super::deeds::Deed;
use super::dice::Dice;
use super::disk::Disk;
use super::healing::{TRIPS_MAX, unless};
use super::node::End;
use super::oracle::Violation;
use super::world::World;

/// How many steps old an image of a store is when it is put back.
const RESTORED_AFTER: std::ops::Range<u64> = 20..200;

/// An image of a store's disk.
pub(super) struct StoreImage {
    disk: Disk,
    made_at: u64,
}

impl World {
    /// Keeps an image of a store's disk, as the backup of a stopped machine is one.
    pub(super) fn keep_store(
        &mut self,
        which: usize,
        index: u64,
        dice: &mut Dice,
    ) -> Result<(), Violation> {
        let store = &mut self.stores[which - 1];
        let age = store.image.as_ref().map(|image| index - image.made_at);
        if age.is_some_and(|age| age < RESTORED_AFTER.end) {
            return self.tell("there is a backup of the store already");
        }
        store.node.end(End::Killed, dice);
        store.image = Some(StoreImage {
            disk: store.node.image(),
            made_at: index,
        });
        self.tell("a store is backed up")
    }

    /// Tells whether there is an image of a store that may be put back.
    pub(super) fn may_restore_store(&self, which: usize, index: u64) -> bool {
        let image = self.stores[which - 1].image.as_ref();
        image.is_some_and(|image| RESTORED_AFTER.contains(&(index - image.made_at)))
    }

    /// Puts a store's image back on a new machine, as a new life.
    pub(super) fn restore_store(&mut self, which: usize, goes_on: bool) -> Result<(), Violation> {
        let Some(image) = self.stores[which - 1].image.take() else {
            return self.tell("there is no backup");
        };
        let store = &mut self.stores[which - 1];
        let old = store.node.image();
        store.node.restore(&image.disk);
        // Of two replaced machines the older one is switched off.
        store.ghost = None;
        // An answer to a machine that is gone reaches nobody.
        store.replied.clear();
        store.told.clear();
        store.actor = None;
        store.comparing = None;
        for which in 0..=self.stores.len() {
            self.node(which).disk(Disk::mend);
        }
        let nobody = self.nobody(which);
        let opened = self.at(which, State::Starting, &nobody, None, Deed::open_life)?;
        let life = opened.ok_or_else(|| Violation("no life was opened".to_owned()))?;
        self.stores[which - 1].life = life;
        let kept = self.held(which)?;
        let by = u32::try_from(which).expect("few stores");
        let ended = self.oracle.ended_by(by).into_iter();
        let unknown = ended.filter(|(id, _)| !kept.contains(id));
        self.bags_gone.extend(unknown.map(|(_, order)| order));
        self.put_back.insert(by);
        self.lose()?;
        if goes_on && !self.put_back.contains(&0) {
            self.leave_behind(which, &old)?;
        }
        self.tell(" a store is restored and goes on as another life")
    }

    /// Lets a store that recovers ask the hub once, and hear the answer or an earlier one; with
    /// dice, either may be lost. Returns false if it has no question.
    pub(super) fn recover(
        &mut self,
        which: usize,
        mut dice: Option<&mut Dice>,
    ) -> Result<bool, Violation> {
        let deed = self.nobody(which);
        let asked = self.at(which, State::Asking, &deed, None, |_, replica, tx| {
            replica.ask_recovery(tx)
        })?;
        let Some(Some(asked)) = asked else {
            return Ok(false);
        };
        let cut = self.stores[which - 1].cut;
        let mut happens = |percent| {
            let dice = dice.as_mut();
            dice.is_some_and(|dice| dice.happens(percent))
        };
        let (lost, overtaken) = ([happens(15), happens(15)], happens(10));
        let is_cut = dice.is_some();
        if lost[0] || (is_cut && cut.0) {
            return Ok(true);
        }
        let edge = deed.edge_number();
        let told = self.at(0, State::Answering, &deed, None, move |_, replica, tx| {
            replica.answer_recovery(tx, edge, &asked)
        })?;
        let Some(mut told) = told else {
            return Ok(true);
        };
        self.take_back_untold()?;
        let store = &mut self.stores[which - 1];
        store.told.push(told.clone());
        if overtaken {
            told = store.told[0].clone();
        }
        match lost[1] || (is_cut && cut.1) {
            true => Ok(true),
            false => self.hear_told(which, told).map(|()| true),
        }
    }

    fn hear_told(&mut self, which: usize, told: RecoveryTold) -> Result<(), Violation> {
        let deed = self.nobody(which);
        let heard = self.at(
            which,
            State::Hearing,
            &deed,
            None,
            move |deed, replica, tx| deed.hear_recovery(replica, tx, &told),
        )?;
        let Some((heard, life)) = heard else {
            return Ok(());
        };
        let store = &mut self.stores[which - 1];
        if store.life != life {
            (store.life, store.actor) = (life, None);
        }
        match heard {
            Recovering::Refused(reason) => Err(Violation(format!(
                "store {which} cannot take back what it told: {reason}"
            ))),
            Recovering::Fenced(newer) => Err(Violation(format!(
                "store {which} is told of a newer life {newer}, and there is none"
            ))),
            _ => Ok(()),
        }
    }

    /// Asks until there is nothing more to ask, and returns how many round trips it took.
    pub(super) fn recover_wholly(&mut self, which: usize) -> Result<u32, Violation> {
        for trip in 0..TRIPS_MAX {
            if !self.recover(which, None)? {
                return Ok(trip);
            }
        }
        Err(Violation(format!(
            "store {which} still recovers after {TRIPS_MAX} round trips"
        )))
    }

    /// Every store that was restored promises again.
    pub(super) fn recovered(&mut self) -> Result<(), Violation> {
        let open = "SELECT COUNT(*) FROM replica_recovery WHERE ended_at_ms IS NULL";
        for which in 1..=self.stores.len() {
            let open = self.number(which, open)?;
            unless(open == 0, || format!("store {which} still recovers"))?;
        }
        Ok(())
    }
}
