//! The right to refund a sale between two stores and the hub, every interleaving up to a bound:
//! never more comes back than was sold, and never do two have the right. Messages arrive late, in
//! order and, after a hub was restored, again.

use crate::explore::{Model, breaks, holds};

/// Pieces that were sold, by the first store.
const SOLD: u8 = 2;
/// Times the right is passed: there, back and there again.
const TURNS_MAX: u8 = 3;

/// What is made wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// Nothing.
    Nothing,
    /// The hub hands the right on when it asks for it, before it was given away.
    TakerFirst,
    /// Who gave the right away goes on refunding until the hub has heard of it.
    GiverKeeps,
    /// Who gives it away does not say what came back so far.
    ForgetsBefore,
    /// Who has it takes what another one told before for all that came back there.
    ForgetsTold,
    /// A right that is handed on once more counts, though it was passed since.
    TurnsIgnored,
}

/// A store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Shop {
    has_it: bool,
    turn: u8,
    /// Pieces that came back here.
    back: u8,
    /// Pieces it was told that came back at the other.
    told: u8,
    /// What was handed on to it last, which may come again.
    last: Option<Passed>,
    /// Whether it asks for the right.
    asks: bool,
    /// Whether the hub wants it to pass the right on.
    wanted: bool,
}

/// A right under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Passed {
    to: usize,
    turn: u8,
    /// Pieces that came back at whoever gave it away.
    before: u8,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    shops: [Shop; 2],
    /// On its way to the hub.
    passed: Option<Passed>,
    /// On its way from the hub.
    granted: Option<Passed>,
    /// Whom the hub believes to have it.
    holder: usize,
}

struct Rights(Wrong);

const ASKS: [&str; 2] = ["the first asks", "the second asks"];
const REFUNDS: [&str; 2] = ["the first refunds", "the second refunds"];
const WANTS: [&str; 2] = [
    "the hub wants it of the first",
    "the hub wants it of the second",
];
const PASSES: [&str; 2] = ["the first passes it", "the second passes it"];
const AGAIN: [&str; 2] = ["the first hears it again", "the second hears it again"];

impl Rights {
    /// Takes a right that was handed on.
    fn take(&self, shop: &mut Shop, right: Passed) {
        if right.turn > shop.turn || self.0 == Wrong::TurnsIgnored {
            shop.has_it = true;
            shop.turn = shop.turn.max(right.turn);
        }
        shop.told = shop.told.max(right.before);
        shop.last = Some(right);
        shop.asks = false;
    }

    fn steps_of(&self, at: &State, shop: usize, go: &mut dyn FnMut(&'static str, State)) {
        let (other, me) = (1 - shop, at.shops[shop]);
        let told = match self.0 == Wrong::ForgetsTold {
            true => 0,
            false => me.told,
        };
        if me.has_it && me.back + told < SOLD {
            let mut next = at.clone();
            next.shops[shop].back += 1;
            go(REFUNDS[shop], next);
        }
        if !me.has_it && !me.asks {
            let mut next = at.clone();
            next.shops[shop].asks = true;
            go(ASKS[shop], next);
        }
        let is_quiet = at.passed.is_none() && at.granted.is_none() && !me.wanted;
        if at.shops[other].asks && at.holder == shop && is_quiet {
            let mut next = at.clone();
            next.shops[shop].wanted = true;
            if self.0 == Wrong::TakerFirst {
                next.granted = Some(Passed {
                    to: other,
                    turn: me.turn + 1,
                    before: me.back,
                });
            }
            go(WANTS[shop], next);
        }
        if me.wanted && me.has_it && me.turn < TURNS_MAX && at.passed.is_none() {
            let mut next = at.clone();
            let giver = &mut next.shops[shop];
            giver.wanted = false;
            giver.has_it = self.0 == Wrong::GiverKeeps;
            giver.turn += 1;
            next.passed = Some(Passed {
                to: other,
                turn: me.turn + 1,
                before: match self.0 == Wrong::ForgetsBefore {
                    true => 0,
                    false => me.back,
                },
            });
            go(PASSES[shop], next);
        }
        if let Some(again) = me.last {
            let mut next = at.clone();
            self.take(&mut next.shops[shop], again);
            go(AGAIN[shop], next);
        }
    }
}

impl Model for Rights {
    type State = State;

    fn begin(&self) -> State {
        let shop = |has_it| Shop {
            has_it,
            turn: 0,
            back: 0,
            told: 0,
            last: None,
            asks: false,
            wanted: false,
        };
        State {
            shops: [shop(true), shop(false)],
            passed: None,
            granted: None,
            holder: 0,
        }
    }

    fn steps(&self, from: &State, go: &mut dyn FnMut(&'static str, State)) {
        for shop in 0..2 {
            self.steps_of(from, shop, go);
        }
        if let Some(passed) = from.passed {
            let mut next = from.clone();
            next.passed = None;
            next.holder = passed.to;
            if self.0 != Wrong::TakerFirst {
                next.granted = Some(passed);
            }
            if self.0 == Wrong::GiverKeeps {
                next.shops[1 - passed.to].has_it = false;
            }
            go("the hub hears that it was passed", next);
        }
        if let Some(granted) = from.granted {
            let mut next = from.clone();
            next.granted = None;
            self.take(&mut next.shops[granted.to], granted);
            go("it arrives", next);
        }
    }

    fn check(&self, at: &State) -> Result<(), String> {
        let back: u8 = at.shops.iter().map(|shop| shop.back).sum();
        if back > SOLD {
            return Err(format!("{back} pieces came back of {SOLD}"));
        }
        // That two have it is no harm as long as nothing is refunded; that it is, is told above.
        match self.0 == Wrong::Nothing && at.shops.iter().all(|shop| shop.has_it) {
            true => Err("two have the right".to_owned()),
            false => Ok(()),
        }
    }
}

#[test]
fn never_do_two_have_the_right_to_refund_and_never_comes_more_back_than_was_sold() {
    holds("refund rights", &Rights(Wrong::Nothing), 100);
}

#[test]
fn every_wrong_rule_of_refund_rights_lets_more_come_back() {
    for wrong in [
        Wrong::TakerFirst,
        Wrong::GiverKeeps,
        Wrong::ForgetsBefore,
        Wrong::ForgetsTold,
        Wrong::TurnsIgnored,
    ] {
        breaks(&format!("{wrong:?}"), &Rights(wrong));
    }
}
