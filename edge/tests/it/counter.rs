//! A counter to sell at: a running store with goods and people, and a program that speaks its API
//! and presses its pages' forms.

use std::sync::atomic::{AtomicU64, Ordering};

use counterpart_daemon::entropy::SeededEntropy;
use counterpart_daemon::password::{Strength, hash};
use counterpart_edge::RunningEdge;
use counterpart_edge::reference::{install_catalog, install_roster};
use counterpart_hardware::VirtualPrinter;
use counterpart_protocol::badges::{Badge, Badges};
use counterpart_protocol::catalog::{Catalog, GENERAL_CLASS, Product, TaxClass, Unit};
use counterpart_protocol::ids::StaffId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::staff::{Member, Role, Roster};
use counterpart_protocol::tax::Rate;
use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value, json};

use crate::badges::badge_of;
use crate::factory::World;

/// An associate's PIN and name.
pub(crate) const ADA: &str = "4711";
/// Another associate's.
pub(crate) const BEN: &str = "0815";
/// The manager's.
pub(crate) const CLEO: &str = "2525";

/// The number of the milk's package.
pub(crate) const MILK: &str = "4006381333931";
/// A number with a right check digit that nothing is sold under.
pub(crate) const STRANGER: &str = "4012345678901";
/// A number with a wrong check digit.
pub(crate) const MISREAD: &str = "4006381333930";

/// A running store with goods and people.
pub(crate) struct Counter {
    pub(crate) world: World,
    pub(crate) edge: RunningEdge,
    pub(crate) http: Client,
    pub(crate) keys: AtomicU64,
}

/// What the store answered.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) text: String,
    pub(crate) location: Option<String>,
    pub(crate) cookie: Option<String>,
}

/// Somebody signed in at register 1.
pub(crate) struct Clerk<'a> {
    counter: &'a Counter,
    pub(crate) token: String,
}

impl Counter {
    /// Opens a store without devices.
    pub(crate) async fn open() -> Self {
        Self::of(World::enrolled().await).await
    }

    /// Opens a store with a printer's twin at register 1.
    pub(crate) async fn with_printer() -> (Self, VirtualPrinter) {
        let mut world = World::enrolled().await;
        let printer = world.with_printer().await;
        (Self::of(world).await, printer)
    }

    /// Starts the store of `world` and hands it its goods and people.
    pub(crate) async fn of(world: World) -> Self {
        let edge = world.start().await;
        install_catalog(edge.context(), 3, [3; 32], catalog())
            .await
            .unwrap();
        install_roster(edge.context(), 2, [2; 32], roster())
            .await
            .unwrap();
        let http = Client::builder()
            .redirect(redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            world,
            edge,
            http,
            keys: AtomicU64::new(0),
        }
    }

    /// Stops the store and starts it again on the same folder.
    pub(crate) async fn restarted(self) -> Self {
        self.restarted_after(|| {}).await
    }

    /// Stops the store, lets `happen` happen while nothing runs, and starts it again.
    pub(crate) async fn restarted_after(self, happen: impl FnOnce()) -> Self {
        let Self {
            world,
            edge,
            http,
            keys,
        } = self;
        edge.shutdown().await;
        happen();
        let edge = world.start().await;
        Self {
            world,
            edge,
            http,
            keys,
        }
    }

    /// Returns an id no command has had.
    pub(crate) fn fresh_key(&self) -> String {
        format!("key-{}", self.keys.fetch_add(1, Ordering::Relaxed))
    }

    /// Signs somebody in at register 1.
    pub(crate) async fn sign_in(&self, pin: &str) -> Clerk<'_> {
        self.sign_in_at(1, pin).await
    }

    /// Signs somebody in at a register.
    pub(crate) async fn sign_in_at(&self, register: u16, pin: &str) -> Clerk<'_> {
        let body = json!({ "register": register, "pin": pin });
        let answer = answer(self.request(Method::POST, "/v1/sign-in").json(&body)).await;
        let token = answer.json()["token"].as_str().unwrap().to_owned();
        Clerk {
            counter: self,
            token,
        }
    }

    /// Tries to sign somebody in at register 1.
    pub(crate) async fn try_sign_in(&self, pin: &str) -> Answer {
        let body = json!({ "register": 1, "pin": pin });
        let request = self.request(Method::POST, "/v1/sign-in").json(&body);
        answer(request).await
    }

    /// Signs somebody in and opens the till with this float.
    pub(crate) async fn at_open_till(&self, float_minor: i64) -> Clerk<'_> {
        let clerk = self.sign_in(ADA).await;
        let body = json!({ "float_minor": float_minor });
        clerk.done("/v1/registers/1/shift/open", body).await;
        clerk
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}{path}", self.edge.url()))
    }
}

impl Answer {
    /// Returns the JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        serde_json::from_str(&self.text).unwrap()
    }

    /// Returns the problem's code and its sentence.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String, String) {
        let body: Value = serde_json::from_str(&self.text).unwrap_or_else(|_| {
            panic!("{} is no problem: {}", self.status, self.text);
        });
        let kind = body["type"].as_str().unwrap();
        let code = kind.trim_start_matches("urn:counterpart:problem:");
        let detail = body["detail"].as_str().unwrap();
        (self.status, code.to_owned(), detail.to_owned())
    }

    /// Checks that a rule said no, with this code and sentence.
    #[track_caller]
    pub(crate) fn check_refused(&self, code: &str, detail: &str) {
        assert_eq!(
            self.problem(),
            (409, code.to_owned(), detail.to_owned()),
            "{}",
            self.text
        );
    }
}

impl Clerk<'_> {
    /// Sends a command with a key of its own.
    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.post_as(&self.counter.fresh_key(), path, body).await
    }

    /// Sends a command with this key.
    pub(crate) async fn post_as(&self, key: &str, path: &str, body: Value) -> Answer {
        let request = self.counter.request(Method::POST, path);
        answer(self.command(request, key).json(&body)).await
    }

    /// Sends a command that must be carried out.
    pub(crate) async fn done(&self, path: &str, body: Value) -> Value {
        self.post(path, body).await.json()
    }

    pub(crate) async fn put(&self, path: &str, body: Value) -> Answer {
        let request = self.counter.request(Method::PUT, path);
        answer(self.command(request, &self.counter.fresh_key()).json(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Answer {
        let request = self.counter.request(Method::DELETE, path);
        answer(self.command(request, &self.counter.fresh_key())).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        let request = self.counter.request(Method::GET, path);
        answer(request.bearer_auth(&self.token)).await
    }

    pub(crate) async fn scan(&self, code: &str) -> Value {
        self.done("/v1/registers/1/scans", json!({ "code": code }))
            .await
    }

    pub(crate) async fn basket(&self) -> Value {
        self.get("/v1/registers/1/basket").await.json()
    }

    /// Pays with cash.
    pub(crate) async fn pay(&self, amount_minor: i64) -> Answer {
        let body = json!({ "tenders": [{ "kind": "cash", "amount_minor": amount_minor }] });
        self.post("/v1/registers/1/pay", body).await
    }

    /// Sells one milk for exact cash.
    pub(crate) async fn sell_milk(&self) -> Value {
        self.scan(MILK).await;
        self.pay(129).await.json()
    }

    /// Opens a page as a browser that holds this clerk's cookie.
    pub(crate) async fn page(&self, path: &str) -> Answer {
        answer(self.request(Method::GET, path)).await
    }

    /// Presses a form of a live page.
    pub(crate) async fn press(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.press_as(&self.counter.fresh_key(), path, fields).await
    }

    /// Sends a form of a live page with this key.
    pub(crate) async fn press_as(&self, key: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let request = self.form(path, fields, key);
        answer(request.header("x-live", "1")).await
    }

    /// Presses a form as a browser without script does.
    pub(crate) async fn press_plainly(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        answer(self.form(path, fields, &self.counter.fresh_key())).await
    }

    /// Begins a request of the browser that holds this clerk's cookie.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.counter
            .request(method, path)
            .header("cookie", self.cookie())
    }

    fn form(&self, path: &str, fields: &[(&str, &str)], key: &str) -> RequestBuilder {
        let mut body: Vec<(&str, &str)> = fields.to_vec();
        body.push(("command_id", key));
        let pairs: Vec<String> = body
            .iter()
            .map(|(name, value)| format!("{name}={}", escaped(value)))
            .collect();
        self.request(Method::POST, path)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&"))
    }

    fn cookie(&self) -> String {
        format!("cp_ghent={}", self.token)
    }

    fn command(&self, request: RequestBuilder, key: &str) -> RequestBuilder {
        request
            .bearer_auth(&self.token)
            .header("idempotency-key", key)
    }
}

pub(crate) async fn answer(request: RequestBuilder) -> Answer {
    let answer = request.send().await.unwrap();
    let header = |name: &str| {
        let value = answer.headers().get(name)?;
        Some(value.to_str().unwrap().to_owned())
    };
    Answer {
        status: answer.status().as_u16(),
        location: header("location").or_else(|| header("x-live-location")),
        cookie: header("set-cookie"),
        text: answer.text().await.unwrap(),
    }
}

fn escaped(value: &str) -> String {
    value
        .bytes()
        .map(|byte| {
            if byte.is_ascii_alphanumeric() {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}

/// The goods of every counter.
pub(crate) fn catalog() -> Catalog {
    let class = |id: &str, name: &str, rate: u32| TaxClass {
        id: id.to_owned(),
        name: name.to_owned(),
        rate: Rate(rate),
    };
    Catalog {
        currency: Currency::EUR,
        tax_classes: vec![
            class("reduced", "VAT 6 %", 6_000),
            class("standard", "VAT 21 %", 21_000),
        ],
        groups: Vec::new(),
        products: vec![
            product("]E0-SCREW", "Screw, old number", Unit::Piece, Some(10)),
            product("APPLES", "Apples Jonagold", Unit::Kilogram, Some(299)),
            product("CANDLE", "Candle", Unit::Piece, Some(350)),
            product("MILK", "Oat milk 1 l", Unit::Piece, Some(129)),
            product("MUG-BLUE", "Mug, blue", Unit::Piece, Some(700)),
            product("MUG-RED", "Mug, red", Unit::Piece, Some(700)),
            product("NEWS", "Tomorrow's paper", Unit::Piece, None),
        ],
    }
}

fn product(sku: &str, name: &str, unit: Unit, price: Option<i64>) -> Product {
    let gtins = match sku {
        "MILK" => vec![MILK.parse().unwrap()],
        // Its own number, and the one the shop's scale prints without a weight.
        "APPLES" => ["09501101530003", "2112345000008"]
            .map(|gtin| gtin.parse().unwrap())
            .to_vec(),
        _ => Vec::new(),
    };
    let food = matches!(sku, "APPLES" | "MILK");
    Product {
        sku: sku.parse().unwrap(),
        gtins,
        name: name.to_owned(),
        department: if food { "Food" } else { "Home" }.to_owned(),
        class: GENERAL_CLASS.to_owned(),
        variant: None,
        picture: None,
        age_min: None,
        goes_with: None,
        traced: None,
        unit,
        price_minor: price.map(Minor),
        tax_class: if food { "reduced" } else { "standard" }.to_owned(),
    }
}

/// The people of every counter.
pub(crate) fn roster() -> Roster {
    let entropy = SeededEntropy::new(9);
    let member = |number: u128, name: &str, role: Role, pin: &str| Member {
        id: StaffId::from_parts(1, number),
        name: name.to_owned(),
        role,
        pin_hash: hash(pin, Strength::Pin, &entropy).unwrap(),
        badges: Badges {
            current: Some(badge_of(number).hash()),
            revoked: vec![Badge::of_secret([100 + number as u8; 10]).hash()],
        },
        may: Vec::new(),
    };
    Roster {
        members: vec![
            member(1, "Ada Peeters", Role::Associate, ADA),
            member(2, "Ben Claes", Role::Associate, BEN),
            member(3, "Cleo Maes", Role::Manager, CLEO),
        ],
    }
}
