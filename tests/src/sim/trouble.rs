//! What befalls machines: disks that will fail, processes that end, a hub put back to an older
//! image.

use super::cover::State;
use super::dice::Dice;
use super::disk::{Disk, Fault};
use super::node::End;
use super::oracle::Violation;
use super::world::World;

/// How many steps old an image is when it is put back.
const RESTORED_AFTER: std::ops::Range<u64> = 5..25;

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

    /// Puts the image back if the hub has said nothing to a store since: what it must do otherwise
    /// (a generation of its own) is not built yet.
    pub(super) fn restore(&mut self) -> Result<(), Violation> {
        let said = self.hub_said()?;
        match self.image.take() {
            Some(image) if said == Some(image.said) => {
                self.hub.restore(&image.disk);
                self.restored = true;
                self.tell("the hub is restored")
            }
            _ => self.tell("the hub has said something since its backup"),
        }
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
