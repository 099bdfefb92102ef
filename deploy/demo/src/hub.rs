//! The hub's own API, as far as a web shop and the demo's first start use it.

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::entropy::SharedEntropy;
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{Api, ApiFailed};

/// The channel the shop sells through.
const CHANNEL: &str = "web";

/// The card of a member, whose prices it brings at any scanner.
pub(crate) const MEMBER_CARD: &str = "MEM-0001";
/// The code of a promotion anybody may say.
pub(crate) const COUPON_CODE: &str = "SUMMER10";
/// The promotion for which single-use coupons are issued.
pub(crate) const COUPON_PROMOTION: &str = "welcome";
/// The card of a customer who pays no tax.
pub(crate) const EXEMPT_CARD: &str = "TAX-0001";

/// The hub as a web shop knows it: by an API key.
#[derive(Clone)]
pub(crate) struct Hub {
    api: Api,
    key: String,
}

#[derive(Debug, Deserialize)]
struct SignedIn {
    token: String,
}

#[derive(Debug, Deserialize)]
struct KeyMade {
    secret: String,
}

/// What each store has of a basket.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Availability {
    pub(crate) stores: Vec<AtStore>,
}

/// What one store has of a basket.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct AtStore {
    pub(crate) store_id: String,
    /// Whether it has the whole basket.
    pub(crate) complete: bool,
}

/// One line of a basket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Bought {
    pub(crate) sku: String,
    pub(crate) name: String,
    pub(crate) units: i64,
    pub(crate) price_minor: i64,
    pub(crate) tax_rate: u32,
}

/// Who ordered, as they typed it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Orderer {
    pub(crate) name: String,
    pub(crate) email: String,
}

/// An order as the shop shows it to its customer.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Order {
    pub(crate) channel_reference: String,
    pub(crate) total_minor: i64,
    pub(crate) status: String,
    pub(crate) lines: Vec<OrderLine>,
    pub(crate) fulfilments: Vec<Part>,
}

/// One line of an order.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct OrderLine {
    pub(crate) description: String,
    pub(crate) quantity_milli: i64,
    pub(crate) amount_minor: i64,
}

/// One store's part of an order.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Part {
    pub(crate) store_id: Option<String>,
    pub(crate) stage: String,
    pub(crate) promise_at: Option<Timestamp>,
    pub(crate) pickup: Option<Pickup>,
}

/// What the customer shows or says at the counter.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Pickup {
    pub(crate) code: String,
    pub(crate) digits: String,
}

#[derive(Debug, Deserialize)]
struct Captured {
    order_id: String,
}

#[derive(Debug, Deserialize)]
struct Listed {
    orders: Vec<Value>,
}

impl Hub {
    /// Makes the shop's API key as the operator would at the console.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn make_key(
        base: String,
        (operator, password): (&str, &str),
        (clock, entropy): (SharedClock, SharedEntropy),
    ) -> Result<String, ApiFailed> {
        let api = Api::at(base, clock, entropy);
        let credentials = json!({ "name": operator, "password": password });
        let signed_in: SignedIn = api
            .command("sign in", "/v1/sign-in", &credentials, None)
            .await?;
        let scopes = ["orders:read", "orders:write", "availability:read"];
        let asked = json!({ "name": "demo-shop", "scopes": scopes });
        let token = Some(signed_in.token.as_str());
        let made: KeyMade = api
            .command("make an API key", "/v1/api-keys", &asked, token)
            .await?;
        let _signed_out: Value = api
            .command("sign out", "/v1/sign-out", &json!({}), token)
            .await?;
        Ok(made.secret)
    }

    /// Opens a group of members at the console, with a price advantage and two customers: one with
    /// a card, one with a card and a certificate of tax exemption.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn add_members(
        base: String,
        (operator, password): (&str, &str),
        (clock, entropy): (SharedClock, SharedEntropy),
    ) -> Result<(), ApiFailed> {
        let api = Api::at(base, clock, entropy);
        let credentials = json!({ "name": operator, "password": password });
        let signed_in: SignedIn = api
            .command("sign in", "/v1/sign-in", &credentials, None)
            .await?;
        let token = Some(signed_in.token.as_str());
        let group = json!({ "id": "members", "name": "Members", "joined_at_tills": true });
        let promotion = json!({
            "promotion": {
                "id": "members", "name": "Members: 5 % off",
                "deal": { "kind": "each", "cut": { "percent": 5_000 } },
                "groups": ["members"],
            },
        });
        let summer = json!({
            "promotion": {
                "id": "summer", "name": "Summer: 10 % off from 20.00",
                "deal": { "kind": "threshold", "from_minor": 2_000, "off": { "percent": 10_000 } },
                "coupon": { "kind": "open", "code": COUPON_CODE },
            },
        });
        let welcome = json!({
            "promotion": {
                "id": COUPON_PROMOTION, "name": "Welcome: 5.00 off from 15.00",
                "deal": { "kind": "threshold", "from_minor": 1_500, "off": { "amount": 500 } },
                "coupon": { "kind": "single" },
            },
        });
        let batch = json!({ "count": 20 });
        let issued = format!("/v1/promotions/{COUPON_PROMOTION}/coupons");
        let member =
            json!({ "name": "Member of the demo", "card": MEMBER_CARD, "group": "members" });
        let exempt = json!({
            "name": "Consulate of the demo", "card": EXEMPT_CARD, "certificate": "DIPLO-0007",
        });
        for (step, path, body) in [
            ("open a group", "/v1/customer-groups", &group),
            ("publish its promotion", "/v1/promotions", &promotion),
            ("publish one with a code", "/v1/promotions", &summer),
            ("publish one with coupons", "/v1/promotions", &welcome),
            ("issue its coupons", &issued, &batch),
            ("add a member", "/v1/customers", &member),
            ("add who pays no tax", "/v1/customers", &exempt),
        ] {
            let _added: Value = api.command(step, path, body, token).await?;
        }
        let _signed_out: Value = api
            .command("sign out", "/v1/sign-out", &json!({}), token)
            .await?;
        Ok(())
    }

    /// Returns the hub at `base` for the holder of `key`.
    pub(crate) fn at(
        base: String,
        key: String,
        (clock, entropy): (SharedClock, SharedEntropy),
    ) -> Self {
        Self {
            api: Api::at(base, clock, entropy),
            key,
        }
    }

    /// Asks which stores have a basket.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn availability(&self, basket: &[Bought]) -> Result<Availability, ApiFailed> {
        let lines: Vec<Value> = basket
            .iter()
            .map(|line| json!({ "sku": line.sku, "quantity_milli": line.units * 1_000 }))
            .collect();
        self.command(
            "tell who has it",
            "/v1/availability",
            &json!({ "lines": lines }),
        )
        .await
    }

    /// Places a paid order that is picked up at a store, and returns its id.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn place(
        &self,
        basket: &[Bought],
        store: &str,
        orderer: &Orderer,
    ) -> Result<String, ApiFailed> {
        let lines: Vec<Value> = basket.iter().map(line_json).collect();
        let total: i64 = basket
            .iter()
            .map(|line| line.units * line.price_minor)
            .sum();
        let id = self.api.new_command_id().to_string();
        let order = json!({
            "channel": CHANNEL,
            // Six characters are enough to be read out, and their day is in the order anyway.
            "channel_reference": format!("W-{}", &id[id.len() - 6..]),
            "currency": "EUR",
            "lines": lines,
            "total_minor": total,
            "delivery": { "kind": "pickup", "store": store },
            "payment": "paid",
            "customer": { "name": orderer.name, "email": orderer.email },
        });
        let captured: Captured = self.command("take the order", "/v1/orders", &order).await?;
        Ok(captured.order_id)
    }

    /// Returns an order.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn order(&self, id: &str) -> Result<Order, ApiFailed> {
        let path = format!("/v1/orders/{id}");
        self.api.ask("show the order", &path, Some(&self.key)).await
    }

    /// Counts the orders that are not over, up to `limit`.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn open_orders(&self, limit: usize) -> Result<usize, ApiFailed> {
        let path = format!("/v1/orders?status=open&limit={limit}");
        let listed: Listed = self
            .api
            .ask("count the orders", &path, Some(&self.key))
            .await?;
        Ok(listed.orders.len())
    }

    async fn command<T: serde::de::DeserializeOwned>(
        &self,
        asked: &'static str,
        path: &str,
        body: &Value,
    ) -> Result<T, ApiFailed> {
        self.api.command(asked, path, body, Some(&self.key)).await
    }
}

fn line_json(line: &Bought) -> Value {
    json!({
        "sku": line.sku,
        "description": line.name,
        "quantity_milli": line.units * 1_000,
        "unit_price_minor": line.price_minor,
        "amount_minor": line.units * line.price_minor,
        "tax_rate": line.tax_rate,
    })
}
