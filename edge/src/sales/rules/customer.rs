//! To whom a basket is sold: whose prices it has, and whether it bears tax.

use counterpart_protocol::customers::{Certificate, Exemption};
use counterpart_protocol::ids::{CustomerId, GroupId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Permission;
use counterpart_protocol::sales::{ByHand, Exempted};
use counterpart_protocol::tax::Rate;

use super::basket::{Basket, BasketLine, BasketRefused};

/// The reason word of an exemption that somebody read off a certificate at the till.
const EXEMPT_REASON: &str = "tax_exempt";

/// A customer as a basket knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// Who.
    pub customer_id: CustomerId,
    /// Their group, with its name.
    pub group: Option<(GroupId, String)>,
    /// Why they pay no tax today.
    pub exemption: Option<Exemption>,
}

/// Why a basket is sold as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CustomerRefused {
    /// Nobody has it.
    #[error("no customer here has the card {0}: find them by name, or let them join")]
    NoSuchCard(String),
    /// Nobody is.
    #[error("this customer is not known here any more: find them again")]
    Unknown,
    /// It needs a manager.
    #[error("selling without tax needs a manager: have one type their PIN")]
    NeedsManager,
    /// No number of a certificate.
    #[error("type the number of the certificate, at most 40 characters, as it is printed")]
    CertificateUnfit,
    /// It does not add up.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
}

impl Basket {
    /// Returns the group whose prices it has.
    #[must_use]
    pub(crate) fn group(&self) -> Option<&GroupId> {
        self.sold_to.group.as_ref()
    }

    /// Tells whether it bears no tax.
    #[must_use]
    pub(super) fn is_exempt(&self) -> bool {
        self.sold_to.exempted.is_some()
    }

    /// Returns the rate of the tax that is paid in a line. Money bears none anyway.
    #[must_use]
    pub(super) fn rate_paid(&self, line: &BasketLine) -> Rate {
        match self.is_exempt() {
            true => Rate(0),
            false => line.item.tax_rate,
        }
    }

    /// Sells it to a customer, or to nobody in particular; `prices` are those of one unit for them,
    /// of lines that have another one now. A certificate that was read at the till stays.
    ///
    /// # Errors
    /// [`CustomerRefused::Basket`]; it is unchanged.
    pub(crate) fn sell_to(
        &mut self,
        named: Option<Named>,
        prices: &[(u16, Minor)],
    ) -> Result<(), CustomerRefused> {
        let before = self.clone();
        let by_hand = self.sold_to.exempted.take();
        let by_hand = by_hand.filter(|exempted| exempted.by_hand.is_some());
        self.sold_to.customer_id = named.as_ref().map(|it| it.customer_id);
        let group = named.as_ref().and_then(|it| it.group.clone());
        (self.sold_to.group, self.sold_to.group_name) = group.unzip();
        let own = named.and_then(|it| it.exemption).map(|it| Exempted {
            certificate: it.certificate,
            by_hand: None,
        });
        self.sold_to.exempted = own.or(by_hand);
        for line in &mut self.lines {
            if let Some((_, price)) = prices.iter().find(|(number, _)| *number == line.line) {
                line.item.unit_price_minor = *price;
            }
        }
        Ok(self.keep_or(before, Ok(()))?)
    }

    /// Sells it without tax by a certificate somebody shows, or with tax again: who may alone, and
    /// whoever has a manager's approval.
    ///
    /// # Errors
    /// [`CustomerRefused::NeedsManager`]; [`CustomerRefused::Basket`]; it is unchanged.
    pub(crate) fn exempt(
        &mut self,
        certificate: Option<Certificate>,
        (by, may): (StaffId, Permission),
        approved_by: Option<StaffId>,
    ) -> Result<(), CustomerRefused> {
        let before = self.clone();
        if certificate.is_some() && may != Permission::Alone && approved_by.is_none() {
            return Err(CustomerRefused::NeedsManager);
        }
        self.sold_to.exempted = certificate.map(|certificate| Exempted {
            certificate,
            by_hand: Some(ByHand {
                reason: EXEMPT_REASON.to_owned(),
                by: Some(by),
                approved_by,
            }),
        });
        Ok(self.keep_or(before, Ok(()))?)
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::catalog::Unit;
    use counterpart_protocol::customers::Exemption;
    use counterpart_protocol::ids::{CustomerId, SaleId, StaffId};
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::policies::Permission;
    use counterpart_protocol::pricing::{Off, Percent};
    use counterpart_protocol::sales::ReducedBy;
    use counterpart_protocol::tax::Rate;

    use super::{CustomerRefused, Named};
    use crate::sales::rules::{Basket, Discount, Given, Item, PriceReason};

    fn basket() -> Basket {
        let mut basket = Basket::new(SaleId::from_parts(1, 1));
        let item = |sku: &str, price, rate| Item {
            sku: sku.parse().unwrap(),
            description: sku.to_owned(),
            department: "Home".to_owned(),
            unit: Unit::Piece,
            unit_price_minor: Minor(price),
            tax_rate: Rate(rate),
        };
        basket.add(item("MUG", 1_210, 21_000)).unwrap();
        basket.add(item("TEA", 106, 6_000)).unwrap();
        basket
    }

    fn named(exemption: Option<&str>) -> Named {
        Named {
            customer_id: CustomerId::from_parts(1, 7),
            group: Some(("members".parse().unwrap(), "Members".to_owned())),
            exemption: exemption.map(|certificate| Exemption {
                certificate: certificate.parse().unwrap(),
                until: None,
            }),
        }
    }

    fn total(basket: &Basket) -> i64 {
        basket.figures().unwrap().total_minor.0
    }

    #[test]
    fn a_member_pays_the_groups_price_and_everybodys_again_without_the_card() {
        let mut basket = basket();
        basket
            .sell_to(Some(named(None)), &[(1, Minor(1_000))])
            .unwrap();
        assert_eq!(total(&basket), 1_106);
        assert_eq!(basket.group().unwrap().as_str(), "members");
        basket.sell_to(None, &[(1, Minor(1_210))]).unwrap();
        assert_eq!((total(&basket), basket.sold_to.is_nobody()), (1_316, true));
    }

    #[test]
    fn who_pays_no_tax_pays_the_net_price_and_the_fact_says_why() {
        let mut basket = basket();
        basket.sell_to(Some(named(Some("BE 0123"))), &[]).unwrap();
        let figures = basket.figures().unwrap();
        assert_eq!((figures.total_minor.0, figures.off_minor.0), (1_100, 0));
        assert_eq!(figures.taxes.len(), 1, "all of it at no rate");
        assert_eq!(figures.taxes[0].tax_minor, Minor(0));
        let lines = basket.sale_lines().unwrap();
        let because = &lines[0].reductions()[0].because;
        assert_eq!(*because, ReducedBy::TaxExempt { rate: Rate(21_000) });
        assert_eq!(lines[0].tax_rate, Rate(0));
    }

    #[test]
    fn a_discount_is_no_larger_share_for_whoever_pays_no_tax() {
        let mut basket = basket();
        let given = Given {
            by: StaffId::from_parts(1, 1),
            approved_by: None,
            reason: PriceReason::Goodwill,
            allowed: Percent(20_000),
        };
        let off = Off::Percent(Percent(20_000));
        basket.lines[0].discounts.push(Discount { off, given });
        let with_tax = basket.figures().unwrap().line_share(1);
        basket.sell_to(Some(named(Some("BE 0123"))), &[]).unwrap();
        assert_eq!(basket.figures().unwrap().line_share(1), with_tax);
        basket.lines[0].discounts.clear();
        basket.discounts.push(Discount { off, given });
        let exempt = basket.figures().unwrap().sale_share();
        basket.sell_to(None, &[]).unwrap();
        assert_eq!(basket.figures().unwrap().sale_share(), exempt);
    }

    #[test]
    fn a_certificate_at_the_till_needs_a_manager_and_outlives_the_customer() {
        let mut basket = basket();
        let (sam, robin) = (StaffId::from_parts(1, 1), StaffId::from_parts(1, 2));
        let paper = || Some("DIPLO 7".parse().unwrap());
        let alone = basket.exempt(paper(), (sam, Permission::WithManager), None);
        assert_eq!(alone, Err(CustomerRefused::NeedsManager));
        basket
            .exempt(paper(), (sam, Permission::WithManager), Some(robin))
            .unwrap();
        basket.sell_to(Some(named(None)), &[]).unwrap();
        basket.sell_to(None, &[]).unwrap();
        assert_eq!(total(&basket), 1_100);
        let exempted = basket.sold_to.exempted.clone().unwrap();
        assert_eq!(exempted.by_hand.unwrap().approved_by, Some(robin));
        basket
            .exempt(None, (sam, Permission::WithManager), None)
            .unwrap();
        assert_eq!(total(&basket), 1_316);
    }
}
