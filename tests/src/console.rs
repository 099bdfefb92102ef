//! The hub as a person at its console sees it: stores, people, codes, the catalogue, and what has
//! arrived from where.
//!
//! It looks only; what must be there the oracle knows.

use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::answers::{listed, number, pieces, text};
use crate::caller::{Caller, KEY_HEADER, NotDone};
use crate::oracle::{Oracle, Seen};
use crate::shop::{SALES_ASKED, fresh_key};
use crate::wait;

/// The operator every hub begins with.
pub const ADMIN: &str = "admin";
/// The password the harness gives the first operator.
pub const PASSWORD: &str = "correct horse battery";

/// A console with an operator signed in.
#[derive(Debug, Clone)]
pub struct Console {
    caller: Caller,
}

/// A store as the hub sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct StoreSeen {
    /// What it sold on its day that is now.
    pub today: DaySum,
    /// What its receipt numbers prove.
    pub proof: Proof,
    /// What the numbers of its invoices prove.
    pub invoices: Proof,
    /// Receipts that left without the fiscal signature they should carry and still lack it.
    pub unsigned: i64,
    /// Records the hub keeps aside.
    pub quarantined: i64,
    /// Whether it is connected now.
    pub connected: bool,
    /// What it said it has, less what the hub holds.
    pub lag: i64,
    /// Its edges.
    pub edges: Vec<EdgeSeen>,
}

/// How many sales, and what they came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct DaySum {
    /// How many.
    pub sales: i64,
    /// What they came to.
    pub total_minor: i64,
}

/// What the numbers of receipts or invoices prove.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Proof {
    /// Papers that should be there.
    pub issued: i64,
    /// Of these, how many are not.
    pub missing: i64,
    /// Numbers that came twice.
    pub doubled: i64,
}

/// An edge as the hub sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EdgeSeen {
    /// Its number.
    pub edge: u32,
    /// How far it said its feed goes.
    pub said_seq: i64,
    /// How much of that the hub holds.
    pub held_seq: i64,
    /// Why the hub would not go on with it.
    pub refused_because: Option<String>,
}

impl Console {
    /// Signs the first operator in at the hub's console at `base`.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn sign_in(base: &str) -> Result<Self, NotDone> {
        #[derive(Deserialize)]
        struct SignedIn {
            token: String,
        }
        let caller = Caller::of(base);
        let body = json!({ "name": ADMIN, "password": PASSWORD });
        let answer: SignedIn = caller
            .command(Method::POST, "/v1/sign-in", &fresh_key(), &body)
            .await?;
        Ok(Self {
            caller: caller.with_token(answer.token),
        })
    }

    /// Returns what it calls the hub with.
    #[must_use]
    pub fn caller(&self) -> &Caller {
        &self.caller
    }

    /// Adds a store that sells in euros in Brussels' time.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn add_store(&self, store: &str) -> Result<Value, NotDone> {
        let body = json!({
            "store_id": store,
            "name": format!("Shop {store}"),
            "address": "1 High Street\n9000 Ghent",
            "currency": "EUR",
            "time_zone": "Europe/Brussels",
            "tax_number": "BE0000000000",
            "locale": "en",
            "receipt_footer": "Thank you",
        });
        self.post("/v1/stores", &body).await
    }

    /// Adds somebody who works there; `role` is `associate` or `manager`.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn add_member(
        &self,
        store: &str,
        (name, role, pin): (&str, &str, &str),
    ) -> Result<Value, NotDone> {
        let body = json!({ "name": name, "role": role, "pin": pin });
        self.post(&format!("/v1/stores/{store}/members"), &body)
            .await
    }

    /// Returns a one-time code that enrols an edge of the store.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn enrolment_code(&self, store: &str) -> Result<String, NotDone> {
        let path = format!("/v1/stores/{store}/enrolment-codes");
        let answer: Value = self.post(&path, &json!({})).await?;
        Ok(text(&answer, "code"))
    }

    /// Returns how a store stands.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn store(&self, store: &str) -> Result<StoreSeen, NotDone> {
        self.caller.ask(&format!("/v1/stores/{store}")).await
    }

    /// Returns what the hub says is on hand of a SKU in a store, and why.
    ///
    /// # Panics
    ///
    /// When the hub does not answer.
    pub async fn stock(&self, store: &str, sku: &str) -> Value {
        let path = format!("/v1/stock/{sku}?store={store}");
        let stock = self.caller.ask(&path).await;
        stock.expect("the hub tells its stock")
    }

    /// Returns how the hub is: what its status page says, as JSON.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn status(&self) -> Result<Value, NotDone> {
        self.caller.ask("/v1/status").await
    }

    /// Publishes a catalogue file and waits until it is what stores sell from.
    ///
    /// # Panics
    ///
    /// When the hub refuses the file, showing why.
    pub async fn publish_catalog(&self, csv: String) {
        let path = "/v1/imports?subject=catalog&publish=true&currency=EUR";
        let upload = self
            .caller
            .request(Method::POST, path)
            .header(KEY_HEADER, fresh_key())
            .body(csv)
            .send()
            .await;
        let answer = upload.expect("the hub takes the file").text().await;
        let answer = answer.expect("the hub answers in text");
        let taken: Value = serde_json::from_str(&answer).expect("the hub answers in JSON");
        let path = format!("/v1/imports/{}", text(&taken, "import_id"));
        let imported = wait::until_seen(
            "the catalogue to be published",
            || async {
                let import: Result<Value, NotDone> = self.caller.ask(&path).await;
                import.expect("the hub knows its imports")
            },
            |import| {
                matches!(
                    import["state"].as_str(),
                    Some("applied" | "refused" | "failed")
                )
            },
        )
        .await;
        assert_eq!(imported["state"], "applied", "{imported:#}");
    }

    /// Posts a notice to every store.
    ///
    /// # Errors
    ///
    /// [`NotDone`].
    pub async fn post_notice(&self, words: &str) -> Result<Value, NotDone> {
        self.post("/v1/notices", &json!({ "text": words })).await
    }

    /// Returns everything the hub's views say about one store's sales and the goods an oracle
    /// knows.
    ///
    /// # Panics
    ///
    /// When the hub does not answer.
    pub async fn seen(&self, store: &str, oracle: &Oracle) -> Seen {
        let mut seen = Seen::default();
        let path = format!("/v1/sales?store={store}&limit={SALES_ASKED}");
        let sales: Value = self.caller.ask(&path).await.expect("the hub lists sales");
        assert!(sales["before"].is_null(), "more sales than a journey makes");
        for sale in listed(&sales, "receipts") {
            let id = text(sale, "sale_id");
            let twice = seen.sales.insert(id.clone(), number(sale, "total_minor"));
            assert!(twice.is_none(), "the hub lists sale {id} twice");
            seen.receipts.insert(id, text(sale, "receipt"));
        }
        for sku in oracle.skus() {
            let path = format!("/v1/stock/{sku}?store={store}");
            match self.caller.ask::<Value>(&path).await {
                Ok(stock) => seen.on_hand.insert(sku, pieces(&stock)),
                Err(NotDone::Refused(problem)) if problem.status == 404 => None,
                Err(error) => panic!("the hub does not tell its stock of {sku}: {error}"),
            };
        }
        seen
    }

    /// Waits until the hub holds everything the store has, and checks it against the oracle.
    ///
    /// # Panics
    ///
    /// When it never does, or holds something else.
    pub async fn has_everything(&self, store: &str, oracle: &Oracle) {
        let sales = i64::try_from(oracle.count()).expect("a count fits");
        wait::until_seen(
            "the hub to hold everything",
            || async { self.store(store).await.expect("the hub knows the store") },
            |seen| seen.proof.issued >= sales && seen.lag == 0,
        )
        .await;
        // Facts of goods carry no number of a receipt: they may still be under way.
        wait::until("the hub to hold every movement of goods", async || {
            let seen = self.seen(store, oracle).await;
            let mut skus = oracle.skus().into_iter();
            let is_here = skus.all(|sku| seen.on_hand.get(&sku) == Some(&oracle.on_hand(&sku)));
            is_here.then_some(())
        })
        .await;
        let seen = self.store(store).await.expect("the hub knows the store");
        let proof = Proof {
            issued: sales,
            missing: 0,
            doubled: 0,
        };
        assert_eq!(seen.proof, proof, "what the receipts prove");
        assert_eq!(seen.quarantined, 0, "records kept aside");
        oracle.agrees_with("the hub", &self.seen(store, oracle).await);
    }

    async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, NotDone> {
        let key = fresh_key();
        self.caller.command(Method::POST, path, &key, body).await
    }
}
