//! The right to refund a sale goes from the store that sold it to the desk where the customer
//! stands: giver first, so that never two have it, whichever line is cut meanwhile.

use counterpart_tests::branch::Branch;
use counterpart_tests::caller::{Caller, NotDone};
use counterpart_tests::oracle::Oracle;
use counterpart_tests::shop::{Till, fresh_key};
use counterpart_tests::wait;
use counterpart_tests::world::{Beginning, STORE, World};
use reqwest::Method;
use serde_json::{Value, json};

const OTHER: &str = "antwerp-1";
const RETURNS: &str = "/v1/registers/1/returns";

async fn does(desk: &Caller, path: &str, body: &Value) -> Result<Value, NotDone> {
    desk.command(Method::POST, path, &fresh_key(), body).await
}

fn back(sale: &str, pieces: i64) -> Value {
    json!({
        "sale_id": sale,
        "lines": [{
            "line": 1, "quantity_milli": pieces * 1_000, "reason": "size",
            "disposition": "restock",
        }],
    })
}

/// Why a command was refused: the word of its problem.
fn why(refused: Result<Value, NotDone>) -> String {
    let kind = refused.unwrap_err().problem().kind;
    kind.rsplit(':').next().unwrap().to_owned()
}

/// Two stores, of which one sold three pieces of something.
struct Story {
    world: World,
    branch: Branch,
    hub: Caller,
    here: Till,
    there: Till,
    sale: String,
    receipt: String,
    paid_minor: i64,
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
        let good = &world.goods[1];
        let paid = here.sell(&mut Oracle::new(), &[(good, 3)]).await;
        let hub = world.console().await.caller().clone();
        let story = Self {
            sale: paid.sale_id.to_string(),
            receipt: paid.receipt.to_string(),
            paid_minor: 0,
            world,
            branch,
            hub,
            here,
            there,
        };
        let knows = |seen: &Value| seen["refund_right"]["held_by"].is_string();
        let seen = wait::until_seen("the hub to hear of the sale", || story.at_hub(), knows).await;
        let paid_minor = seen["total_minor"].as_i64().unwrap();
        story.knows_the_other(&story.there, STORE).await;
        Self {
            paid_minor,
            ..story
        }
    }

    /// The list of stores comes from the hub by itself.
    async fn knows_the_other(&self, till: &Till, other: &str) {
        let ask = || async { till.caller().ask::<Value>("/v1/transfers").await.unwrap() };
        let there = |all: &Value| all["stores"].to_string().contains(other);
        wait::until_seen("the other store to be known", ask, there).await;
    }

    async fn at_hub(&self) -> Value {
        let path = format!("/v1/sales/{}", self.sale);
        self.hub.ask(&path).await.unwrap_or(Value::Null)
    }

    async fn asks(&self, till: &Till, receipt: &str) -> Result<Value, NotDone> {
        let body = json!({ "store": STORE, "receipt": receipt });
        does(till.caller(), "/v1/registers/1/refund-rights", &body).await
    }

    /// Waits until the newest ask of a till is in a state.
    async fn is(&self, till: &Till, state: &str) -> Value {
        let ask = || async {
            let all: Value = till.caller().ask("/v1/refund-rights").await.unwrap();
            all["asks"][0].clone()
        };
        wait::until_seen("an answer", ask, |seen| seen["state"] == state).await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_desk_refunds_what_another_store_sold_once_that_store_gave_the_right_away() {
    let story = Story::begins().await;
    // The store that sold it is cut off: it is asked, nobody answers, and nothing goes back there.
    story.world.line.cut();
    let asked = story.asks(&story.there, &story.receipt).await.unwrap();
    assert_eq!(asked["state"], "asked");
    let again = story.asks(&story.there, &story.receipt).await.unwrap();
    assert_eq!(again["asked_at"], asked["asked_at"], "one ask is enough");
    let wanted = |seen: &Value| seen["refund_right"]["asked_by"][0].is_string();
    wait::until_seen("the hub to want it", || story.at_hub(), wanted).await;
    let early = does(story.there.caller(), RETURNS, &back(&story.sale, 1)).await;
    assert!(early.is_err(), "{early:?}");
    // Cut off it takes one piece back by itself, as always.
    let own = does(story.here.caller(), RETURNS, &back(&story.sale, 1)).await;
    let own_minor = own.unwrap()["total_minor"].as_i64().unwrap();
    story.world.mend();
    let granted = story.is(&story.there, "granted").await;
    assert_eq!(granted["sale_id"], json!(story.sale));
    // From here on the desk has the right, and the store that sold it says who has.
    let refused = does(story.here.caller(), RETURNS, &back(&story.sale, 1)).await;
    assert_eq!(why(refused), "passed_on");
    let more = does(story.there.caller(), RETURNS, &back(&story.sale, 3)).await;
    assert_eq!(why(more), "more_than_sold", "one piece came back before");
    let one = does(story.there.caller(), RETURNS, &back(&story.sale, 1)).await;
    let one_minor = one.unwrap()["total_minor"].as_i64().unwrap();
    let held = |seen: &Value| seen["refund_right"]["since"].is_string();
    let seen = wait::until_seen("the hub to know", || story.at_hub(), held).await;
    assert_eq!(seen["refund_right"]["asked_by"], json!([]));
    // The store that sold it asks for it back, and gives back the last piece: all was paid once.
    story.asks(&story.here, &story.receipt).await.unwrap();
    story.is(&story.here, "granted").await;
    let refused = does(story.there.caller(), RETURNS, &back(&story.sale, 1)).await;
    assert_eq!(why(refused), "passed_on");
    let last = does(story.here.caller(), RETURNS, &back(&story.sale, 1)).await;
    let last_minor = last.unwrap()["total_minor"].as_i64().unwrap();
    assert_eq!(own_minor + one_minor + last_minor, story.paid_minor);
    let nothing = does(story.here.caller(), RETURNS, &back(&story.sale, 1)).await;
    assert_eq!(why(nothing), "more_than_sold");
    story.branch.close().await;
    story.world.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_nobody_printed_and_a_right_that_is_there_are_answered_in_words() {
    let story = Story::begins().await;
    story.asks(&story.there, "1-1-009999").await.unwrap();
    story.is(&story.there, "unknown_receipt").await;
    story.asks(&story.here, &story.receipt).await.unwrap();
    story.is(&story.here, "held_there").await;
    let body = json!({ "store": "atlantis-1", "receipt": story.receipt });
    let strange = does(story.there.caller(), "/v1/registers/1/refund-rights", &body).await;
    assert_eq!(why(strange), "unknown_store");
    let unreadable = story.asks(&story.there, "yesterday").await;
    assert_eq!(why(unreadable), "not_a_receipt");
    story.branch.close().await;
    story.world.end().await;
}
