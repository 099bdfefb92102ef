//! Online orders as those who are in them see them: a channel that places them at the hub, and the
//! counter that picks and hands over at the store.
//!
//! It knows paths and answers; what must be true stands in the journeys.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use crate::caller::{Caller, NotDone, Patience};
use crate::console::Console;
use crate::goods::Good;
use crate::shop::{Till, fresh_key};
use crate::wait;

/// A channel of the hub's.
#[derive(Debug, Clone)]
pub struct Channel {
    caller: Caller,
}

/// The counter of a store, with somebody signed in.
#[derive(Debug, Clone)]
pub struct Desk {
    caller: Caller,
}

/// What a customer was told about an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The order.
    pub order_id: String,
    /// The signed code.
    pub code: String,
    /// The digits below it.
    pub digits: String,
}

impl Channel {
    /// Returns the channel of whoever works at this console.
    #[must_use]
    pub fn of(console: &Console) -> Self {
        Self {
            caller: console.caller().clone(),
        }
    }

    /// Returns what it calls the hub with.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Returns the same channel, which repeats itself until it is answered, here or at `others`.
    #[must_use]
    pub fn patient(&self, others: &[&str]) -> Self {
        let caller = self.caller.with_patience(Patience::UntilAnswered);
        let caller = others.iter().fold(caller, |caller, url| caller.or_at(*url));
        Self { caller }
    }

    /// Writes an order down: so many pieces of each good, to be picked up at `store`.
    ///
    /// # Panics
    ///
    /// When a good has no price.
    #[must_use]
    pub fn draft(reference: &str, store: &str, basket: &[(&Good, i64)]) -> Value {
        let priced = |good: &Good| good.price_minor.expect("what is ordered has a price");
        let lines: Vec<Value> = basket
            .iter()
            .map(|(good, pieces)| {
                json!({
                    "sku": good.sku,
                    "quantity_milli": pieces * 1_000,
                    "unit_price_minor": priced(good),
                    "amount_minor": pieces * priced(good),
                })
            })
            .collect();
        let total: i64 = basket
            .iter()
            .map(|(good, pieces)| pieces * priced(good))
            .sum();
        json!({
            "channel": "web",
            "channel_reference": reference,
            "currency": "EUR",
            "lines": lines,
            "total_minor": total,
            "delivery": { "kind": "pickup", "store": store },
            "payment": "paid",
            "customer": { "name": "A. Customer", "email": "a.customer@shop.example" },
        })
    }

    /// Places an order and returns its id.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn place(&self, draft: &Value) -> Result<String, NotDone> {
        self.place_as(&fresh_key(), draft).await
    }

    /// Places an order under a key, which stays the same when it is sent again.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn place_as(&self, key: &str, draft: &Value) -> Result<String, NotDone> {
        let path = "/v1/orders";
        let placed: Value = self.caller.command(Method::POST, path, key, draft).await?;
        Ok(placed["order_id"].as_str().unwrap_or_default().to_owned())
    }

    /// Returns an order as the hub knows it.
    ///
    /// # Panics
    ///
    /// When the hub does not answer.
    pub async fn order(&self, order_id: &str) -> Value {
        let path = format!("/v1/orders/{order_id}");
        let order = self.caller.ask(&path).await;
        order.unwrap_or_else(|error| panic!("the order is not shown: {error}"))
    }

    /// Returns what the customer was told about an order that a store has custody of.
    ///
    /// # Panics
    ///
    /// When the order has no pickup.
    pub async fn told(&self, order_id: &str) -> Told {
        let order = self.order(order_id).await;
        let pickup = &order["fulfilments"][0]["pickup"];
        let word = |name: &str| pickup[name].as_str().expect("a pickup has both").to_owned();
        Told {
            order_id: order_id.to_owned(),
            code: word("code"),
            digits: word("digits"),
        }
    }

    /// Returns how often each of the channel's references was captured, of the newest 200 orders.
    ///
    /// # Panics
    ///
    /// When the hub does not answer.
    pub async fn captured(&self) -> BTreeMap<String, usize> {
        let list: Value = self
            .caller
            .ask("/v1/orders?limit=200")
            .await
            .expect("a list");
        let mut captured = BTreeMap::new();
        for order in list["orders"].as_array().expect("a list of orders") {
            let reference = order["channel_reference"].as_str().expect("it has one");
            *captured.entry(reference.to_owned()).or_default() += 1;
        }
        captured
    }

    /// Waits until an order has this status.
    pub async fn is(&self, order_id: &str, status: &str) -> Value {
        wait::until_seen(
            &format!("the order to be {status}"),
            || self.order(order_id),
            |order| order["status"] == status,
        )
        .await
    }

    /// Asks to cancel an order, and returns what came of it.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn cancel(&self, order_id: &str) -> Result<String, NotDone> {
        let path = format!("/v1/orders/{order_id}/cancel");
        let body = json!({ "because": "customer" });
        let done: Value = self
            .caller
            .command(Method::POST, &path, &fresh_key(), &body)
            .await?;
        Ok(done["outcome"].as_str().unwrap_or_default().to_owned())
    }

    /// Returns how many whole units of a good may be promised everywhere together.
    ///
    /// # Panics
    ///
    /// When the hub does not answer.
    pub async fn available(&self, good: &Good) -> i64 {
        let path = format!("/v1/availability?sku={}", good.sku);
        let answer: Result<Value, NotDone> = self.caller.ask(&path).await;
        let answer = answer.unwrap_or_else(|error| panic!("availability is not told: {error}"));
        answer["available_milli"].as_i64().expect("it is a number") / 1_000
    }

    /// Waits until so many whole units of a good may be promised.
    pub async fn may_promise(&self, good: &Good, units: i64) {
        wait::until_seen(
            &format!("{units} of {} to be promised", good.sku),
            || self.available(good),
            |available| *available == units,
        )
        .await;
    }
}

impl Desk {
    /// Returns the counter of whoever is signed in at this till.
    #[must_use]
    pub fn of(till: &Till) -> Self {
        Self {
            caller: till.caller().clone(),
        }
    }

    /// Waits until an order stands in a list (`to_do`, `ready`, `done`), and returns its pickup.
    pub async fn has(&self, order_id: &str, list: &str) -> Value {
        let path = format!("/v1/pickups?list={list}");
        let found = |list: &Value| {
            let pickups = list["pickups"].as_array().cloned();
            let mut pickups = pickups.into_iter().flatten();
            pickups.find(|pickup| pickup["order_id"] == order_id)
        };
        let lists = wait::until_seen(
            &format!("the order to stand under {list}"),
            || async { self.caller.ask::<Value>(&path).await.ok() },
            |seen| seen.as_ref().is_some_and(|seen| found(seen).is_some()),
        )
        .await;
        lists.as_ref().and_then(found).expect("it was just seen")
    }

    /// Does something to a pickup.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn does(&self, pickup: &Value, what: &str, body: Value) -> Result<Value, NotDone> {
        let id = pickup["fulfilment_id"].as_str().unwrap_or_default();
        let path = format!("/v1/pickups/{id}/{what}");
        self.caller
            .command(Method::POST, &path, &fresh_key(), &body)
            .await
    }

    /// Accepts a pickup, scans every piece of these goods, which states that they are picked once
    /// the last one is, and stages the bag.
    ///
    /// # Panics
    ///
    /// When the store refuses any of it.
    pub async fn prepare(&self, pickup: &Value, goods: &[(&Good, i64)], location: &str) {
        let refused = |error: NotDone| panic!("the pickup is not prepared: {error}");
        let done = self.does(pickup, "accept", json!({})).await;
        done.unwrap_or_else(refused);
        for (good, pieces) in goods {
            for _ in 0..*pieces {
                let scan = json!({ "code": good.gtin });
                let done = self.does(pickup, "scans", scan).await;
                done.unwrap_or_else(refused);
            }
        }
        let stage = json!({ "location": location });
        let done = self.does(pickup, "stage", stage).await;
        done.unwrap_or_else(refused);
    }

    /// Hands a pickup over to whoever shows this code.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn hand_over(&self, pickup: &Value, code: &str) -> Result<Value, NotDone> {
        let proof = json!({ "proof": { "shown": "code", "code": code } });
        self.does(pickup, "handovers", proof).await
    }

    /// Hands a pickup over to whoever says these digits.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn hand_over_to_digits(
        &self,
        pickup: &Value,
        digits: &str,
    ) -> Result<Value, NotDone> {
        let proof = json!({ "proof": { "shown": "digits", "digits": digits } });
        self.does(pickup, "handovers", proof).await
    }
}
