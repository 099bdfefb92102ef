//! A store edge as a till's program sees it: sign in, open the till, scan, take the money.
//!
//! Typed where the journeys look, plain JSON where they only pass something on. It remembers
//! nothing of the store: the oracle does.

use std::sync::atomic::{AtomicU64, Ordering};

use counterpart_protocol::ids::CommandId;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

pub use crate::answers::{Basket, Line, Paid, Scanned, Waiting};
pub use crate::caller::Patience;

use crate::answers::{listed, number, pieces, text};
use crate::caller::{Caller, NotDone};
use crate::goods::Good;
use crate::oracle::{Oracle, Seen, Sold, cost_minor};
use crate::wait;

/// The sales a store is asked for at once: more than any journey makes.
pub(crate) const SALES_ASKED: u32 = 500;

/// A till with somebody signed in at it.
#[derive(Debug, Clone)]
pub struct Till {
    caller: Caller,
    register: u16,
}

/// Returns a key for a new command, a ULID as the pages' script makes them; never one twice in a
/// test, whoever sends it.
#[must_use]
pub fn fresh_key() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    CommandId::from_parts(number, 0).to_string()
}

impl Till {
    /// Signs somebody in at a register of the store edge at `base`.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn sign_in(base: &str, register: u16, pin: &str) -> Result<Self, NotDone> {
        #[derive(Deserialize)]
        struct SignedIn {
            token: String,
        }
        let caller = Caller::of(base);
        let body = json!({ "register": register, "pin": pin });
        let path = "/v1/sign-in";
        let answer: SignedIn = caller
            .command(Method::POST, path, &fresh_key(), &body)
            .await?;
        Ok(Self {
            caller: caller.with_token(answer.token),
            register,
        })
    }

    /// Returns the same till with another patience.
    #[must_use]
    pub fn with_patience(&self, patience: Patience) -> Self {
        Self {
            caller: self.caller.with_patience(patience),
            ..self.clone()
        }
    }

    /// Returns the same till after the edge has moved to another address.
    #[must_use]
    pub fn again(&self, base: &str) -> Self {
        Self {
            caller: self.caller.moved_to(base),
            ..self.clone()
        }
    }

    /// Returns what it calls the edge with.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Opens the till with its float.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn open(&self, float_minor: i64) -> Result<Value, NotDone> {
        let body = json!({ "float_minor": float_minor });
        self.do_once(Method::POST, "/shift/open", &body).await
    }

    /// Closes the till with what was counted: pieces of each value.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn close(
        &self,
        counted: &[(i64, u32)],
        reason: Option<&str>,
    ) -> Result<Value, NotDone> {
        let counted: Vec<Value> = counted
            .iter()
            .map(|(value_minor, count)| json!({ "value_minor": value_minor, "count": count }))
            .collect();
        let body = json!({ "counted": counted, "reason": reason });
        self.do_once(Method::POST, "/shift/close", &body).await
    }

    /// Scans a code.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn scan(&self, code: &str) -> Result<Scanned, NotDone> {
        let body = json!({ "code": code });
        self.do_once(Method::POST, "/scans", &body).await
    }

    /// Looks at the basket.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn basket(&self) -> Result<Basket, NotDone> {
        self.caller.ask(&self.path("/basket")).await
    }

    /// Looks at the shift.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn shift(&self) -> Result<Value, NotDone> {
        self.caller.ask(&self.path("/shift")).await
    }

    /// Sets how much stands on a line, in thousandths.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn set_quantity(&self, line: u16, quantity_milli: i64) -> Result<Value, NotDone> {
        let body = json!({ "quantity_milli": quantity_milli });
        let path = format!("/basket/lines/{line}");
        self.do_once(Method::PUT, &path, &body).await
    }

    /// Takes a line out.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn void_line(&self, line: u16) -> Result<Value, NotDone> {
        let path = format!("/basket/lines/{line}");
        self.do_once(Method::DELETE, &path, &json!({})).await
    }

    /// Takes everything out.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn void_basket(&self) -> Result<Value, NotDone> {
        self.do_once(Method::DELETE, "/basket", &json!({})).await
    }

    /// Pays with cash.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn pay(&self, cash_minor: i64) -> Result<Paid, NotDone> {
        let key = fresh_key();
        self.pay_under(&key, cash_minor).await
    }

    /// Pays with cash, under a key the caller chose.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn pay_under(&self, key: &str, cash_minor: i64) -> Result<Paid, NotDone> {
        let body = json!({ "tenders": [{ "kind": "cash", "amount_minor": cash_minor }] });
        let path = self.path("/pay");
        self.command(Method::POST, &path, key, &body).await
    }

    /// Sells a basket for exact cash and tells the oracle, once the till has acknowledged it.
    ///
    /// # Panics
    ///
    /// When the till refuses, or asks for another amount than the prices on the shelf.
    pub async fn sell(&self, oracle: &mut Oracle, basket: &[(&Good, i64)]) -> Paid {
        for (good, pieces) in basket {
            for _ in 0..*pieces {
                let scanned = self.scan(&good.gtin).await;
                let scanned =
                    scanned.unwrap_or_else(|error| panic!("{} scanned: {error}", good.sku));
                assert_eq!(scanned.outcome, "added", "{scanned:?}");
            }
        }
        let cost_minor = cost_minor(basket);
        let paid = self.pay(cost_minor).await;
        let paid = paid.unwrap_or_else(|error| panic!("{cost_minor} paid: {error}"));
        assert_eq!((paid.total_minor, paid.change_minor), (cost_minor, 0));
        oracle.sold(sold(&paid, basket));
        paid
    }

    /// Says what becomes of a scan that waits: `aside` or `again`.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn settle_scan(&self, scan: i64, settle: &str) -> Result<Basket, NotDone> {
        let path = format!("/scans/{scan}/settle");
        self.do_once(Method::POST, &path, &json!({ "settle": settle }))
            .await
    }

    /// Looks at a sale, with its lines and its prints.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn sale(&self, sale_id: &str) -> Result<Value, NotDone> {
        self.caller.ask(&format!("/v1/sales/{sale_id}")).await
    }

    /// Waits until the first print of a sale is in this state, and returns the sentence about it.
    ///
    /// # Panics
    ///
    /// When it never is.
    pub async fn print_is(&self, sale_id: &str, state: &str) -> String {
        let sale = wait::until_seen(
            format!("the print of sale {sale_id} to be {state}"),
            || async { self.sale(sale_id).await.expect("the edge knows its sales") },
            |sale| sale["prints"][0]["state"] == state,
        )
        .await;
        text(&sale["prints"][0], "sentence")
    }

    /// Waits until the basket is as wanted, and returns it.
    ///
    /// # Panics
    ///
    /// When it never is.
    pub async fn basket_is(&self, what: &str, wanted: impl Fn(&Basket) -> bool) -> Basket {
        let look = || async { self.basket().await.expect("the edge shows its basket") };
        wait::until_seen(what, look, wanted).await
    }

    /// Prints a receipt again, as a copy.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn reprint(&self, sale_id: &str) -> Result<Value, NotDone> {
        let path = format!("/v1/sales/{sale_id}/reprint");
        let key = fresh_key();
        self.command(Method::POST, &path, &key, &json!({})).await
    }

    /// Asks for the invoice of a sale, or for a copy of it.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn invoice(&self, sale_id: &str, company: &str) -> Result<Value, NotDone> {
        let path = format!("/v1/sales/{sale_id}/invoice");
        let body = json!({ "name": company, "address": "Dok Noord 4\n9000 Gent" });
        let key = fresh_key();
        self.command(Method::POST, &path, &key, &body).await
    }

    /// Says what became of a print nobody knows about: `printed`, `reprinted` or `abandoned`.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn settle_print(&self, job_id: &str, settlement: &str) -> Result<Value, NotDone> {
        let path = format!("/v1/print-jobs/{job_id}/settle");
        let (key, body) = (fresh_key(), json!({ "settlement": settlement }));
        self.command(Method::POST, &path, &key, &body).await
    }

    /// Takes a delivery in and tells the oracle.
    ///
    /// # Panics
    ///
    /// When the edge refuses it.
    pub async fn receive(&self, oracle: &mut Oracle, delivery: &[(&Good, i64)]) {
        let lines: Vec<Value> = delivery
            .iter()
            .map(|(good, pieces)| json!({ "sku": good.sku, "quantity_milli": pieces * 1_000 }))
            .collect();
        let body = json!({ "received_as": "delivery", "lines": lines });
        let key = fresh_key();
        let taken: Result<Value, NotDone> = self
            .command(Method::POST, "/v1/stock/receipts", &key, &body)
            .await;
        taken.unwrap_or_else(|error| panic!("the delivery is not taken in: {error}"));
        for (good, pieces) in delivery {
            oracle.received(&good.sku, *pieces);
        }
    }

    /// Returns everything the edge's own views say about the sales and goods an oracle knows.
    ///
    /// # Panics
    ///
    /// When the edge does not answer.
    pub async fn seen(&self, oracle: &Oracle) -> Seen {
        let mut seen = Seen::default();
        let path = format!("/v1/sales?limit={SALES_ASKED}");
        let sales: Value = self
            .caller
            .ask(&path)
            .await
            .expect("the edge lists its sales");
        for sale in listed(&sales, "sales") {
            let id = text(sale, "sale_id");
            seen.sales.insert(id.clone(), number(sale, "total_minor"));
            seen.receipts.insert(id, text(sale, "receipt"));
        }
        for sku in oracle.skus() {
            let stock: Value = self
                .caller
                .ask(&format!("/v1/stock/{sku}"))
                .await
                .expect("the edge knows its stock");
            seen.on_hand.insert(sku, pieces(&stock));
        }
        seen
    }

    async fn do_once<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Result<T, NotDone> {
        let (path, key) = (self.path(path), fresh_key());
        self.command(method, &path, &key, body).await
    }

    async fn command<T: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        key: &str,
        body: &Value,
    ) -> Result<T, NotDone> {
        self.caller.command(method, path, key, body).await
    }

    fn path(&self, of_register: &str) -> String {
        format!("/v1/registers/{}{of_register}", self.register)
    }
}

/// Returns a sale as a person knows it, from what the till answered and what was in the basket.
#[must_use]
pub fn sold(paid: &Paid, basket: &[(&Good, i64)]) -> Sold {
    let pieces = basket
        .iter()
        .map(|(good, pieces)| (good.sku.clone(), *pieces));
    Sold {
        sale_id: paid.sale_id.clone(),
        receipt: paid.receipt.clone(),
        total_minor: paid.total_minor,
        pieces: pieces.collect(),
    }
}
