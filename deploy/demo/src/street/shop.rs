//! The web shop: what its visitors have in their baskets, and what it buys and asks at the hub.
//!
//! It is a channel like any other: it knows the hub by an API key and nothing else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use counterpart_daemon::http::Problem;

use super::Street;
use crate::api::ApiFailed;
use crate::catalog::DemoProduct;
use crate::hub::{Bought, Order, Orderer};

/// Visitors whose baskets are remembered; the one who came first is forgotten first.
const VISITORS_MAX: usize = 256;
/// Different products in one basket.
const LINES_MAX: usize = 20;
/// Pieces of one product.
const UNITS_MAX: i64 = 20;

/// The baskets of everybody who visits; clones share them.
#[derive(Clone, Default)]
pub(super) struct Baskets {
    kept: Arc<Mutex<Kept>>,
}

#[derive(Default)]
struct Kept {
    baskets: HashMap<String, Vec<(String, i64)>>,
    came: Vec<String>,
}

impl Baskets {
    /// Returns what a visitor has in the basket: SKUs and pieces, in the order they were added.
    pub(super) fn of(&self, visitor: &str) -> Vec<(String, i64)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.baskets.get(visitor).cloned().unwrap_or_else(Vec::new)
    }

    /// Changes how many pieces of a product a visitor wants, by `by`.
    pub(super) fn change(&self, visitor: &str, sku: &str, by: i64) -> Result<(), Problem> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if !kept.baskets.contains_key(visitor) {
            if kept.came.len() == VISITORS_MAX {
                let first = kept.came.remove(0);
                kept.baskets.remove(&first);
            }
            kept.came.push(visitor.to_owned());
        }
        let basket = kept.baskets.entry(visitor.to_owned()).or_default();
        let is_full = basket.len() >= LINES_MAX;
        match basket.iter_mut().find(|(known, _)| known == sku) {
            Some((_, units)) => *units = (*units + by).clamp(0, UNITS_MAX),
            None if is_full => {
                return Err(Problem::refused(
                    "basket_full",
                    "The basket holds twenty different products: order these first.",
                ));
            }
            None => basket.push((sku.to_owned(), by.clamp(0, UNITS_MAX))),
        }
        basket.retain(|(_, units)| *units > 0);
        Ok(())
    }

    /// Empties a visitor's basket.
    pub(super) fn empty(&self, visitor: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.baskets.remove(visitor);
        kept.came.retain(|known| known != visitor);
    }
}

/// Returns the lines of a basket with names and prices; what is not sold is left out.
pub(super) fn lines(street: &Street, basket: &[(String, i64)]) -> Vec<Bought> {
    let line = |(sku, units): &(String, i64)| {
        let product = street.parts.shelf.by_sku(sku)?;
        bought(product, *units)
    };
    basket.iter().filter_map(line).collect()
}

/// Returns so many pieces of a product as a line; nothing if it is not sold by the piece.
pub(super) fn bought(product: &DemoProduct, units: i64) -> Option<Bought> {
    let price = product
        .price_minor
        .filter(|_| product.is_sold_by_the_piece())?;
    Some(Bought {
        sku: product.sku.to_string(),
        name: product.name.clone(),
        units,
        price_minor: price.0,
        tax_rate: product.tax_class.rate(),
    })
}

/// Returns which of the street's stores have the whole basket, by slug.
pub(super) async fn who_has(
    street: &Street,
    basket: &[Bought],
) -> Result<Vec<(String, bool)>, ApiFailed> {
    let answer = street.parts.hub.availability(basket).await?;
    let known = |slug: &str| {
        let mut stores = answer.stores.iter();
        stores.any(|store| store.store_id == slug && store.complete)
    };
    let houses = street.parts.houses.iter();
    Ok(houses
        .map(|house| (house.site.slug.to_owned(), known(house.site.slug)))
        .collect())
}

/// Orders a visitor's basket to be picked up, and returns the order's id.
pub(super) async fn order(
    street: &Street,
    visitor: &str,
    store: &str,
    orderer: Orderer,
) -> Result<String, Problem> {
    let basket = lines(street, &street.baskets.of(visitor));
    if basket.is_empty() {
        return Err(Problem::refused(
            "basket_empty",
            "There is nothing in the basket yet: choose something first.",
        ));
    }
    if orderer.name.trim().is_empty() {
        return Err(Problem::refused(
            "name_missing",
            "Say who will come for it: the counter asks for the name.",
        ));
    }
    let placed = street.parts.hub.place(&basket, store, &orderer).await;
    let id = placed.map_err(|failed| problem(&failed))?;
    street.baskets.empty(visitor);
    Ok(id)
}

/// Returns an order to show to its customer.
pub(super) async fn look_up(street: &Street, id: &str) -> Result<Order, Problem> {
    let found = street.parts.hub.order(id).await;
    found.map_err(|failed| problem(&failed))
}

/// Says in the shop's words what the hub said.
pub(super) fn problem(failed: &ApiFailed) -> Problem {
    match failed {
        ApiFailed::Refused { said, .. } => Problem::refused("hub_refused", said.clone()),
        ApiFailed::Silent { .. } => Problem::failed(
            "hub_silent",
            "The shop cannot reach its hub just now: nothing was ordered, try again.",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{Baskets, LINES_MAX, VISITORS_MAX};

    #[test]
    fn a_basket_holds_what_a_person_can_carry() {
        let baskets = Baskets::default();
        baskets.change("a", "TEA", 3).unwrap();
        baskets.change("a", "TEA", 100).unwrap();
        baskets.change("a", "MILK", 1).unwrap();
        baskets.change("a", "MILK", -1).unwrap();
        assert_eq!(baskets.of("a"), [("TEA".to_owned(), 20)]);
        for number in 1..LINES_MAX {
            baskets.change("a", &format!("SKU-{number}"), 1).unwrap();
        }
        assert!(baskets.change("a", "ONE-MORE", 1).is_err());
        baskets.empty("a");
        assert!(baskets.of("a").is_empty());
    }

    #[test]
    fn the_visitor_who_came_first_is_forgotten_first() {
        let baskets = Baskets::default();
        for number in 0..=VISITORS_MAX {
            baskets.change(&number.to_string(), "TEA", 1).unwrap();
        }
        assert!(baskets.of("0").is_empty());
        assert_eq!(baskets.of("1").len(), 1);
    }
}
