//! What became of one line's units within one node's part of an order: sums, and what is left.

use crate::ids::Sku;
use crate::quantity::Milli;

/// What became of one line's units within a fulfilment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineCount {
    /// What they are.
    pub sku: Sku,
    /// Reserved.
    pub allocated: Milli,
    /// Taken back by the hub before custody was sent.
    pub withdrawn: Milli,
    /// Taken from the shelf at some time.
    pub picked: Milli,
    /// With the customer.
    pub handed_over: Milli,
    /// Not to be found.
    pub shorted: Milli,
    /// Free again.
    pub released: Milli,
    /// Gone by a fact nobody may refuse.
    pub broken: Milli,
    /// Asked to be cancelled, answered or not.
    pub cancel_asked: Milli,
    /// Asked to be cancelled, and declined.
    pub cancel_declined: Milli,
}

impl LineCount {
    pub(super) fn none(sku: &Sku) -> Self {
        Self {
            sku: sku.clone(),
            allocated: Milli::ZERO,
            withdrawn: Milli::ZERO,
            picked: Milli::ZERO,
            handed_over: Milli::ZERO,
            shorted: Milli::ZERO,
            released: Milli::ZERO,
            broken: Milli::ZERO,
            cancel_asked: Milli::ZERO,
            cancel_declined: Milli::ZERO,
        }
    }

    /// Returns how much is reserved and not consumed: what a node may still consume.
    #[must_use]
    pub fn remaining(&self) -> Milli {
        let over = [
            self.withdrawn,
            self.handed_over,
            self.shorted,
            self.released,
            self.broken,
        ];
        let left = over
            .iter()
            .fold(self.allocated.0, |left, part| left.saturating_sub(part.0));
        Milli(left.max(0))
    }

    /// Returns how much was consumed beyond what was allocated: never, unless a writer was cloned.
    #[must_use]
    pub fn over_consumed(&self) -> Milli {
        let consumed = self.withdrawn.0 + self.handed_over.0 + self.shorted.0;
        let consumed = consumed + self.released.0 + self.broken.0;
        Milli((consumed - self.allocated.0).max(0))
    }

    /// Returns how much is picked and waits in the bag. Released units count as unpicked first.
    #[must_use]
    pub fn in_the_bag(&self) -> Milli {
        let picked = self.picked.0.saturating_sub(self.handed_over.0);
        Milli(picked.clamp(0, self.remaining().0))
    }

    /// Returns how much is still to be picked.
    #[must_use]
    pub fn to_pick(&self) -> Milli {
        Milli(self.remaining().0 - self.in_the_bag().0)
    }

    /// Returns how much was asked to be cancelled and is still with the node, unanswered.
    #[must_use]
    pub fn cancel_open(&self) -> Milli {
        let answered = self.released.0.saturating_add(self.cancel_declined.0);
        Milli((self.cancel_asked.0 - answered).clamp(0, self.remaining().0))
    }
}
