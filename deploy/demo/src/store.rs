//! The store's own API, as far as the demo uses it: its status, and its opening stock.
//!
//! It goes in by the same door as anybody's program; it knows no database.

use counterpart_daemon::clock::SharedClock;
use counterpart_daemon::entropy::SharedEntropy;
use counterpart_daemon::web::shell::HubLink;
use counterpart_protocol::catalog::Unit;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::api::{Api, ApiFailed};
use crate::catalog::DemoProduct;
use crate::devices::Reading;

/// Lines of one receiving: a lorry's worth, as a shop would book it.
const LINES_EACH: usize = 250;

/// The store's API.
#[derive(Clone)]
pub(crate) struct Store {
    api: Api,
}

/// What the store says of itself, as far as the demo looks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct StoreStatus {
    hub: HubStatus,
    /// Facts its hub has not confirmed.
    unsent: i64,
    reference: Vec<Reference>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct HubStatus {
    standing: String,
    last_seen_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Reference {
    kind: String,
    version: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct SignedIn {
    token: String,
}

impl StoreStatus {
    /// Tells whether the store has products and people to sell with.
    pub(crate) fn can_sell(&self) -> bool {
        let has = |kind: &str| {
            let mut held = self.reference.iter();
            held.any(|held| held.kind == kind && held.version.is_some())
        };
        has("catalog") && has("roster")
    }

    /// Returns what the devices page shows of it.
    pub(crate) fn reading(&self, zone: &TimeZone) -> Reading {
        let hub = match (self.hub.standing.as_str(), self.hub.last_seen_at) {
            ("connected", _) => HubLink::Connected,
            (_, Some(at)) => HubLink::Away {
                last_seen: at.to_zoned(zone.clone()).strftime("%H:%M").to_string(),
            },
            (_, None) => HubLink::NeverReached,
        };
        Reading {
            hub,
            waiting: self.unsent,
        }
    }
}

impl Store {
    /// Returns the API at `base`, such as `http://127.0.0.1:8410`.
    pub(crate) fn at(base: String, clock: SharedClock, entropy: SharedEntropy) -> Self {
        Self {
            api: Api::at(base, clock, entropy),
        }
    }

    /// Asks how the store is.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn status(&self) -> Result<StoreStatus, ApiFailed> {
        self.api.ask("tell how it is", "/v1/status", None).await
    }

    /// Books what is on the shelves when the demo begins, received by the person with `pin`; the
    /// store at each `site` has other quantities.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`]; what was booked before stays booked.
    pub(crate) async fn receive_opening_stock(
        &self,
        pin: &str,
        products: &[DemoProduct],
        site: usize,
    ) -> Result<(), ApiFailed> {
        let sign_in = json!({ "register": 1, "pin": pin });
        let signed_in: SignedIn = self
            .api
            .command("sign somebody in", "/v1/sign-in", &sign_in, None)
            .await?;
        let token = Some(signed_in.token.as_str());
        for (number, lorry) in products.chunks(LINES_EACH).enumerate() {
            let lines: Vec<Value> = lorry
                .iter()
                .map(|product| {
                    json!({ "sku": product.sku, "quantity_milli": opening_milli(product, site) })
                })
                .collect();
            let delivery = json!({
                "received_as": "opening",
                "reference": format!("OPENING-{}", number + 1),
                "lines": lines,
            });
            let _booked: Value = self
                .api
                .command(
                    "receive the opening stock",
                    "/v1/stock/receipts",
                    &delivery,
                    token,
                )
                .await?;
        }
        let path = "/v1/registers/1/sign-out";
        let _signed_out: Value = self
            .api
            .command("sign out", path, &json!({}), token)
            .await?;
        Ok(())
    }

    /// Signs the person with `pin` in at a register and opens its till if nobody has.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn open_till(&self, register: u16, pin: &str) -> Result<Till, ApiFailed> {
        let sign_in = json!({ "register": register, "pin": pin });
        let signed_in: SignedIn = self
            .api
            .command("sign somebody in", "/v1/sign-in", &sign_in, None)
            .await?;
        let till = Till {
            api: self.api.clone(),
            path: format!("/v1/registers/{register}"),
            token: signed_in.token,
        };
        let shift: Shift = till.ask("tell whether a till is open", "/shift").await?;
        if !shift.open {
            let float = json!({ "float_minor": 15_000 });
            let _opened: Value = till.does("open a till", "/shift/open", &float).await?;
        }
        Ok(till)
    }
}

/// A register somebody is signed in at, with an open till.
pub(crate) struct Till {
    api: Api,
    path: String,
    token: String,
}

#[derive(Debug, Deserialize)]
struct Shift {
    open: bool,
}

#[derive(Debug, Deserialize)]
struct Due {
    total_minor: i64,
}

impl Till {
    /// Scans a product's number.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn scan(&self, code: &str) -> Result<(), ApiFailed> {
        let scan = json!({ "code": code });
        let _taken: Value = self.does("scan a product", "/scans", &scan).await?;
        Ok(())
    }

    /// Pays what is in the basket with the exact amount.
    ///
    /// # Errors
    ///
    /// [`ApiFailed`].
    pub(crate) async fn pay_cash(&self) -> Result<(), ApiFailed> {
        let due: Due = self.ask("tell what is due", "/basket").await?;
        let cash = json!({ "tenders": [{ "kind": "cash", "amount_minor": due.total_minor }] });
        let _paid: Value = self.does("take cash", "/pay", &cash).await?;
        Ok(())
    }

    async fn does<T: DeserializeOwned>(
        &self,
        asked: &'static str,
        path: &str,
        body: &Value,
    ) -> Result<T, ApiFailed> {
        let (path, token) = (format!("{}{path}", self.path), Some(self.token.as_str()));
        self.api.command(asked, &path, body, token).await
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        asked: &'static str,
        path: &str,
    ) -> Result<T, ApiFailed> {
        let path = format!("{}{path}", self.path);
        self.api.ask(asked, &path, Some(&self.token)).await
    }
}

/// How much of a product a store begins with: 6 to 41 pieces, or 8 to 43 kg.
fn opening_milli(product: &DemoProduct, site: usize) -> i64 {
    let apart = (site as u64).wrapping_mul(13);
    let scattered = i64::try_from(product.variety.wrapping_add(apart) % 36).expect("36 is small");
    1_000
        * match product.unit {
            Unit::Piece => 6 + scattered,
            Unit::Kilogram => 8 + scattered,
        }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(text: &str) -> StoreStatus {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_link_is_told_in_the_stores_own_time() {
        let amsterdam = TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC);
        let away = status(
            r#"{"hub":{"standing":"alone","last_seen_at":"2026-11-23T11:04:59Z"},"unsent":7,
                "reference":[{"kind":"roster","version":1},{"kind":"catalog","version":null}]}"#,
        );
        let reading = away.reading(&amsterdam);
        assert_eq!(reading.waiting, 7);
        assert!(matches!(&reading.hub, HubLink::Away { last_seen } if last_seen == "12:04"));
        assert!(!away.can_sell());
        let first = status(
            r#"{"hub":{"standing":"starting","last_seen_at":null},"unsent":0,
                "reference":[{"kind":"roster","version":1},{"kind":"catalog","version":3}]}"#,
        );
        assert_eq!(first.reading(&amsterdam).hub, HubLink::NeverReached);
        assert!(first.can_sell());
    }
}
