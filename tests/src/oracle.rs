//! What must be true, in other code: plain sets and whole numbers that know every sale a till has
//! acknowledged and every delivery it took in. No fold, no projection, nothing of the product.
//!
//! It is told only what was answered to a person; what it was not told must not be counted.

use std::collections::{BTreeMap, BTreeSet};

use crate::goods::Good;

/// A sale as the person at the till knows it: what was in the basket, and what the till answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sold {
    /// The id the till gave it.
    pub sale_id: String,
    /// What stands on the receipt.
    pub receipt: String,
    /// What was paid.
    pub total_minor: i64,
    /// SKU and pieces of each line.
    pub pieces: Vec<(String, i64)>,
}

/// What an observer sees of a store: the edge's own views, or the hub's of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Seen {
    /// Each sale's id and total.
    pub sales: BTreeMap<String, i64>,
    /// Each sale's receipt number.
    pub receipts: BTreeMap<String, String>,
    /// Each SKU's pieces on hand; one that never moved may be missing.
    pub on_hand: BTreeMap<String, i64>,
}

/// The store's true story.
#[derive(Debug, Clone, Default)]
pub struct Oracle {
    sold: BTreeMap<String, Sold>,
    receipts: BTreeSet<String>,
    received: BTreeMap<String, i64>,
    transferred: BTreeMap<String, i64>,
    handed_over: BTreeMap<String, Vec<(String, i64)>>,
}

impl Oracle {
    /// Returns the story of a store that has done nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes that a delivery was taken in.
    pub fn received(&mut self, sku: &str, pieces: i64) {
        *self.received.entry(sku.to_owned()).or_default() += pieces;
    }

    /// Notes that pieces came from another store, or (below zero) left for one.
    pub fn transferred(&mut self, sku: &str, pieces: i64) {
        *self.transferred.entry(sku.to_owned()).or_default() += pieces;
    }

    /// Notes a sale the till has acknowledged.
    ///
    /// # Panics
    ///
    /// When the till gave two sales one id or one receipt number.
    pub fn sold(&mut self, sold: Sold) {
        let fresh = self.receipts.insert(sold.receipt.clone());
        assert!(fresh, "receipt {} was given to two sales", sold.receipt);
        let before = self.sold.insert(sold.sale_id.clone(), sold);
        assert!(
            before.is_none(),
            "one id was given to two sales: {before:?}"
        );
    }

    /// Notes that an order was handed over: SKU and pieces.
    ///
    /// # Panics
    ///
    /// When it was handed over before.
    pub fn handed_over(&mut self, order_id: &str, pieces: Vec<(String, i64)>) {
        let before = self.handed_over.insert(order_id.to_owned(), pieces);
        assert!(before.is_none(), "order {order_id} was handed over twice");
    }

    /// Returns how many sales were acknowledged.
    #[must_use]
    pub fn count(&self) -> u64 {
        u64::try_from(self.sold.len()).expect("a length fits")
    }

    /// Returns what was paid in all.
    #[must_use]
    pub fn total_minor(&self) -> i64 {
        self.sold.values().map(|sold| sold.total_minor).sum()
    }

    /// Returns what lies on the shelf: received and come from other stores, less sold, handed over
    /// and gone to them; below zero if that is more.
    #[must_use]
    pub fn on_hand(&self, sku: &str) -> i64 {
        let of = |moved: &BTreeMap<String, i64>| moved.get(sku).copied().unwrap_or(0);
        let come = of(&self.received) + of(&self.transferred);
        let lines = self.sold.values().flat_map(|sold| &sold.pieces);
        let lines = lines.chain(self.handed_over.values().flatten());
        let gone: i64 = lines.filter(|line| line.0 == sku).map(|line| line.1).sum();
        come - gone
    }

    /// Returns every SKU that ever moved.
    #[must_use]
    pub fn skus(&self) -> BTreeSet<String> {
        let sold = self.sold.values().flat_map(|sold| &sold.pieces);
        let sold = sold.map(|(sku, _)| sku.clone());
        let come = self.received.keys().chain(self.transferred.keys());
        come.cloned().chain(sold).collect()
    }

    /// Returns the acknowledged sales, by id.
    #[must_use]
    pub fn sales(&self) -> &BTreeMap<String, Sold> {
        &self.sold
    }

    /// Checks that an observer sees every sale once, no other, and the stock that follows.
    ///
    /// # Panics
    ///
    /// When it does not, naming what is missing, extra or different.
    #[track_caller]
    pub fn agrees_with(&self, who: &str, seen: &Seen) {
        let missing: Vec<&Sold> = self
            .sold
            .values()
            .filter(|sold| !seen.sales.contains_key(&sold.sale_id))
            .collect();
        assert!(missing.is_empty(), "{who} lacks sales: {missing:#?}");
        let extra: Vec<&String> = seen
            .sales
            .keys()
            .filter(|id| !self.sold.contains_key(*id))
            .collect();
        assert!(extra.is_empty(), "{who} has sales nobody made: {extra:#?}");
        for sold in self.sold.values() {
            let id = &sold.sale_id;
            assert_eq!(
                seen.sales[id], sold.total_minor,
                "{who}: total of sale {id}"
            );
            let receipt = seen.receipts.get(id);
            assert_eq!(receipt, Some(&sold.receipt), "{who}: receipt of sale {id}");
        }
        for sku in self.skus() {
            let on_hand = seen.on_hand.get(&sku).copied().unwrap_or(0);
            assert_eq!(on_hand, self.on_hand(&sku), "{who}: on hand of {sku}");
        }
    }

    /// Checks that the receipt numbers of each register and series are 1, 2, 3 … without a gap.
    ///
    /// # Panics
    ///
    /// When a number is missing, or one is not written `register-series-number`.
    #[track_caller]
    pub fn receipts_are_gap_free(&self) {
        let mut series: BTreeMap<&str, BTreeSet<u64>> = BTreeMap::new();
        for receipt in &self.receipts {
            let (run, number) = receipt
                .rsplit_once('-')
                .expect("a receipt number has parts");
            let number = number.parse().expect("it ends with a number");
            series.entry(run).or_default().insert(number);
        }
        for (run, numbers) in series {
            let last = *numbers.last().expect("a series begins with a receipt");
            let missing: Vec<u64> = (1..=last).filter(|n| !numbers.contains(n)).collect();
            assert!(
                missing.is_empty(),
                "series {run} lacks {missing:?} of 1 to {last}"
            );
        }
    }
}

/// Returns what a basket must cost, by the prices on the shelf.
///
/// # Panics
///
/// When something in it has no price.
#[must_use]
pub fn cost_minor(basket: &[(&Good, i64)]) -> i64 {
    let price = |good: &Good| good.price_minor.expect("only priced goods are sold");
    basket
        .iter()
        .map(|(good, pieces)| price(good) * pieces)
        .sum()
}

#[cfg(test)]
mod tests {
    use super::{Oracle, Seen, Sold};

    fn sold(number: u32, total_minor: i64) -> Sold {
        Sold {
            sale_id: format!("sale-{number}"),
            receipt: format!("1-1-{number:06}"),
            total_minor,
            pieces: vec![("MUG".to_owned(), 2)],
        }
    }

    fn story() -> (Oracle, Seen) {
        let mut oracle = Oracle::new();
        oracle.received("MUG", 10);
        let mut seen = Seen::default();
        for number in [1, 2] {
            let sold = sold(number, 400);
            seen.sales.insert(sold.sale_id.clone(), sold.total_minor);
            seen.receipts
                .insert(sold.sale_id.clone(), sold.receipt.clone());
            oracle.sold(sold);
        }
        seen.on_hand.insert("MUG".to_owned(), 6);
        (oracle, seen)
    }

    #[test]
    fn what_was_sold_is_gone_from_the_shelf() {
        let (oracle, seen) = story();
        assert_eq!((oracle.count(), oracle.total_minor()), (2, 800));
        oracle.agrees_with("the edge", &seen);
        oracle.receipts_are_gap_free();
    }

    #[test]
    #[should_panic(expected = "lacks sales")]
    fn a_lost_sale_is_seen() {
        let (oracle, mut seen) = story();
        seen.sales.remove("sale-1");
        oracle.agrees_with("the hub", &seen);
    }

    #[test]
    #[should_panic(expected = "sales nobody made")]
    fn a_doubled_sale_is_seen() {
        let (oracle, mut seen) = story();
        seen.sales.insert("sale-1-again".to_owned(), 400);
        oracle.agrees_with("the hub", &seen);
    }

    #[test]
    #[should_panic(expected = "on hand of MUG")]
    fn stock_that_moved_twice_is_seen() {
        let (oracle, mut seen) = story();
        seen.on_hand.insert("MUG".to_owned(), 4);
        oracle.agrees_with("the hub", &seen);
    }

    #[test]
    #[should_panic(expected = "lacks [1] of 1 to 2")]
    fn a_gap_in_the_receipts_is_seen() {
        let mut oracle = Oracle::new();
        oracle.sold(sold(2, 400));
        oracle.receipts_are_gap_free();
    }

    #[test]
    #[should_panic(expected = "was given to two sales")]
    fn one_receipt_for_two_sales_is_seen() {
        let (mut oracle, _) = story();
        let twin = Sold {
            sale_id: "sale-3".to_owned(),
            ..sold(2, 400)
        };
        oracle.sold(twin);
    }
}
