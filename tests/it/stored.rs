//! One gift card and two stores: sold on paper in one, and redeemed in both while neither reaches
//! the hub. Both sales stand, the hub names what was redeemed over, and both stores hear of it. And
//! a power cut while a card has paid a part leaves goods and money agreeing.

use counterpart_protocol::stored::StoredNumber;
use counterpart_tests::branch::Branch;
use counterpart_tests::caller::{Caller, NotDone};
use counterpart_tests::installation::Installation;
use counterpart_tests::shop::{Patience, Till, fresh_key};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, World};
use reqwest::Method;
use serde_json::{Value, json};

const OTHER: &str = "antwerp-1";
const ON_IT: i64 = 600;

async fn does(caller: &Caller, path: &str, body: &Value) -> Result<Value, NotDone> {
    caller.command(Method::POST, path, &fresh_key(), body).await
}

async fn ask(caller: &Caller, path: &str) -> Value {
    caller.ask(path).await.unwrap()
}

/// Puts `amount` on a new card, in cash; its number comes out on paper.
async fn sells_card(till: &Till, amount: i64) {
    let path = "/v1/registers/1/basket/gift-cards";
    let body = json!({ "amount_minor": amount });
    does(till.caller(), path, &body).await.unwrap();
    till.pay(amount).await.unwrap();
}

/// Reads the number off the paper of a card.
fn number_on(paper: &str) -> Option<String> {
    let mut lines = paper.lines().map(str::trim);
    let found = lines.find(|line| StoredNumber::read(line).is_ok());
    found.map(str::to_owned)
}

async fn balance(caller: &Caller, number: &str) -> Result<Value, NotDone> {
    does(caller, "/v1/stored/balance", &json!({ "number": number })).await
}

/// What the hub says is on a card; nothing while it has not heard of it.
async fn at_hub(hub: &Caller, number: &str) -> Option<Value> {
    let body = json!({ "number": number });
    does(hub, "/v1/stored/find", &body).await.ok()
}

/// Two stores, a card that one of them sold, and what both sell.
struct Story {
    world: World,
    branch: Branch,
    here: Till,
    there: Till,
    hub: Caller,
    number: String,
}

impl Story {
    async fn begins() -> Self {
        let beginning = Beginning {
            engine: crate::ENGINE,
            ..Beginning::default()
        };
        let world = World::begin(beginning).await;
        let branch = Branch::open(&world, OTHER).await;
        let (here, there) = (world.open_till(1).await, branch.open_till().await);
        let hub = world.console().await.caller().clone();
        sells_card(&here, ON_IT).await;
        let printer = world.counter(1).printer();
        let is_there = printer.until(|seen| {
            let mut papers = seen.receipts.iter();
            papers.any(|paper| number_on(&paper.text).is_some())
        });
        wait::told("the paper of the card", is_there).await;
        let papers = world.counter(1).printer().snapshot().receipts;
        let number = papers.iter().find_map(|it| number_on(&it.text)).unwrap();
        Self {
            world,
            branch,
            here,
            there,
            hub,
            number,
        }
    }

    /// The other store learns of the card by asking.
    async fn is_known_there(&self) {
        let looked = || balance(self.there.caller(), &self.number);
        let current = |told: &Result<Value, NotDone>| {
            told.as_ref()
                .is_ok_and(|it| it["is_current"] == true && it["balance_minor"] == ON_IT)
        };
        let told = wait::until_seen("the hub to tell what is on it", looked, current);
        told.await.unwrap();
    }

    /// Both stores sell the same with the same money, neither line up. Returns what each took.
    async fn both_redeem(&self) -> i64 {
        let goods = self.world.goods.iter();
        let dear = goods.max_by_key(|good| good.price_minor).unwrap();
        let price = dear.price_minor.unwrap();
        let taken = price.min(ON_IT);
        assert!(2 * taken > ON_IT, "it is enough for one of them only");
        self.world.line.cut();
        self.branch.line.cut();
        for till in [&self.here, &self.there] {
            till.scan(&dear.gtin).await.unwrap();
            let mut tenders = vec![json!({ "kind": "stored", "number": self.number })];
            if price > taken {
                tenders.push(json!({ "kind": "cash", "amount_minor": price - taken }));
            }
            let body = json!({ "tenders": tenders });
            let paid = does(till.caller(), "/v1/registers/1/pay", &body).await;
            paid.unwrap();
        }
        self.world.mend();
        self.branch.mend();
        taken
    }

    /// Returns the one name the hub gives it, with both facts.
    async fn is_named(&self, balance: i64) -> Value {
        let looked = || at_hub(&self.hub, &self.number);
        let holds_both = |card: &Option<Value>| {
            card.as_ref()
                .is_some_and(|it| it["balance_minor"] == balance)
        };
        let card = wait::until_seen("the hub to hold both sales", looked, holds_both).await;
        let moves = card.unwrap()["moves"].as_array().unwrap().len();
        assert_eq!(moves, 3, "sold once, redeemed twice");
        let raised = ask(&self.hub, "/v1/exceptions?rule=over_redeem").await;
        let exceptions = raised["exceptions"].as_array().unwrap();
        assert_eq!(exceptions.len(), 1, "{raised:#}");
        let name = exceptions[0]["exception_id"].clone();
        let one = format!("/v1/exceptions/{}", name.as_str().unwrap());
        let one = ask(&self.hub, &one).await;
        assert_eq!(one["facts"].as_array().unwrap().len(), 2, "{one:#}");
        name
    }

    async fn both_hear_of(&self, name: &Value) {
        for till in [&self.here, &self.there] {
            let looked = || ask(till.caller(), "/v1/exceptions");
            let heard = |inbox: &Value| inbox["exceptions"] != json!([]);
            let inbox = wait::until_seen("the store to hear of it", looked, heard).await;
            let told = &inbox["exceptions"][0];
            assert_eq!(&told["exception_id"], name, "{told:#}");
            assert_eq!(told["rule"], "over_redeem");
            assert_eq!(told["facts"].as_array().unwrap().len(), 2, "{told:#}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_stores_redeem_apart_stands_in_both_and_has_one_name_everywhere() {
    let story = Story::begins().await;
    story.is_known_there().await;
    let taken = story.both_redeem().await;
    let name = story.is_named(ON_IT - 2 * taken).await;
    story.both_hear_of(&name).await;
    let path = format!("/v1/exceptions/{}/resolve", name.as_str().unwrap());
    let accepted = json!({ "how": "accepted" });
    does(&story.hub, &path, &accepted).await.unwrap();
    assert_eq!(ask(&story.hub, "/v1/exceptions").await["open"], 0);
    story.branch.close().await;
    story.world.end().await;
}

async fn presses(till: &Till, path: &str, fields: &str) {
    let body = format!("{fields}&command_id={}", fresh_key());
    let request = till
        .caller()
        .request(Method::POST, path)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-live", "1");
    let answer = request.body(body).send().await.unwrap();
    let status = answer.status();
    assert!(
        status.is_success(),
        "{path}: {status} {}",
        answer.text().await.unwrap()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_power_cut_while_a_card_has_paid_a_part_leaves_goods_and_money_agreeing() {
    let (installed, hub, edge) = Installation::begin(4).await;
    let till = installed.open_till().await;
    let console = installed.console().await.caller().clone();
    sells_card(&till, 10).await;
    let printer = installed.counter.printer();
    let printed =
        printer.until(|seen| seen.receipts.iter().any(|it| number_on(&it.text).is_some()));
    wait::told("the paper of the card", printed).await;
    let papers = printer.snapshot().receipts;
    let number = papers.iter().find_map(|it| number_on(&it.text)).unwrap();
    let known = || at_hub(&console, &number);
    wait::until_seen("the hub to know the card", known, Option::is_some).await;

    till.scan(&installed.goods[1].gtin).await.unwrap();
    presses(&till, "/register/1/tender", "").await;
    let typed = number.replace(' ', "");
    presses(
        &till,
        "/register/1/other",
        &format!("with=stored&number={typed}&amount="),
    )
    .await;
    let held = at_hub(&console, &number).await.unwrap();
    assert_eq!(
        (&held["held_minor"], &held["balance_minor"]),
        (&json!(10), &json!(10))
    );
    edge.kill();
    let edge = installed.edge.start().await;
    let till = till.with_patience(Patience::UntilAnswered);

    // What the card gave is still given; the rest is paid in cash.
    let price = installed.goods[1].price_minor.unwrap();
    till.pay(price - 10).await.unwrap();
    let spent = wait::until_seen("the hub to hold the sale", known, |card| {
        card.as_ref().is_some_and(|it| it["balance_minor"] == 0)
    })
    .await
    .unwrap();
    assert_eq!(spent["held_minor"], 0, "its fact ended the hold: {spent:#}");
    assert_eq!(spent["moves"].as_array().unwrap().len(), 2);

    // A basket that is given up lets the money go.
    sells_card_again(&till, &number).await;
    wait::until_seen("the hub to hear of more", known, |card| {
        card.as_ref().is_some_and(|it| it["balance_minor"] == 10)
    })
    .await;
    till.scan(&installed.goods[1].gtin).await.unwrap();
    presses(&till, "/register/1/tender", "").await;
    presses(
        &till,
        "/register/1/other",
        &format!("with=stored&number={typed}&amount="),
    )
    .await;
    till.void_basket().await.unwrap();
    let freed = wait::until_seen("the money to be let go", known, |card| {
        card.as_ref().is_some_and(|it| it["held_minor"] == 0)
    });
    assert_eq!(freed.await.unwrap()["balance_minor"], 10);
    assert!(edge.stop().await.success());
    assert!(hub.stop().await.success());
}

async fn sells_card_again(till: &Till, number: &str) {
    let path = "/v1/registers/1/basket/gift-cards";
    let body = json!({ "amount_minor": 10, "number": number });
    does(till.caller(), path, &body).await.unwrap();
    till.pay(10).await.unwrap();
}
