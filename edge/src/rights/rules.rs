//! Decides how much the hub may promise of what is on hand, and when it is asked to give back.

use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::Rights;

/// One product as it stands in this store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shelf {
    /// How much is on hand, below nothing when more was sold than received.
    pub on_hand: Milli,
    /// Who may promise how much of it.
    pub rights: Rights,
    /// How much the store would like to keep for whoever walks in.
    pub keep: Milli,
    /// How much lies ready to leave for another store, and needs rights before it may.
    pub set_aside: Milli,
    /// Whether the hub has so little left that it is filled up even with little.
    pub hub_is_low: bool,
}

/// What a product's shelf calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// The hub may promise so much more.
    Grant(Milli),
    /// The hub is asked to give so much back.
    Ask(Milli),
    /// It is fine as it is.
    Nothing,
}

/// One in so many units of what is on hand is worth a fact of its own.
const WORTH_A_FACT: i64 = 8;

impl Shelf {
    /// Returns how much the store may promise or send away by itself, never below nothing.
    #[must_use]
    pub fn may_promise(&self) -> Milli {
        Milli(self.rights.store_may_promise(self.on_hand).0.max(0))
    }

    /// Returns how much of what is promised to customers of this store cannot be there any more,
    /// whatever the hub gives back.
    #[must_use]
    pub fn broken(&self) -> Milli {
        let promised = self.rights.open_reservations().0.max(0);
        Milli((promised - self.on_hand.0.max(0)).max(0))
    }

    /// Returns what the hub could still promise, as far as this store knows.
    fn hub_holds(&self) -> Milli {
        self.rights.hub_may_promise()
    }
}

/// Decides what a shelf calls for. Rights go over in steps worth a fact, and are asked back when
/// half of what is kept is gone, so that not every sale makes a fact of its own.
pub(super) fn wish(shelf: &Shelf) -> Wish {
    let own = shelf.rights.store_may_promise(shelf.on_hand).0;
    let keep = shelf.keep.0.saturating_add(shelf.set_aside.0);
    let spare = own.saturating_sub(keep);
    if spare > 0 && (shelf.hub_is_low || spare.saturating_mul(WORTH_A_FACT) >= shelf.on_hand.0) {
        return Wish::Grant(Milli(spare));
    }
    // What is reserved cannot be given back; asking for it would only make facts.
    let askable = shelf.hub_holds().0.max(0);
    let missing = keep.saturating_sub(own).min(askable);
    match own < shelf.keep.0 / 2 || own < shelf.set_aside.0 || own < 0 {
        true if missing > 0 => Wish::Ask(Milli(missing)),
        true | false => Wish::Nothing,
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::quantity::Milli;
    use counterpart_protocol::rights::{Rights, Term};

    use super::{Shelf, Wish, wish};

    fn shelf(on_hand: i32, granted: i32, keep: i32) -> Shelf {
        Shelf {
            on_hand: Milli::units(on_hand),
            rights: Rights::default().with(Term::Granted, Milli::units(granted)),
            keep: Milli::units(keep),
            set_aside: Milli::ZERO,
            hub_is_low: granted < 2,
        }
    }

    #[track_caller]
    fn check(on_hand: i32, granted: i32, keep: i32, expected: Wish) {
        assert_eq!(wish(&shelf(on_hand, granted, keep)), expected);
    }

    #[test]
    fn what_is_more_than_kept_goes_to_the_hub() {
        check(10, 0, 2, Wish::Grant(Milli::units(8)));
        check(2, 0, 2, Wish::Nothing);
        check(0, 0, 2, Wish::Nothing);
        check(-3, 0, 0, Wish::Nothing);
    }

    #[test]
    fn small_change_is_kept_until_it_is_worth_a_fact() {
        // One spare of forty, and the hub has plenty.
        check(40, 37, 2, Wish::Nothing);
        check(40, 33, 2, Wish::Grant(Milli::units(5)));
        // The hub is nearly out: one is worth it.
        check(40, 1, 38, Wish::Grant(Milli::units(1)));
    }

    #[test]
    fn a_shelf_that_runs_low_asks_for_rights_back() {
        check(8, 6, 4, Wish::Nothing);
        check(7, 6, 4, Wish::Ask(Milli::units(3)));
        check(5, 6, 0, Wish::Ask(Milli::units(1)));
    }

    #[test]
    fn what_lies_ready_to_leave_is_asked_for_and_not_let_again() {
        let mut ready = shelf(8, 8, 0);
        ready.set_aside = Milli::units(3);
        assert_eq!(wish(&ready), Wish::Ask(Milli::units(3)));
        ready.rights = ready.rights.with(Term::Returned, Milli::units(3));
        assert_eq!(wish(&ready), Wish::Nothing);
        ready.set_aside = Milli::ZERO;
        assert_eq!(wish(&ready), Wish::Grant(Milli::units(3)));
    }

    #[test]
    fn what_the_hub_promised_already_is_not_asked_for() {
        let mut all_reserved = shelf(5, 6, 2);
        all_reserved.rights = all_reserved.rights.with(Term::Reserved, Milli::units(6));
        assert_eq!(wish(&all_reserved), Wish::Nothing);
        assert_eq!(all_reserved.broken(), Milli::units(1));
        assert_eq!(all_reserved.may_promise(), Milli::ZERO);
    }
}
