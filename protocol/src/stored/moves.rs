//! What facts do to balances.

use crate::exceptions::{ExceptionId, Raised, Rule, Standing};
use crate::facts::{BodyRefused, Fact, Kind};
use crate::ids::{FactId, HoldId};
use crate::money::{Currency, Minor};
use crate::returns::ReturnRecorded;
use crate::sales::{SaleRecorded, Tender};

use super::StoredCard;

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoredWhy {
    /// It was bought, or more of it.
    Sold,
    /// It paid.
    Redeemed,
    /// Goods came back.
    Returned,
}

impl StoredWhy {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Redeemed => "redeemed",
            Self::Returned => "returned",
        }
    }
}

/// Money that went on a card or off it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredMove {
    /// The card.
    pub card: StoredCard,
    /// Which move of its fact it is, from 0.
    pub part: u16,
    /// Why.
    pub why: StoredWhy,
    /// How much more is on it: below nothing when it paid.
    pub amount_minor: Minor,
    /// The currency.
    pub currency: Currency,
    /// The money that was held back for it and is no longer.
    pub hold: Option<HoldId>,
}

/// Returns what a fact does to balances; most do nothing.
///
/// # Errors
/// [`BodyRefused`] when the fact is of a kind that may, and cannot be read.
pub fn moves(fact: &Fact) -> Result<Vec<StoredMove>, BodyRefused> {
    match fact.kind() {
        Some(Kind::SaleRecorded) => Ok(of_sale(&fact.read()?)),
        Some(Kind::ReturnRecorded) => Ok(of_return(&fact.read()?)),
        Some(_) | None => Ok(Vec::new()),
    }
}

fn of_sale(sale: &SaleRecorded) -> Vec<StoredMove> {
    let put = sale.lines.iter().filter_map(|line| {
        let sold = line.remarks.as_ref()?.stored.as_ref()?;
        let card = sold.card.clone()?;
        Some((card, StoredWhy::Sold, line.amount_minor, None))
    });
    let paid = sale.tenders.iter().filter_map(|tender| {
        let (card, amount, hold) = of_tender(tender)?;
        let taken = Minor(amount.0.saturating_neg());
        Some((card, StoredWhy::Redeemed, taken, hold))
    });
    numbered(put.chain(paid), sale.currency)
}

fn of_return(back: &ReturnRecorded) -> Vec<StoredMove> {
    let given = back.tenders.iter().filter_map(|tender| {
        let (card, amount, hold) = of_tender(tender)?;
        Some((card, StoredWhy::Returned, amount, hold))
    });
    numbered(given, back.currency)
}

fn of_tender(tender: &Tender) -> Option<(StoredCard, Minor, Option<HoldId>)> {
    let paid = tender.stored.as_ref()?;
    Some((paid.card.clone(), tender.amount_minor, paid.hold))
}

type Moved = (StoredCard, StoredWhy, Minor, Option<HoldId>);

fn numbered(all: impl Iterator<Item = Moved>, currency: Currency) -> Vec<StoredMove> {
    let moves = (0..).zip(all);
    let moves = moves.map(|(part, (card, why, amount_minor, hold))| StoredMove {
        card,
        part,
        why,
        amount_minor,
        currency,
        hold,
    });
    moves.collect()
}

/// Returns the exception of a card of which more was redeemed than was on it: `uses` are the facts
/// that redeemed it. With one more of them it is another exception, as there is more to look into.
#[must_use]
pub fn over_redeem(balance_minor: Minor, uses: &[FactId]) -> Option<Raised> {
    if balance_minor >= Minor::ZERO {
        return None;
    }
    let mut facts = uses.to_vec();
    facts.sort_unstable();
    facts.dedup();
    Some(Raised {
        exception_id: ExceptionId::of(Rule::OverRedeem, &facts),
        rule: Rule::OverRedeem,
        facts,
        fulfilment_id: None,
        units: Vec::new(),
        standing: Standing::Open,
    })
}

#[cfg(test)]
mod tests {
    use proptest::{prop_assert_eq, proptest};

    use super::over_redeem;
    use crate::ids::FactId;
    use crate::money::Minor;

    #[test]
    fn both_uses_are_named_whichever_arrived_first() {
        let (a, b) = (FactId::from_parts(1, 1), FactId::from_parts(2, 2));
        let first = over_redeem(Minor(-1), &[a, b]).unwrap();
        assert_eq!(over_redeem(Minor(-1), &[b, a, b]), Some(first.clone()));
        assert_eq!(first.facts, [a, b]);
        assert_eq!(over_redeem(Minor(0), &[a, b]), None);
    }

    proptest! {
        #[test]
        fn a_balance_is_below_nothing_exactly_where_an_exception_says_so(
            put in 0_i64..1_000, uses in proptest::collection::vec(1_i64..400, 0..6)
        ) {
            let balance = put - uses.iter().sum::<i64>();
            let facts = (1..).zip(&uses).map(|(at, _)| FactId::from_parts(at, 1));
            let facts: Vec<FactId> = facts.collect();
            prop_assert_eq!(over_redeem(Minor(balance), &facts).is_some(), balance < 0);
        }
    }
}
