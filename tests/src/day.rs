//! A busy day at the tills of one store, from a seed: baskets as shops see them, and what goes
//! wrong with them. Beside it a book of what the papers say was sold, paid and taken back.
//!
//! The book adds up what each receipt says; that a receipt says the right thing is checked line by
//! line against the shelf's prices while it is rung up.

mod beside;
mod book;

use reqwest::Method;
use serde_json::{Value, json};

pub use book::Book;

use crate::answers::{listed, number, text};
use crate::chance::Chance;
use crate::goods::Good;
use crate::shop::{Till, fresh_key};
use crate::wait;

/// In a hundred baskets, how many have 1, 2, 3, … lines: fashion's median of two with the long tail
/// of groceries (design/product.md, Sizes).
const LINES_PERCENT: [u64; 8] = [38, 24, 14, 9, 6, 4, 3, 2];

/// A day in work.
pub struct Day<'a> {
    /// The tills, register 1 first.
    pub tills: [Till; 2],
    /// What the papers say so far.
    pub book: Book,
    chance: Chance,
    goods: &'a [Good],
    /// Sales whose goods may come back: id and register.
    sold: Vec<(String, u16)>,
    /// Gift cards in customers' hands: number, and what is on it.
    cards: Vec<(String, i64)>,
}

impl<'a> Day<'a> {
    /// Begins a day at two open tills.
    #[must_use]
    pub fn begin(tills: [Till; 2], goods: &'a [Good], chance: Chance) -> Self {
        Self {
            tills,
            book: Book::default(),
            chance,
            goods,
            sold: Vec::new(),
            cards: Vec::new(),
        }
    }

    /// Serves one customer: mostly a sale, sometimes nothing comes of it or goods come back.
    ///
    /// # Panics
    ///
    /// When a till refuses or asks for another amount than the shelf says.
    pub async fn customer(&mut self) {
        let mut register = u16::from(self.chance.happens(50)) + 1;
        if !self.sold.is_empty() && self.chance.happens(8) {
            self.take_back().await;
            return;
        }
        if !self.sold.is_empty() && self.chance.happens(5) {
            self.exchange().await;
            return;
        }
        if self.chance.happens(4) {
            self.sell_card(register).await;
            return;
        }
        let mut due = self.ring_up(register).await;
        if self.chance.happens(5) {
            let voided = self.till(register).void_basket().await;
            voided.expect("a basket can be given up");
            self.book.note("basket given up");
            return;
        }
        if self.chance.happens(7) {
            register = self.park(register).await;
        }
        if self.chance.happens(5) {
            let off = due.min(50);
            let body = json!({ "off": { "amount": off }, "reason": "goodwill" });
            if off < due {
                self.done(register, Method::POST, "/basket/discounts", &body)
                    .await;
                due -= off;
                self.book.note("discount on the sale");
            }
        }
        let sale = self.pay(register, due).await;
        assert_eq!(number(&sale, "total_minor"), due, "{sale:#}");
        self.book.sold(register, &sale);
        self.sold.push((text(&sale, "sale_id"), register));
    }

    /// Scans a basket with what goes wrong on the way, and returns what it costs.
    async fn ring_up(&mut self, register: u16) -> i64 {
        let (mut due, mut rung_up) = (0, Vec::new());
        for line in 1..=self.line_count() {
            let good = self.chance.one_of(self.goods).clone();
            let price = good.price_minor.expect("what the day sells has a price");
            let till = self.till(register).clone();
            if rung_up.contains(&good.sku) {
                // One more of the same stands on the same line.
                continue;
            }
            let scanned = till.scan(&good.gtin).await.expect("a good is scanned");
            assert_eq!(scanned.outcome, "added", "{scanned:?}");
            let number = scanned.line.expect("what was added is on a line");
            let pieces = if self.chance.happens(20) { 3 } else { 1 };
            if pieces > 1 {
                let set = till.set_quantity(number, pieces * 1_000).await;
                set.expect("a quantity can be typed");
            }
            let path = format!("/basket/lines/{number}");
            if line > 1 && self.chance.happens(8) {
                till.void_line(number).await.expect("a line is voided");
                self.book.note("line voided");
                continue;
            }
            if self.chance.happens(4) {
                let body = json!({ "price_minor": price - 5, "reason": "shelf_label" });
                self.done(register, Method::PUT, &format!("{path}/price"), &body)
                    .await;
                self.book.note("price by hand");
                due += pieces * (price - 5);
            } else if self.chance.happens(4) {
                let body = json!({ "off": { "amount": 10 }, "reason": "damaged" });
                self.done(register, Method::POST, &format!("{path}/discounts"), &body)
                    .await;
                self.book.note("discount on a line");
                due += pieces * price - 10;
            } else {
                due += pieces * price;
            }
            rung_up.push(good.sku);
        }
        due
    }

    fn line_count(&mut self) -> u64 {
        let mut left = self.chance.below(100);
        for (count, percent) in (1..).zip(LINES_PERCENT) {
            if left < percent {
                return count;
            }
            left -= percent;
        }
        8
    }

    /// Parks the basket and takes it up at the other register, whose number is returned.
    async fn park(&mut self, register: u16) -> u16 {
        let body = json!({ "name": "forgot the milk" });
        let parked = self
            .done(register, Method::POST, "/basket/suspend", &body)
            .await;
        let other = 3 - register;
        let path = format!("/suspended-baskets/{}/recall", number(&parked, "number"));
        self.done(other, Method::POST, &path, &json!({})).await;
        self.book.note("parked and taken up elsewhere");
        other
    }

    /// Pays with a gift card or with money, and returns the sale as the till tells it.
    async fn pay(&mut self, register: u16, due: i64) -> Value {
        if !self.cards.is_empty() && self.chance.happens(12) {
            return self.redeem(register, due).await;
        }
        self.take_money(register, due).await
    }

    /// Takes cash, a card or both, and returns the sale as the till tells it.
    async fn take_money(&mut self, register: u16, due: i64) -> Value {
        let till = self.till(register).clone();
        let by_card = match self.chance.below(100) {
            0..55 => 0,
            55..90 => due,
            _ => due / 2,
        };
        if by_card == 0 {
            self.book.note("cash");
            return self.take_cash(register, due).await;
        }
        let basket = self.ask(register, "/basket").await;
        let sale_id = text(&basket, "sale_id");
        let body = json!({ "amount_minor": by_card });
        self.done(register, Method::POST, "/card-payments", &body)
            .await;
        if by_card == due {
            // A sale that is paid whole completes itself.
            self.book.note("card");
            let sold = || async { till.sale(&sale_id).await.ok() };
            return wait::until("a sale paid by card", sold).await;
        }
        self.book.note("split");
        let approved = |seen: &Value| seen["payments"][0]["state"] == "approved";
        let payments = || self.ask(register, "/card-payments");
        wait::until_seen("an approval", payments, approved).await;
        self.take_cash(register, due - by_card).await
    }

    /// Takes cash in notes of five, and returns the sale as the till tells it.
    async fn take_cash(&self, register: u16, due: i64) -> Value {
        let till = self.till(register);
        let paid = till.pay((due + 499) / 500 * 500).await;
        let sold = till.sale(&paid.expect("cash is taken").sale_id).await;
        sold.expect("a till knows its sales")
    }

    /// Takes one piece of an earlier sale back, at the register that sold it.
    async fn take_back(&mut self) {
        let (sale, register) = self.earlier().await;
        let body = self.one_piece_of(&sale);
        self.done(register, Method::POST, "/returns", &body).await;
        self.is_back(register, &sale).await;
        self.book.note("taken back");
    }

    /// Draws an earlier sale and the register that made it: the terminal that took the money knows
    /// it. What is left of it does not come back any more.
    async fn earlier(&mut self) -> (Value, u16) {
        let count = u64::try_from(self.sold.len()).expect("few sales");
        let at = usize::try_from(self.chance.below(count)).expect("few sales");
        let (sale_id, register) = self.sold.swap_remove(at);
        let sale = self.till(register).sale(&sale_id).await;
        (sale.expect("a sale is known"), register)
    }

    /// Writes what the till is told when the first piece of a sale comes back.
    fn one_piece_of(&mut self, sale: &Value) -> Value {
        let line = number(&listed(sale, "lines")[0], "line");
        let disposition = if self.chance.happens(70) {
            "restock"
        } else {
            "scrap"
        };
        json!({
            "sale_id": sale["sale_id"],
            "lines": [{
                "line": line, "quantity_milli": 1_000,
                "reason": "changed_mind", "disposition": disposition,
            }],
        })
    }

    /// Waits until a return of a sale is stated, and takes it off: a card gets its money back by
    /// the terminal first.
    async fn is_back(&mut self, register: u16, sale: &Value) {
        let caller = self.till(register).caller().clone();
        let path = format!("/v1/returnable?receipt={}", text(sale, "receipt"));
        let stated = wait::until("a return to be stated", || async {
            let found: Value = caller.ask(&path).await.expect("the receipt is known");
            found["returns"].get(0).cloned()
        });
        self.book.taken_back(register, &stated.await);
    }

    /// Moves cash outside a sale: `paid_in`, `paid_out` or `dropped`.
    ///
    /// # Panics
    ///
    /// When the till refuses.
    pub async fn move_cash(
        &mut self,
        register: u16,
        movement: &str,
        amount_minor: i64,
        why: Option<&str>,
    ) {
        let body = json!({ "movement": movement, "amount_minor": amount_minor, "reason": why });
        self.done(register, Method::POST, "/cash-movements", &body)
            .await;
        let sign = if movement == "paid_in" { 1 } else { -1 };
        *self.book.drawers.entry(register).or_default() += sign * amount_minor;
    }

    /// Does something at a register, once.
    ///
    /// # Panics
    ///
    /// When the till refuses.
    pub async fn done(&self, register: u16, method: Method, path: &str, body: &Value) -> Value {
        let path = format!("/v1/registers/{register}{path}");
        let caller = self.till(register).caller();
        let done = caller.command(method, &path, &fresh_key(), body).await;
        done.unwrap_or_else(|error| panic!("{path} {body}: {error}"))
    }

    /// Returns the numbers of the gift cards that something is left on.
    pub fn cards(&self) -> impl Iterator<Item = &str> {
        self.cards.iter().map(|(code, _)| code.as_str())
    }

    /// Returns what the day sells.
    #[must_use]
    pub fn goods(&self) -> &'a [Good] {
        self.goods
    }

    /// Returns the till of a register.
    ///
    /// # Panics
    ///
    /// When there is none.
    #[must_use]
    pub fn till(&self, register: u16) -> &Till {
        &self.tills[usize::from(register) - 1]
    }
}
