//! One sale, the store that sold it and a desk that refunds from the code on its receipt, every
//! interleaving up to a bound: refunds with the right and without, the right passed on, the hub
//! that hears and tells late. Once all is heard, more came back than was sold exactly where the hub
//! and both stores name it, and who has heard of the other's refunds adds none beyond it.

use counterpart_protocol::exceptions::ExceptionId;
use counterpart_protocol::ids::FactId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{LineBack, SoldUnits, over_refund};
use counterpart_protocol::tax::Rate;

use crate::explore::{Model, breaks, holds};

/// Pieces that were sold, by the first store.
const SOLD: u8 = 3;

/// What is made wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wrong {
    /// Nothing.
    Nothing,
    /// What the hub tells of the other store does not count.
    IgnoresNews,
    /// The hub leaves out what was refunded without the right.
    SkipsProvisional,
    /// A refund that is heard of again counts again.
    CountsAgain,
    /// Only the store that sold it is told.
    TellsSellerOnly,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct State {
    /// Pieces that came back at each, each by a fact of its own.
    back: [u8; 2],
    /// Whether the store that sold it has the right.
    seller_has_it: bool,
    /// What came back before the right was passed, on its way to the desk.
    passed: Option<u8>,
    /// How many of each store's facts the hub has heard.
    heard: [u8; 2],
    /// Pieces each knows that came back at the other.
    known: [u8; 2],
    /// What the hub had heard when it told each store last.
    told: [[u8; 2]; 2],
    /// Whether somebody who had heard of all refunded beyond what was sold.
    knew_better: bool,
}

struct Refunds(Wrong);

const REFUNDS: [&str; 2] = ["the seller refunds", "the desk refunds"];
const HEARS: [&str; 2] = ["the hub hears the seller", "the hub hears the desk"];
const TELLS: [&str; 2] = ["the hub tells the seller", "the hub tells the desk"];

fn fact(store: usize, number: u8) -> FactId {
    FactId::from_parts(u64::from(number), store as u128)
}

impl Refunds {
    /// Returns the name of what is too much, by the product's own rule.
    fn named(&self, heard: [u8; 2]) -> Option<ExceptionId> {
        let sold = [SoldUnits {
            line: 1,
            sku: "TEE-M".parse().unwrap(),
            quantity_milli: Milli(i64::from(SOLD) * 1_000),
        }];
        let pieces = match self.0 == Wrong::CountsAgain {
            true => 2,
            false => 1,
        };
        let line = [LineBack {
            line: 1,
            quantity_milli: Milli(1_000 * pieces),
            amount_minor: Minor(100),
            tax_rate: Rate(21_000),
        }];
        let stores = match self.0 == Wrong::SkipsProvisional {
            true => 1,
            false => 2,
        };
        let facts = (0..stores).flat_map(|store| {
            let of_store = 0..heard[store];
            of_store.map(move |number| fact(store, number))
        });
        let refunds: Vec<_> = facts.map(|id| (id, &line[..])).collect();
        // In whatever order they come and however often: the rule is asked both ways.
        let forwards = over_refund(&sold, refunds.iter().copied());
        let twice = refunds.iter().rev().chain(&refunds).copied();
        assert_eq!(over_refund(&sold, twice), forwards);
        forwards.map(|raised| raised.exception_id)
    }
}

impl Model for Refunds {
    type State = State;

    fn begin(&self) -> State {
        State {
            back: [0; 2],
            seller_has_it: true,
            passed: None,
            heard: [0; 2],
            known: [0; 2],
            told: [[0; 2]; 2],
            knew_better: false,
        }
    }

    fn steps(&self, from: &State, go: &mut dyn FnMut(&'static str, State)) {
        for store in 0..2 {
            let other = 1 - store;
            // The desk needs no right: the code says what was paid. The seller keeps to it.
            let may = store == 1 || from.seller_has_it;
            if may && from.back[store] + from.known[store] < SOLD {
                let mut next = from.clone();
                next.back[store] += 1;
                let knew_all = from.told[store][other] == from.back[other];
                let sum = next.back[0] + next.back[1];
                next.knew_better |= knew_all && sum > SOLD;
                go(REFUNDS[store], next);
            }
            if from.heard[store] < from.back[store] {
                let mut next = from.clone();
                next.heard[store] += 1;
                go(HEARS[store], next);
            }
            let is_told = self.0 != Wrong::TellsSellerOnly || store == 0;
            if from.told[store] != from.heard && is_told {
                let mut next = from.clone();
                next.told[store] = from.heard;
                if self.0 != Wrong::IgnoresNews {
                    next.known[store] = from.known[store].max(from.heard[other]);
                }
                go(TELLS[store], next);
            }
        }
        if from.seller_has_it {
            let mut next = from.clone();
            next.seller_has_it = false;
            next.passed = Some(from.back[0]);
            go("the seller passes the right", next);
        }
        if let Some(before) = from.passed {
            let mut next = from.clone();
            next.passed = None;
            next.known[1] = from.known[1].max(before);
            go("the right arrives at the desk", next);
        }
    }

    fn check(&self, at: &State) -> Result<(), String> {
        if at.back.iter().any(|back| *back > SOLD) {
            return Err("one store alone refunded more than was sold".to_owned());
        }
        if at.knew_better {
            return Err("a store that had heard of all refunded beyond it".to_owned());
        }
        // Nobody hears any more: the wrong one that tells nobody must not hide behind that.
        let is_told = |store: usize| at.told[store] == at.heard;
        let is_quiet = match self.0 == Wrong::TellsSellerOnly {
            true => is_told(0),
            false => is_told(0) && is_told(1),
        };
        if at.heard != at.back || !is_quiet {
            return Ok(());
        }
        let is_over = at.back[0] + at.back[1] > SOLD;
        let name = self.named(at.heard);
        if name.is_some() != is_over {
            return Err(format!("{:?} came back and {name:?} is named", at.back));
        }
        match at.told.iter().all(|told| self.named(*told) == name) {
            true => Ok(()),
            false => Err("the stores name something else than the hub".to_owned()),
        }
    }
}

#[test]
fn more_came_back_than_was_sold_exactly_where_everybody_names_it_once() {
    holds("provisional refunds", &Refunds(Wrong::Nothing), 500);
}

#[test]
fn every_wrong_rule_of_provisional_refunds_is_found() {
    for wrong in [
        Wrong::IgnoresNews,
        Wrong::SkipsProvisional,
        Wrong::CountsAgain,
        Wrong::TellsSellerOnly,
    ] {
        breaks(&format!("{wrong:?}"), &Refunds(wrong));
    }
}
