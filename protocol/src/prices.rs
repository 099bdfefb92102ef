//! Prices that change without the catalogue: lists with a beginning and an end, for one store.
//!
//! A list is published before it is in force; the till looks which one is at the sale's moment.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{GroupId, Sku};
use crate::money::{Currency, Minor};

/// The price lists of one store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceBook {
    /// The currency of every price.
    pub currency: Currency,
    /// The lists by ascending rank: of several in force, the last one that has a price counts.
    pub lists: Vec<PriceList>,
}

/// Prices that hold for a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriceList {
    /// Its short name.
    pub id: String,
    /// Its name on screens.
    pub name: String,
    /// From when on it holds, in milliseconds UTC; nothing means since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// When it ends, in milliseconds UTC, exclusive; nothing means never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_ms: Option<i64>,
    /// The group of customers it is for; nothing means everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// The price of one unit of each product it names, tax included.
    pub prices: BTreeMap<Sku, Minor>,
}

impl PriceList {
    /// Tells whether it is in force at a moment in milliseconds UTC.
    #[must_use]
    pub fn holds_at(&self, at_ms: i64) -> bool {
        self.from_ms.is_none_or(|from_ms| from_ms <= at_ms)
            && self.until_ms.is_none_or(|until_ms| at_ms < until_ms)
    }
}

impl PriceBook {
    /// Makes a book of lists in any order: the one that begins last outranks the others, because
    /// an offer of this week stands over the prices of this year; equal beginnings go by id.
    #[must_use]
    pub fn of(currency: Currency, mut lists: Vec<PriceList>) -> Self {
        lists.sort_by(|a, b| (a.from_ms, &a.id).cmp(&(b.from_ms, &b.id)));
        Self { currency, lists }
    }

    /// Returns the price of one unit for a customer of a group, or of none, at a moment in
    /// milliseconds UTC, if a list in force has one. Where a list for the group and one for
    /// everybody have one, the lower counts: nobody pays more for showing a card.
    #[must_use]
    pub fn price_at(&self, sku: &Sku, group: Option<&GroupId>, at_ms: i64) -> Option<Minor> {
        let of = |wanted: Option<&GroupId>| {
            let lists = self.lists.iter().rev();
            let mut in_force =
                lists.filter(|list| list.group.as_ref() == wanted && list.holds_at(at_ms));
            in_force.find_map(|list| list.prices.get(sku).copied())
        };
        let for_group = group.and_then(|group| of(Some(group)));
        of(None).into_iter().chain(for_group).min()
    }
}

#[cfg(test)]
mod tests {
    use super::{PriceBook, PriceList};
    use crate::money::{Currency, Minor};

    fn list(id: &str, from_ms: Option<i64>, until_ms: Option<i64>, pen: i64) -> PriceList {
        PriceList {
            id: id.to_owned(),
            name: id.to_owned(),
            from_ms,
            until_ms,
            group: None,
            prices: [("PEN".parse().unwrap(), Minor(pen))].into(),
        }
    }

    #[test]
    fn the_list_that_began_last_prices_until_it_ends() {
        let year = list("year", None, None, 120);
        let week = list("week", Some(100), Some(200), 99);
        let book = PriceBook::of(Currency::EUR, vec![week, year]);
        let pen = "PEN".parse().unwrap();
        let prices: Vec<i64> = [99, 100, 199, 200]
            .map(|at_ms| book.price_at(&pen, None, at_ms).unwrap().0)
            .to_vec();
        assert_eq!(prices, [120, 99, 99, 120]);
        assert_eq!(book.price_at(&"INK".parse().unwrap(), None, 150), None);
    }

    #[test]
    fn nobody_pays_more_for_showing_a_card() {
        let of_members = |id, from_ms, pen| PriceList {
            group: Some("members".parse().unwrap()),
            ..list(id, from_ms, None, pen)
        };
        let lists = vec![
            list("year", None, None, 120),
            list("week", Some(100), Some(200), 99),
            of_members("card", None, 110),
        ];
        let book = PriceBook::of(Currency::EUR, lists);
        let pen = "PEN".parse().unwrap();
        let price = |group: Option<&str>, at_ms| {
            let group = group.map(|group| group.parse().unwrap());
            book.price_at(&pen, group.as_ref(), at_ms).unwrap().0
        };
        assert_eq!((price(None, 50), price(Some("members"), 50)), (120, 110));
        assert_eq!((price(None, 150), price(Some("members"), 150)), (99, 99));
        assert_eq!(price(Some("staff"), 50), 120);
    }
}
