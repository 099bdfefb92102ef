//! What may be done with a pickup: decisions from arguments alone.
//!
//! What is left of each line is the protocol's fold; here is only whether a command fits it.

mod handover;
mod names;
mod picking;
mod put_away;
mod refused;
#[cfg(test)]
mod tests;

pub(crate) use handover::{
    Attempts, about, hand_over, held_until_ms, identify, refuse_units, valid_proof,
};
pub(crate) use names::{
    NameStanding, ask_after_answer, ask_after_failure, forgotten_before, is_sought, kept_name,
    short_name,
};
pub(crate) use picking::{expected, is_of_bag, pick, short, stage, staged_at};
pub(crate) use put_away::{cancelled_in_bag, cancelled_now, declined, put_away, still_wanted};
pub(crate) use refused::{PickupRefused, listed};

use counterpart_protocol::ids::{Sku, StaffId};
use counterpart_protocol::orders::{Fulfilment, LineCount, ReleaseReason, Units};
use counterpart_protocol::quantity::Milli;

/// A part of an order as a command sees it: what the facts say, and the work beside them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Work {
    /// What the facts say.
    pub part: Fulfilment,
    /// Its lines, by number.
    pub lines: Vec<Line>,
    /// What people call the order.
    pub reference: String,
    /// When something of it was handed over last, in words a person reads.
    pub handed_over_at: Option<String>,
    /// An earlier life of this store packed the bag, and nobody has seen it since.
    pub bag_unseen: bool,
}

/// One line of a part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its number within the order.
    pub line: u16,
    /// What people call it.
    pub name: String,
    /// What became of its units.
    pub count: LineCount,
    /// Scanned and in no fact yet.
    pub scanned: Vec<Scanned>,
    /// To be put away.
    pub put_aways: Vec<PutAway>,
}

/// What somebody has scanned of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scanned {
    /// Who.
    pub staff_id: StaffId,
    /// Their name, while they are on the roster.
    pub who: String,
    /// How much.
    pub quantity_milli: Milli,
}

/// What is to be taken out of the bag and put on the shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct PutAway {
    /// Why.
    pub because: ReleaseReason,
    /// How much.
    pub wanted_milli: Milli,
    /// How much of it was scanned at the shelf.
    pub scanned_milli: Milli,
}

impl Line {
    /// Returns how much was scanned and is in no fact yet, by anybody.
    #[must_use]
    pub(crate) fn scanned_milli(&self) -> Milli {
        Milli(self.scanned.iter().map(|one| one.quantity_milli.0).sum())
    }

    /// Returns how much is still to be found and scanned.
    #[must_use]
    pub(crate) fn to_scan(&self) -> Milli {
        Milli((self.count.to_pick().0 - self.scanned_milli().0).max(0))
    }

    /// Returns how much the customer may have now: what is in the bag and not to be put away. A
    /// cancellation keeps nothing back: a customer who is here decides.
    #[must_use]
    pub(crate) fn to_hand_over(&self) -> Milli {
        let kept = self.put_aways.iter().filter(|one| match one.because {
            ReleaseReason::Refused | ReleaseReason::Expired | ReleaseReason::Rejected => true,
            ReleaseReason::Cancelled => false,
        });
        let kept: i64 = kept.map(|one| one.wanted_milli.0).sum();
        Milli((self.count.in_the_bag().0 - kept).max(0))
    }

    /// Returns how much is still to be put away.
    #[must_use]
    pub(crate) fn to_put_away(&self) -> Milli {
        let left = |task: &PutAway| task.wanted_milli.0 - task.scanned_milli.0;
        Milli(self.put_aways.iter().map(left).sum())
    }

    /// Returns so many of its units.
    #[must_use]
    pub(crate) fn units(&self, quantity_milli: Milli) -> Units {
        Units::of(self.line, &self.count.sku, quantity_milli)
    }
}

impl Work {
    /// Returns the line with this number.
    ///
    /// # Errors
    /// [`PickupRefused::NoSuchLine`].
    pub(crate) fn line(&self, line: u16) -> Result<&Line, PickupRefused> {
        let found = self.lines.iter().find(|one| one.line == line);
        found.ok_or(PickupRefused::NoSuchLine(line))
    }

    /// Returns what was scanned and stands in no fact yet.
    #[must_use]
    pub(crate) fn scanned_units(&self) -> Vec<Units> {
        // What the hub took back meanwhile is not picked any more.
        let most = |line: &Line| line.scanned_milli().min(line.count.to_pick());
        let scanned = self.lines.iter().filter(|line| most(line).0 > 0);
        scanned.map(|line| line.units(most(line))).collect()
    }

    /// Returns what is still to be found, for a sentence.
    #[must_use]
    pub(crate) fn left_to_scan(&self) -> String {
        listed(
            self.lines
                .iter()
                .map(|line| (line.name.as_str(), line.to_scan())),
        )
    }

    /// Checks that something of it is left to do here.
    ///
    /// # Errors
    /// [`PickupRefused::HandedOverAlready`], [`PickupRefused::Over`].
    pub(crate) fn check_open(&self) -> Result<(), PickupRefused> {
        let open = self.lines.iter().any(|line| line.count.remaining().0 > 0);
        match (open, &self.handed_over_at) {
            (true, _) => Ok(()),
            (false, Some(at)) => Err(PickupRefused::HandedOverAlready { at: at.clone() }),
            (false, None) => Err(PickupRefused::Over),
        }
    }

    fn of_sku<'a>(&'a self, sku: &'a Sku) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.count.sku == *sku)
    }
}
