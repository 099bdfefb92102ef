//! Money on a gift card as a line of a sale.
//!
//! It is a voucher for whatever we sell, at whatever tax that has: no tax is due when it is sold
//! (multi-purpose voucher, Council Directive (EU) 2016/1065), but when it pays. Nothing is taken
//! off it, and it is no goods: no stock moves and it does not come back.

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{Sku, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::TillPolicy;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::LineRemarks;
use counterpart_protocol::staff::Role;
use counterpart_protocol::stored::{StoredCard, StoredSold};
use counterpart_protocol::tax::Rate;

use super::basket::{Basket, BasketLine, BasketRefused, Item};
use crate::stored::StoredRefused;
use crate::written::spelled;

/// Whole units of the currency on one card: beyond it a number was typed for an amount.
const UNITS_MAX: i64 = 10_000;

/// Who puts money on a card, and what holds for them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Issuing<'a> {
    /// Their role.
    pub role: Role,
    /// The manager who approved it, if one did.
    pub approved_by: Option<StaffId>,
    /// What each role may do.
    pub policy: &'a TillPolicy,
    /// The currency of the store.
    pub currency: Currency,
}

/// Why no money is put on a gift card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GiftCardRefused {
    /// The card itself.
    #[error(transparent)]
    Card(#[from] StoredRefused),
    /// Nothing, or more than anybody means.
    #[error(
        "a gift card has more than nothing and at most {UNITS_MAX} {currency} put on it: type the \
         amount again"
    )]
    OutOfRange {
        /// The currency.
        currency: Currency,
    },
    /// Nothing would give the customer the number.
    #[error("this register has no printer for the number of a new card: scan a card that has one")]
    NoPrinter,
    /// Credit is given for goods, not sold.
    #[error("this is a store credit: money is only put on gift cards")]
    Credit,
    /// Beyond what the person may do alone.
    #[error(
        "up to {} may be put on a gift card alone: have a manager type their PIN",
        spelled(*allowed_minor, *currency)
    )]
    NeedsManager {
        /// What may be.
        allowed_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// Beyond what anybody may do.
    #[error(
        "nobody here may put more than {} on a gift card: sell two",
        spelled(*allowed_minor, *currency)
    )]
    BeyondAll {
        /// What may be.
        allowed_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// The basket takes no more.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
}

impl Issuing<'_> {
    fn allows(&self, amount: Minor) -> Result<(), GiftCardRefused> {
        let currency = self.currency;
        let most = UNITS_MAX * 10_i64.pow(u32::from(currency.decimals()));
        if !(1..=most).contains(&amount.0) {
            return Err(GiftCardRefused::OutOfRange { currency });
        }
        let beyond = |role: Role| {
            let allowed = self.policy.limits(role).gift_card_max_minor;
            allowed.filter(|allowed| amount > *allowed)
        };
        if let Some(allowed_minor) = beyond(Role::Manager) {
            return Err(GiftCardRefused::BeyondAll {
                allowed_minor,
                currency,
            });
        }
        match beyond(self.role) {
            Some(allowed_minor) if self.approved_by.is_none() => {
                Err(GiftCardRefused::NeedsManager {
                    allowed_minor,
                    currency,
                })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Basket {
    /// Adds money on a gift card, on a line of its own: on `card`, or on one that gets its number
    /// when the sale is paid. `name` is what a line of a gift card is called. Returns the line.
    ///
    /// # Errors
    /// [`GiftCardRefused`]; the basket is unchanged.
    pub(crate) fn add_gift_card(
        &mut self,
        (amount_minor, card): (Minor, Option<StoredCard>),
        name: &str,
        issuing: &Issuing<'_>,
    ) -> Result<u16, GiftCardRefused> {
        issuing.allows(amount_minor)?;
        let before = self.clone();
        let item = Item {
            sku: Sku::of_stored_value(),
            description: match &card {
                Some(card) => named(name, card),
                None => name.to_owned(),
            },
            department: String::new(),
            unit: Unit::Piece,
            unit_price_minor: amount_minor,
            tax_rate: Rate(0),
        };
        let remarks = LineRemarks {
            stored: Some(StoredSold {
                card,
                approved_by: issuing.approved_by,
            }),
            ..LineRemarks::default()
        };
        let pushed = self.push(item, Milli::ONE);
        if pushed.is_ok()
            && let Some(line) = self.lines.last_mut()
        {
            line.remarks = remarks;
        }
        Ok(self.keep_or(before, pushed)?)
    }

    /// Refuses what is only done with goods, of a line that is money.
    ///
    /// # Errors
    /// [`BasketRefused::IsMoney`].
    pub(crate) fn is_goods(&self, line: u16) -> Result<(), BasketRefused> {
        let found = self.lines.iter().find(|it| it.line == line);
        match found.is_some_and(BasketLine::is_money) {
            true => Err(BasketRefused::IsMoney { line }),
            false => Ok(()),
        }
    }
}

impl BasketLine {
    /// Tells whether it is money on a gift card.
    #[must_use]
    pub(super) fn is_money(&self) -> bool {
        self.remarks.stored.is_some()
    }
}

/// Names a card by the end of its number.
#[must_use]
pub(crate) fn named(name: &str, card: &StoredCard) -> String {
    format!("{name} ****{}", card.last_four)
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::{SaleId, StaffId};
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::policies::TillPolicy;
    use counterpart_protocol::pricing::{Off, Percent};
    use counterpart_protocol::staff::Role;
    use counterpart_protocol::stored::{StoredKind, StoredNumber};

    use super::{GiftCardRefused, Issuing};
    use crate::sales::rules::{Basket, BasketRefused};

    fn sell(amount: i64, role: Role, approved: bool) -> Result<Basket, GiftCardRefused> {
        let mut policy = TillPolicy::default();
        policy.manager.gift_card_max_minor = Some(Minor(50_000));
        let issuing = Issuing {
            role,
            approved_by: approved.then(|| StaffId::from_parts(1, 9)),
            policy: &policy,
            currency: Currency::EUR,
        };
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        basket.add_gift_card((Minor(amount), None), "Gift card", &issuing)?;
        Ok(basket)
    }

    #[test]
    fn money_on_a_card_is_a_line_without_tax_that_nobody_changes() {
        let basket = sell(5_000, Role::Associate, false).unwrap();
        let figures = basket.figures().unwrap();
        assert_eq!(figures.total_minor, Minor(5_000));
        assert_eq!(
            figures.taxes.iter().map(|tax| tax.tax_minor.0).sum::<i64>(),
            0
        );
        assert_eq!(basket.is_goods(1), Err(BasketRefused::IsMoney { line: 1 }));
        let again = basket.clone();
        let mut both = again;
        let number = StoredNumber::draw(StoredKind::GiftCard, 1).card();
        let issuing = Issuing {
            role: Role::Manager,
            approved_by: None,
            policy: &TillPolicy::default(),
            currency: Currency::EUR,
        };
        both.add_gift_card((Minor(100), Some(number.clone())), "Gift card", &issuing)
            .unwrap();
        assert_eq!(both.lines.len(), 2);
        let named = format!("Gift card ****{}", number.last_four);
        assert_eq!(both.lines[1].item.description, named);
    }

    #[test]
    fn an_amount_is_within_what_the_person_may_or_a_manager_approves() {
        #[track_caller]
        fn check(amount: i64, role: Role, approved: bool, sentence: Option<&str>) {
            let refused = sell(amount, role, approved).err().map(|it| it.to_string());
            assert_eq!(refused.as_deref(), sentence);
        }
        check(20_000, Role::Associate, false, None);
        check(
            20_001,
            Role::Associate,
            false,
            Some("up to 200.00 EUR may be put on a gift card alone: have a manager type their PIN"),
        );
        check(20_001, Role::Associate, true, None);
        check(
            50_001,
            Role::Manager,
            true,
            Some("nobody here may put more than 500.00 EUR on a gift card: sell two"),
        );
        let range = "a gift card has more than nothing and at most 10000 EUR put on it: type the \
                     amount again";
        check(0, Role::Manager, false, Some(range));
        check(i64::MAX, Role::Manager, false, Some(range));
    }

    #[test]
    fn no_discount_on_the_sale_comes_off_money() {
        use crate::sales::rules::{Discount, Given, PriceReason};
        let mut basket = sell(5_000, Role::Associate, false).unwrap();
        basket.discounts.push(Discount {
            off: Off::Percent(Percent(50_000)),
            given: Given {
                reason: PriceReason::Damaged,
                by: StaffId::from_parts(1, 9),
                approved_by: None,
                allowed: Percent::ALL,
            },
        });
        assert_eq!(basket.figures().unwrap().total_minor, Minor(5_000));
    }
}
