//! What befalls machines: disks that will fail, processes that end, a hub put back to an older
//! image.

use std::collections::BTreeSet;

use counterpart_daemon::db::Value;

use super::cover::State;
use super::deeds::{Deed, Notes, SKUS, document_of};
use super::dice::Dice;
use super::disk::{Disk, Fault};
use super::healing::unless;
use super::node::End;
use super::oracle::Violation;
use super::world::{Order, World};

/// How many steps old an image is when it is put back: long enough that both sides have spoken.
const RESTORED_AFTER: std::ops::Range<u64> = 20..160;

/// An image of the hub's disk.
pub(super) struct Image {
    disk: Disk,
    /// How far the hub's feeds went, and how far they were framed.
    said: (i64, i64),
    made_at: u64,
}

impl World {
    pub(super) fn arm(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        const FAULTS: [Fault; 6] = [
            Fault::Power,
            Fault::Power,
            Fault::Power,
            Fault::Error,
            Fault::Short,
            Fault::Full,
        ];
        let which = dice.place(self.stores.len() + 1);
        let (calls, fault) = (1 + dice.below(60), FAULTS[dice.place(FAULTS.len())]);
        self.node(which).disk(|disk| disk.arm(calls, fault));
        self.tell("a disk is about to fail")
    }

    pub(super) fn mend_some(&mut self, dice: &mut Dice) {
        for which in 0..=self.stores.len() {
            let mended = dice.happens(15);
            self.node(which).disk(|disk| {
                if disk.is_full() && mended {
                    disk.mend();
                }
            });
        }
    }

    pub(super) fn end(&mut self, dice: &mut Dice, end: End) -> Result<(), Violation> {
        let which = dice.place(self.stores.len() + 1);
        self.node(which).end(end, dice);
        self.tell("a process ends")
    }

    /// Keeps an image of the hub's disk, as a backup of a stopped machine is one.
    pub(super) fn keep_image(&mut self, index: u64, dice: &mut Dice) -> Result<(), Violation> {
        let age = self.image.as_ref().map(|image| index - image.made_at);
        if age.is_some_and(|age| age < RESTORED_AFTER.end) {
            return self.tell("there is a backup already");
        }
        if let Some(said) = self.hub_said()? {
            self.hub.end(End::Killed, dice);
            self.image = Some(Image {
                disk: self.hub.image(),
                said,
                made_at: index,
            });
        }
        self.tell("the hub is backed up")
    }

    /// Tells whether there is an image that may be put back.
    pub(super) fn may_restore(&self, index: u64) -> bool {
        let age = self.image.as_ref().map(|image| index - image.made_at);
        age.is_some_and(|age| RESTORED_AFTER.contains(&age))
    }

    /// Puts the image back. If the hub has said anything to a store since, it opens a generation,
    /// as whoever restores it does; what reached nobody is lost then.
    pub(super) fn restore(&mut self, deed: Deed, dice: &mut Dice) -> Result<(), Violation> {
        let said = self.hub_said()?;
        let Some(image) = self.image.take() else {
            return self.tell("there is no backup");
        };
        self.hub.restore(&image.disk);
        self.restored = true;
        for which in 0..=self.stores.len() {
            self.node(which).disk(Disk::mend);
        }
        if said == Some(image.said) {
            self.lose()?;
            return self.tell("the hub is restored");
        }
        let nobody = self.nobody(0);
        let opened = self.at(0, State::Starting, &nobody, None, |deed, replica, tx| {
            deed.open_generation(replica, tx)
        })?;
        unless(opened.is_some(), || "no generation was opened".to_owned())?;
        self.put_back.insert(0);
        for store in &mut self.stores {
            store.ghost = None;
        }
        self.lose()?;
        // What was framed after the backup nobody knows: it all counts as framed.
        for order in &mut self.orders {
            order.seq = 0;
        }
        self.tell("the hub is restored and goes on as another generation ")?;
        for which in 1..=self.stores.len() {
            self.order_all(which, &deed, dice)?;
        }
        // Channels and stores do not wait for each other.
        if dice.happens(60) {
            self.order(deed, dice)?;
        }
        for which in 1..=self.stores.len() {
            if dice.happens(50) {
                self.talk(which)?;
            }
        }
        Ok(())
    }

    /// Orders all that the hub believes it may promise of a store it has not heard yet.
    fn order_all(&mut self, which: usize, deed: &Deed, dice: &mut Dice) -> Result<(), Violation> {
        for sku in 0..SKUS.len() {
            let mut all = deed.clone();
            all.notes = Notes::default();
            all.store = u32::try_from(which).expect("few stores");
            all.sku = sku;
            // Above the number of every step.
            all.number += 1_000_000 * (which * SKUS.len() + sku) as u64;
            let free = self.at(0, State::Promising, &all, None, |deed, _, tx| {
                deed.promisable(tx)
            })?;
            all.units = free.unwrap_or(0);
            if all.units > 0 {
                self.order(all, dice)?;
            }
        }
        Ok(())
    }

    /// A restored hub takes back what it finds that it gave to stores that were never told.
    pub(super) fn take_back_untold(&mut self) -> Result<(), Violation> {
        let deeds: Vec<Deed> = self.orders.iter().map(Order::deed).collect();
        let deeds = deeds
            .into_iter()
            .filter(|deed| self.forgotten.contains(&deed.number));
        let deeds: Vec<Deed> = deeds.collect();
        for deed in deeds {
            let number = Some(deed.number);
            self.at(0, State::Withdrawing, &deed, number, Deed::take_back_untold)?;
        }
        Ok(())
    }

    /// What a lost machine said and neither its backup nor anybody else holds may be gone.
    pub(super) fn lose(&mut self) -> Result<(), Violation> {
        for which in 0..=self.stores.len() {
            let deed = self.nobody(which);
            self.at(which, State::Starting, &deed, None, |_, _, _| Ok(()))?;
        }
        let hub = self.held(0)?;
        let mut stores = Vec::new();
        for which in 1..=self.stores.len() {
            stores.push(self.held(which)?);
        }
        let mut right = Vec::new();
        for which in 0..=self.stores.len() {
            right.push(match self.climate.rots {
                true => self.held_right(which)?,
                false => self.held(which)?,
            });
        }
        let sql = "SELECT document, peer FROM order_readers".to_owned();
        let readers: BTreeSet<(String, u32)> = self
            .rows(0, sql)?
            .into_iter()
            .filter_map(|row| match (&row[0], &row[1]) {
                (Value::Text(document), Value::Int(peer)) => {
                    Some((document.clone(), u32::try_from(*peer).ok()?))
                }
                _ => None,
            })
            .collect();
        let forgotten =
            self.oracle
                .lose(&self.put_back, &right, (&hub, &stores), |order, store| {
                    readers.contains(&(document_of(order), store))
                });
        self.forgotten.extend(forgotten);
        Ok(())
    }

    fn hub_said(&mut self) -> Result<Option<(i64, i64)>, Violation> {
        let deed = self.nobody(0);
        self.at(0, State::Starting, &deed, None, |_, _, tx| {
            let sql = "SELECT COALESCE(SUM(seq), 0), COALESCE(SUM(sent_seq), 0)
                       FROM feed_heads WHERE direction = 'out'";
            let row = tx.query_one(sql, &[])?;
            Ok((row.read::<i64>(0)?, row.read::<i64>(1)?))
        })
    }
}
