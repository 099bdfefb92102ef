//! Goods whose class is strict: what of them in a basket is not this store's own to sell, and who
//! approved that it goes all the same.
//!
//! It reads no rights and checks no PIN: what the store may sell by itself was read before, and who
//! approves was found out. Nothing is refused for good: an approval always lets the goods go.

use counterpart_protocol::ids::{Sku, StaffId};
use counterpart_protocol::policies::Permission;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::PromisedSold;

use super::basket::{Basket, BasketLine};

/// What the store has of goods whose class is strict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Strict {
    /// What.
    pub sku: Sku,
    /// What the record says is on hand, below nothing when more was sold than received.
    pub on_hand_milli: Milli,
    /// What of that the store may sell by itself, never below nothing.
    pub own_milli: Milli,
}

/// Goods of a basket that are not all this store's own to sell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promised {
    /// What, and what the store has of it.
    pub goods: Strict,
    /// Its name.
    pub description: String,
    /// How much of it is in the basket.
    pub wanted_milli: Milli,
    /// How much of that is approved.
    pub approved_milli: Milli,
}

/// Who lets promised goods go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Letting {
    /// Who sells.
    pub by: StaffId,
    /// How they may.
    pub may: Permission,
    /// The manager who approves.
    pub approved_by: Option<StaffId>,
    /// How much there was to approve, all goods together, when they looked; nothing where nobody
    /// says.
    pub seen_milli: Option<Milli>,
}

/// Why promised goods are not let go.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PromisedRefused {
    /// Everything in the basket is the store's own to sell, or is approved.
    #[error("nothing in the basket waits for this approval: go on with the sale")]
    Nothing,
    /// An associate cannot approve it.
    #[error(
        "{over} of {description} may be promised to others: have a manager type their PIN, or take \
         it out"
    )]
    NeedsManager {
        /// What.
        description: String,
        /// How much of it.
        over: Milli,
    },
    /// Somebody scanned or sold on while the manager looked.
    #[error("what is to be approved changed meanwhile: look at it again, then approve it")]
    Changed,
}

impl Promised {
    /// Returns how much of it is not this store's own to sell: more than nothing.
    #[must_use]
    pub(crate) fn over_milli(&self) -> Milli {
        Milli(self.wanted_milli.0.saturating_sub(self.goods.own_milli.0))
    }

    /// Tells whether somebody approved all of that.
    #[must_use]
    pub(crate) fn is_approved(&self) -> bool {
        self.approved_milli >= self.over_milli()
    }
}

impl Basket {
    /// Returns the goods of which more is in the basket than the store may sell by itself.
    #[must_use]
    pub(crate) fn promised(&self) -> Vec<Promised> {
        let each = self.strict.iter().filter_map(|goods| {
            let lines = || self.lines.iter().filter(|it| it.stands_for(&goods.sku));
            let sum = |of: fn(&BasketLine) -> Milli| {
                Milli(lines().map(|it| of(it).0).fold(0, i64::saturating_add))
            };
            let promised = Promised {
                goods: goods.clone(),
                description: lines().next()?.item.description.clone(),
                wanted_milli: sum(|it| it.quantity_milli),
                approved_milli: sum(BasketLine::approved),
            };
            Some(promised).filter(|it| it.over_milli() > Milli::ZERO)
        });
        each.collect()
    }

    /// Returns the first goods somebody still has to approve.
    #[must_use]
    pub(crate) fn promised_to_approve(&self) -> Option<Promised> {
        self.promised().into_iter().find(|it| !it.is_approved())
    }

    /// Lets everything in the basket go that is not the store's own to sell, and keeps with its
    /// lines who said so.
    ///
    /// # Errors
    /// [`PromisedRefused`]; the basket is unchanged.
    pub(crate) fn let_promised_go(&mut self, letting: Letting) -> Result<(), PromisedRefused> {
        let promised = self.promised();
        let mut open = promised.iter().filter(|it| !it.is_approved());
        let first = open.next().ok_or(PromisedRefused::Nothing)?;
        let all = open.map(|it| it.over_milli().0);
        let all = all.fold(first.over_milli().0, i64::saturating_add);
        if letting.seen_milli.is_some_and(|seen| seen.0 != all) {
            return Err(PromisedRefused::Changed);
        }
        let approved_by = match (letting.may, letting.approved_by) {
            (Permission::Alone, _) => None,
            (Permission::WithManager, Some(manager)) => Some(manager),
            (Permission::WithManager, None) | (Permission::Never, _) => {
                return Err(PromisedRefused::NeedsManager {
                    description: first.description.clone(),
                    over: first.over_milli(),
                });
            }
        };
        for goods in promised.iter().filter(|it| !it.is_approved()) {
            let of = |quantity_milli| PromisedSold {
                quantity_milli,
                by: letting.by,
                approved_by,
                on_hand_milli: goods.goods.on_hand_milli,
                own_milli: goods.goods.own_milli,
            };
            self.spread(&goods.goods.sku, goods.over_milli(), |line, part| {
                line.remarks.promised = Some(part).filter(|it| *it > Milli::ZERO).map(of);
            });
        }
        Ok(())
    }

    /// Leaves of each approval what is needed: the store may have got more by now, or the customer
    /// wants less.
    pub(super) fn keep_needed_approvals(&mut self) {
        let promised = self.promised();
        let mut skus: Vec<Sku> = self.lines.iter().map(|it| it.item.sku.clone()).collect();
        skus.sort_unstable();
        skus.dedup();
        for sku in skus {
            let found = promised.iter().find(|it| it.goods.sku == sku);
            let mut needed = found.map_or(Milli::ZERO, Promised::over_milli);
            for line in self.lines.iter_mut().rev().filter(|it| it.stands_for(&sku)) {
                let part = line.approved().min(needed);
                needed = Milli(needed.0 - part.0);
                match line.remarks.promised.as_mut() {
                    Some(said) if part > Milli::ZERO => said.quantity_milli = part,
                    Some(_) | None => line.remarks.promised = None,
                }
            }
        }
    }

    /// Spreads a quantity of one product over its lines, the last ones first, and has `keep` put
    /// down each line's part.
    fn spread(&mut self, sku: &Sku, quantity: Milli, keep: impl Fn(&mut BasketLine, Milli)) {
        let mut left = quantity;
        for line in self.lines.iter_mut().rev().filter(|it| it.stands_for(sku)) {
            let part = line.quantity_milli.min(left);
            left = Milli(left.0 - part.0);
            keep(line, part);
        }
    }
}

impl BasketLine {
    /// Tells whether it will be paid and is of this product. What follows other goods, as a deposit
    /// does, is promised to nobody.
    fn stands_for(&self, sku: &Sku) -> bool {
        self.voided.is_none() && self.remarks.goes_with.is_none() && self.item.sku == *sku
    }

    /// Returns how much of it somebody let go, at most all of it.
    fn approved(&self) -> Milli {
        let said = self.remarks.promised.as_ref();
        said.map_or(Milli::ZERO, |it| it.quantity_milli)
            .min(self.quantity_milli)
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::{SaleId, StaffId};
    use counterpart_protocol::money::Currency;
    use counterpart_protocol::policies::Permission;
    use counterpart_protocol::quantity::Milli;
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::{Letting, PromisedRefused, Strict};
    use crate::sales::rules::tests::tee;
    use crate::sales::rules::{Basket, Item, PayRefused, Settled, Step};

    fn by(number: u128) -> StaffId {
        StaffId::from_parts(1, number)
    }

    /// So many shirts on a line, of which the store has so many, and may sell so many by itself.
    fn basket(wanted: i32, on_hand: i32, own: i32) -> Basket {
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        basket.add(tee()).unwrap();
        basket.set_quantity(1, Milli::units(wanted)).unwrap();
        basket.strict = vec![Strict {
            sku: tee().sku,
            on_hand_milli: Milli::units(on_hand),
            own_milli: Milli::units(own),
        }];
        basket
    }

    fn letting(may: Permission, approved_by: Option<u128>) -> Letting {
        Letting {
            by: by(7),
            may,
            approved_by: approved_by.map(by),
            seen_milli: None,
        }
    }

    fn ready(basket: &Basket) -> Result<(), PayRefused> {
        Settled::showing(0, Currency::EUR).allows(basket)
    }

    /// Returns of each line how much is approved, and by whom.
    fn said(basket: &Basket) -> Vec<Option<(Milli, StaffId, Option<StaffId>)>> {
        let lines = basket.lines.iter();
        let said = lines.map(|it| it.remarks.promised.as_ref());
        said.map(|it| it.map(|it| (it.quantity_milli, it.by, it.approved_by)))
            .collect()
    }

    #[test]
    fn what_the_store_may_sell_by_itself_wants_nobody() {
        #[track_caller]
        fn check(wanted: i32, on_hand: i32, own: i32, over: i32) {
            let basket = basket(wanted, on_hand, own);
            let found = basket.promised().first().map(super::Promised::over_milli);
            assert_eq!(found, (over > 0).then_some(Milli::units(over)));
            assert_eq!(ready(&basket).is_ok(), over == 0);
        }
        check(2, 5, 2, 0);
        check(3, 5, 2, 1);
        check(6, 5, 2, 4);
        // The record says that there is none, and the customer holds one in the hand.
        check(1, 0, 0, 1);
        check(1, -4, 0, 1);
    }

    #[test]
    fn goods_of_another_class_are_sold_whatever_is_promised() {
        let mut basket = basket(3, 0, 0);
        basket.strict.clear();
        assert_eq!((basket.promised(), ready(&basket)), (Vec::new(), Ok(())));
    }

    #[test]
    fn an_associate_needs_a_manager_and_a_manager_nobody() {
        let mut basket = basket(3, 5, 2);
        let before = basket.clone();
        let alone = basket.let_promised_go(letting(Permission::WithManager, None));
        let refused = alone.unwrap_err();
        assert_eq!(
            refused.to_string(),
            "1 of The TEE may be promised to others: have a manager type their PIN, or take it out"
        );
        assert_eq!(basket, before);
        let mut managers = basket.clone();
        let approved = basket.let_promised_go(letting(Permission::WithManager, Some(9)));
        assert_eq!((approved, ready(&basket)), (Ok(()), Ok(())));
        assert_eq!(said(&basket), [Some((Milli::ONE, by(7), Some(by(9))))]);
        let alone = managers.let_promised_go(letting(Permission::Alone, None));
        assert_eq!((alone, ready(&managers)), (Ok(()), Ok(())));
        assert_eq!(said(&managers), [Some((Milli::ONE, by(7), None))]);
        let again = managers.let_promised_go(letting(Permission::Alone, None));
        assert_eq!(again, Err(PromisedRefused::Nothing));
    }

    #[test]
    fn one_more_piece_is_asked_for_anew_and_one_less_is_not() {
        let mut basket = basket(3, 5, 2);
        basket
            .let_promised_go(letting(Permission::WithManager, Some(9)))
            .unwrap();
        // It goes on the same line: what was approved sets no piece apart.
        assert_eq!(basket.add(tee()), Ok(1));
        assert!(matches!(
            ready(&basket),
            Err(PayRefused::PromisedUnapproved { .. })
        ));
        basket
            .let_promised_go(letting(Permission::WithManager, Some(8)))
            .unwrap();
        assert_eq!(said(&basket), [Some((Milli::units(2), by(7), Some(by(8))))]);
        basket.step(1, Step::Less).unwrap();
        assert_eq!(ready(&basket), Ok(()));
        basket.keep_needed_approvals();
        assert_eq!(said(&basket), [Some((Milli::ONE, by(7), Some(by(8))))]);
        basket.set_quantity(1, Milli::units(2)).unwrap();
        basket.keep_needed_approvals();
        assert_eq!(said(&basket), [None], "the store had two to sell");
    }

    #[test]
    fn another_tills_sale_meanwhile_is_asked_for_too() {
        let mut basket = basket(3, 5, 2);
        basket
            .let_promised_go(letting(Permission::WithManager, Some(9)))
            .unwrap();
        basket.strict[0].own_milli = Milli::ONE;
        assert!(ready(&basket).is_err());
        let mut seen = letting(Permission::WithManager, Some(9));
        seen.seen_milli = Some(Milli::ONE);
        assert_eq!(basket.let_promised_go(seen), Err(PromisedRefused::Changed));
        seen.seen_milli = Some(Milli::units(2));
        assert_eq!(basket.let_promised_go(seen), Ok(()));
        assert_eq!(ready(&basket), Ok(()));
    }

    #[test]
    fn a_line_that_is_taken_out_is_nobodys_to_approve_and_a_deposit_neither() {
        let mut basket = basket(3, 5, 2);
        basket.void(1, Some(by(7))).unwrap();
        assert_eq!(basket.promised(), []);
        basket.restore(1).unwrap();
        assert_eq!(basket.promised().len(), 1);
        let deposit = Item {
            sku: "DEPOSIT".parse().unwrap(),
            ..tee()
        };
        basket.attach(1, deposit.clone()).unwrap();
        basket.strict[0].sku = deposit.sku;
        assert_eq!(basket.promised(), []);
    }

    proptest! {
        /// However a product lies on lines, what is approved is what is over, on lines that hold
        /// it, and leaving what is needed changes nothing then.
        #[test]
        fn what_is_approved_is_what_is_over(
            lines in proptest::collection::vec(1_i32..20, 1..5),
            own in 0_i32..60,
        ) {
            let mut basket = basket(1, 60, own);
            basket.lines.clear();
            for wanted in &lines {
                basket.push(tee(), Milli::units(*wanted)).unwrap();
            }
            let over = (lines.iter().sum::<i32>() - own).max(0);
            let let_go = basket.let_promised_go(letting(Permission::Alone, None));
            prop_assert_eq!(let_go.is_ok(), over > 0);
            let approved = said(&basket).into_iter().flatten();
            let approved: i64 = approved.map(|it| it.0.0).sum();
            prop_assert_eq!(approved, Milli::units(over).0);
            for (line, part) in basket.lines.iter().zip(said(&basket)) {
                prop_assert!(part.is_none_or(|it| it.0 <= line.quantity_milli));
            }
            let before = basket.clone();
            basket.keep_needed_approvals();
            prop_assert_eq!(basket, before);
        }
    }
}
