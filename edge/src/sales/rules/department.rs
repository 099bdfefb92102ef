//! Goods the catalogue does not know, sold by their department at a price somebody types.

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{Sku, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::TillPolicy;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{ByDepartment, LineRemarks};
use counterpart_protocol::staff::Role;
use counterpart_protocol::tax::Rate;

use super::basket::{Basket, BasketRefused, Item};
use super::discount::UNITS_MAX;
use super::scan::legible;
use crate::written::spelled;

/// What is sold by its department.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sold {
    /// The department, as the catalogue calls it.
    pub department: String,
    /// The tax rate in it.
    pub tax_rate: Rate,
    /// The price of one piece that was typed, tax included.
    pub price_minor: Minor,
    /// What was scanned or typed, if anything was.
    pub code: Option<String>,
}

/// Who types a price by department, and what they may.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByHandOf<'a> {
    /// What the person may do.
    pub role: Role,
    /// The manager who approves.
    pub approved_by: Option<StaffId>,
    /// The limits.
    pub policy: &'a TillPolicy,
    /// The currency of the basket.
    pub currency: Currency,
}

/// Why nothing is sold by its department.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DepartmentRefused {
    /// The catalogue has no such department at such a tax.
    #[error("there is no department '{department}' with this tax: choose one of the list")]
    Unknown {
        /// What was asked for.
        department: String,
    },
    /// A price of nothing or less, or absurd.
    #[error("a price is more than nothing and at most {UNITS_MAX} {currency}: type it again")]
    PriceOutOfRange {
        /// The currency.
        currency: Currency,
    },
    /// Beyond what the person may do alone.
    #[error(
        "by department up to {} may be sold alone: have a manager type their PIN",
        spelled(*allowed_minor, *currency)
    )]
    NeedsManager {
        /// What may be sold alone.
        allowed_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// Beyond what anybody may do.
    #[error(
        "by department nobody here may sell anything dearer than {}: have it put into the \
         catalogue",
        spelled(*allowed_minor, *currency)
    )]
    BeyondAll {
        /// What may be sold at most.
        allowed_minor: Minor,
        /// Its currency.
        currency: Currency,
    },
    /// The basket takes no more.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
}

impl ByHandOf<'_> {
    /// Decides whether a piece may be sold at `price`.
    ///
    /// # Errors
    /// [`DepartmentRefused`], the first reason in the order a person mends them.
    fn allows(&self, price: Minor) -> Result<(), DepartmentRefused> {
        let currency = self.currency;
        let most = UNITS_MAX * 10_i64.pow(u32::from(currency.decimals()));
        if !(1..=most).contains(&price.0) {
            return Err(DepartmentRefused::PriceOutOfRange { currency });
        }
        let beyond = |role: Role| {
            let allowed = self.policy.limits(role).department_price_max_minor;
            allowed.filter(|allowed| price > *allowed)
        };
        if let Some(allowed_minor) = beyond(Role::Manager) {
            return Err(DepartmentRefused::BeyondAll {
                allowed_minor,
                currency,
            });
        }
        match beyond(self.role) {
            Some(allowed_minor) if self.approved_by.is_none() => {
                Err(DepartmentRefused::NeedsManager {
                    allowed_minor,
                    currency,
                })
            }
            Some(_) | None => Ok(()),
        }
    }
}

impl Basket {
    /// Adds a piece that is sold by its department, on a line of its own, and returns the line.
    ///
    /// # Errors
    /// [`DepartmentRefused`]; the basket is unchanged.
    pub(crate) fn add_by_department(
        &mut self,
        sold: Sold,
        asking: &ByHandOf<'_>,
    ) -> Result<u16, DepartmentRefused> {
        asking.allows(sold.price_minor)?;
        let before = self.clone();
        let item = Item {
            sku: Sku::of_department(&sold.department),
            description: sold.department.clone(),
            department: sold.department.clone(),
            unit: Unit::Piece,
            unit_price_minor: sold.price_minor,
            tax_rate: sold.tax_rate,
        };
        let remarks = LineRemarks {
            by_department: Some(ByDepartment {
                department: sold.department,
                code: sold.code.map(|code| legible(code.trim())),
                approved_by: asking.approved_by,
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
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::{SaleId, StaffId};
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::policies::TillPolicy;
    use counterpart_protocol::staff::Role;
    use counterpart_protocol::tax::Rate;

    use super::{ByHandOf, DepartmentRefused, Sold};
    use crate::sales::rules::Basket;

    fn sold(price: i64) -> Sold {
        Sold {
            department: "Food".to_owned(),
            tax_rate: Rate(6_000),
            price_minor: Minor(price),
            code: Some(" 4012345678901 ".to_owned()),
        }
    }

    fn sell(price: i64, role: Role, approved: bool) -> Result<Basket, DepartmentRefused> {
        let mut policy = TillPolicy::default();
        policy.manager.department_price_max_minor = Some(Minor(50_000));
        let asking = ByHandOf {
            role,
            approved_by: approved.then(|| StaffId::from_parts(1, 9)),
            policy: &policy,
            currency: Currency::EUR,
        };
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        basket.add_by_department(sold(price), &asking)?;
        basket.add_by_department(sold(price), &asking)?;
        Ok(basket)
    }

    #[test]
    fn each_piece_is_a_line_that_says_which_code_it_was() {
        let basket = sell(499, Role::Associate, false).unwrap();
        assert_eq!(basket.lines.len(), 2);
        let line = &basket.lines[0];
        assert_eq!(line.item.sku.as_str(), "DEPARTMENT/Food");
        let said = line.remarks.by_department.as_ref().unwrap();
        assert_eq!(said.code.as_deref(), Some("4012345678901"));
        assert_eq!(basket.figures().unwrap().total_minor, Minor(998));
    }

    #[test]
    fn a_price_is_within_what_the_person_may_or_a_manager_approves() {
        #[track_caller]
        fn check(price: i64, role: Role, approved: bool, sentence: Option<&str>) {
            let refused = sell(price, role, approved).err().map(|it| it.to_string());
            assert_eq!(refused.as_deref(), sentence);
        }
        check(10_000, Role::Associate, false, None);
        check(
            10_001,
            Role::Associate,
            false,
            Some("by department up to 100.00 EUR may be sold alone: have a manager type their PIN"),
        );
        check(10_001, Role::Associate, true, None);
        check(50_000, Role::Manager, false, None);
        check(
            50_001,
            Role::Associate,
            true,
            Some(
                "by department nobody here may sell anything dearer than 500.00 EUR: have it put \
                 into the catalogue",
            ),
        );
        let range = "a price is more than nothing and at most 1000000 EUR: type it again";
        check(0, Role::Manager, false, Some(range));
        check(-1, Role::Manager, false, Some(range));
        check(i64::MAX, Role::Manager, false, Some(range));
    }
}
