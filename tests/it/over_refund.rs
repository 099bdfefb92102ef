//! One receipt and two stores that hear of nobody: its goods come back at the store that sold them
//! and, from the signed code on it, at another. Both refunds stand, what was too much has one name
//! everywhere, and what was not too much counts at both.

use counterpart_hardware::r#virtual::PrintedLine;
use counterpart_tests::branch::Branch;
use counterpart_tests::caller::{Caller, NotDone};
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, World};
use reqwest::Method;
use serde_json::{Value, json};

const OTHER: &str = "antwerp-1";
const RETURNS: &str = "/v1/registers/1/returns";
const REFUND: &str = "/v1/registers/1/provisional-refunds";

async fn does(caller: &Caller, path: &str, body: &Value) -> Result<Value, NotDone> {
    caller.command(Method::POST, path, &fresh_key(), body).await
}

async fn ask(caller: &Caller, path: &str) -> Value {
    caller.ask(path).await.unwrap()
}

fn lines(pieces: i64) -> Value {
    json!([{
        "line": 1, "quantity_milli": pieces * 1_000, "reason": "size", "disposition": "restock",
    }])
}

/// Two stores, of which one sold three pieces of something, and the code on their receipt.
struct Story {
    world: World,
    branch: Branch,
    hub: Caller,
    here: Till,
    there: Till,
    sale: String,
    receipt: String,
    code: String,
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
        let paid = here.sell(&mut Oracle::new(), &[(&world.goods[1], 3)]).await;
        let hub = world.console().await.caller().clone();
        let receipt = paid.receipt.to_string();
        let code = code_on(&world, &receipt).await;
        let story = Self {
            sale: paid.sale_id.to_string(),
            receipt,
            code,
            world,
            branch,
            hub,
            here,
            there,
        };
        // The key it is signed with comes to the other store by itself, through the hub.
        let proven = || story.proves();
        let believed = |seen: &Result<Value, NotDone>| seen.is_ok();
        let seen = wait::until_seen("the key to arrive", proven, believed).await;
        assert_eq!(seen.unwrap()["receipt"], json!(story.receipt));
        story
    }

    async fn proves(&self) -> Result<Value, NotDone> {
        let body = json!({ "code": self.code });
        does(self.there.caller(), "/v1/registers/1/receipt-codes", &body).await
    }

    /// Cuts both stores off, and waits until the other one knows that it is.
    async fn is_cut_off(&self) {
        self.world.line.cut();
        self.branch.line.cut();
        let away = |seen: &Result<Value, NotDone>| {
            seen.as_ref()
                .is_ok_and(|it| it["provisional"] == "hub_away")
        };
        let seen = wait::until_seen("the hub to be away", || self.proves(), away).await;
        seen.unwrap();
    }

    fn is_mended(&self) {
        self.world.mend();
        self.branch.mend();
    }

    async fn refunds_there(&self, pieces: i64) -> Result<Value, NotDone> {
        let body = json!({ "code": self.code, "lines": lines(pieces) });
        does(self.there.caller(), REFUND, &body).await
    }

    async fn refunds_here(&self, pieces: i64) -> Result<Value, NotDone> {
        let body = json!({ "sale_id": self.sale, "lines": lines(pieces) });
        does(self.here.caller(), RETURNS, &body).await
    }

    /// Waits until so many refunds of the sale are at the hub, and returns what they came to.
    async fn at_hub(&self, count: usize) -> i64 {
        let path = format!("/v1/sales/{}", self.sale);
        let look = || async { self.hub.ask(&path).await.unwrap_or(Value::Null) };
        let all = |seen: &Value| {
            let returns = seen["returns"].as_array();
            returns.is_some_and(|it| it.len() == count)
        };
        let seen = wait::until_seen("the refunds at the hub", look, all).await;
        let returns = seen["returns"].as_array().unwrap().iter();
        returns.map(|it| it["total_minor"].as_i64().unwrap()).sum()
    }

    async fn ends(self) {
        self.branch.close().await;
        self.world.end().await;
    }
}

/// Reads the signed code off the paper of a receipt.
async fn code_on(world: &World, receipt: &str) -> String {
    let printer = world.counter(1).printer();
    let find = |seen: &counterpart_hardware::r#virtual::PrinterSnapshot| {
        let paper = seen.receipts.iter().find(|it| it.text.contains(receipt))?;
        paper.lines.iter().find_map(|line| match line {
            PrintedLine::Qr { payload, .. } => Some(payload.clone()),
            PrintedLine::Text { .. }
            | PrintedLine::Barcode { .. }
            | PrintedLine::Picture { .. } => None,
        })
    };
    let printed = printer.until(|seen| find(seen).is_some());
    wait::told("the paper of the receipt", printed).await;
    find(&world.counter(1).printer().snapshot()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_two_stores_refund_apart_stands_in_both_and_has_one_name_everywhere() {
    let story = Story::begins().await;
    let early = story.refunds_there(1).await.unwrap_err();
    let kind = early.problem().kind;
    assert!(kind.ends_with("ask_first"), "the hub is there: {kind}");
    story.is_cut_off().await;
    let there = story.refunds_there(2).await.unwrap();
    let here = story.refunds_here(2).await.unwrap();
    story.is_mended();
    let total = |it: &Value| it["total_minor"].as_i64().unwrap();
    assert_eq!(story.at_hub(2).await, total(&there) + total(&here));
    let look = || ask(&story.hub, "/v1/exceptions?rule=over_refund");
    let named = |seen: &Value| seen["exceptions"] != json!([]);
    let raised = wait::until_seen("the hub to name it", look, named).await;
    let exceptions = raised["exceptions"].as_array().unwrap();
    assert_eq!(exceptions.len(), 1, "{raised:#}");
    assert_eq!(exceptions[0]["sale_id"], json!(story.sale));
    let name = exceptions[0]["exception_id"].clone();
    let path = format!("/v1/exceptions/{}", name.as_str().unwrap());
    let one = ask(&story.hub, &path).await;
    assert_eq!(one["facts"].as_array().unwrap().len(), 2, "{one:#}");
    for till in [&story.here, &story.there] {
        let look = || ask(till.caller(), "/v1/exceptions");
        let inbox = wait::until_seen("the store to hear of it", look, named).await;
        assert_eq!(
            inbox["exceptions"].as_array().unwrap().len(),
            1,
            "{inbox:#}"
        );
        let told = &inbox["exceptions"][0];
        assert_eq!(told["exception_id"], name, "{told:#}");
        assert_eq!(told["rule"], "over_refund");
        assert_eq!(told["facts"].as_array().unwrap().len(), 2, "{told:#}");
        assert_eq!(told["units"][0]["quantity_milli"], 1_000, "{told:#}");
    }
    // Nothing more goes back at either.
    assert!(story.refunds_here(1).await.is_err());
    let accepted = json!({ "how": "accepted" });
    let resolve = format!("{path}/resolve");
    does(&story.hub, &resolve, &accepted).await.unwrap();
    assert_eq!(ask(&story.hub, "/v1/exceptions").await["open"], 0);
    story.ends().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_another_store_refunded_from_the_code_counts_where_it_was_sold() {
    let story = Story::begins().await;
    story.is_cut_off().await;
    story.refunds_there(1).await.unwrap();
    story.is_mended();
    let path = format!("/v1/returnable?receipt={}", story.receipt);
    let look = || ask(story.here.caller(), &path);
    let heard = |seen: &Value| seen["lines"][0]["left_milli"] == 2_000;
    wait::until_seen("the store that sold it to hear of it", look, heard).await;
    assert!(story.refunds_here(3).await.is_err());
    story.refunds_here(2).await.unwrap();
    story.at_hub(2).await;
    let raised = ask(&story.hub, "/v1/exceptions?rule=over_refund").await;
    assert_eq!(raised["exceptions"], json!([]), "{raised:#}");
    story.ends().await;
}
