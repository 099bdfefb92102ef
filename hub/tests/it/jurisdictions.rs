//! Where stores are taxed: typed at the console, changed over the API, told to each store of it.

use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::tax::{PricesAre, Rate};
use reqwest::Method;
use serde_json::{Value, json};

use crate::editing::whole;
use crate::world::{STORE, World};

const PLACE: &str = "/v1/jurisdictions/nyc";
const TAXES: &str = "4 State: standard, reduced\n4.5 City: standard; from 2027-01-01";

async fn put(world: &World, body: &Value) -> (u16, Value) {
    let request = world
        .request(Method::PUT, PLACE)
        .header("idempotency-key", world.key());
    let answer = request.json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test]
async fn a_jurisdiction_is_typed_at_the_console_and_told_to_the_stores_it_taxes() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let fields = |taxes| {
        [
            ("jurisdiction_id", "nyc"),
            ("name", "New York City"),
            ("prices", "before_tax"),
            ("rounding", "total"),
            ("taxes", taxes),
        ]
    };
    let (status, _, text) = world
        .submit("/jurisdictions", &fields("4 State: luxury"))
        .await;
    assert_eq!(status, 409);
    assert!(text.contains("there is no tax class"), "{text}");
    let (status, place, text) = world.submit("/jurisdictions", &fields(TAXES)).await;
    assert_eq!(status, 303, "{place:?} {text}");
    let mut there = whole();
    there["jurisdiction"] = json!("nyc");
    assert_eq!(world.change(STORE, &there).await.0, 200);
    let (mut ghent, mut antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);

    let raised = json!({
        "name": "New York City", "prices": "before_tax",
        "taxes": [{ "name": "State", "rate": 4_250, "classes": ["standard"] }],
    });
    let (status, changed) = put(&world, &raised).await;
    assert_eq!(status, 200, "{changed}");
    ghent.sync().await;
    let told: StoreIdentity = ghent.reference().await;
    let told = told.details.jurisdiction.unwrap();
    assert_eq!(told.taxation.prices, PricesAre::BeforeTax);
    let today = "2026-12-01".parse().unwrap();
    assert_eq!(told.rate_of("standard", today), Some(Rate(4_250)));
    assert_eq!(told.rate_of("reduced", today), None);
    antwerp.sync().await;
    let other: StoreIdentity = antwerp.reference().await;
    assert_eq!(other.details.jurisdiction, None);
    let listed = world.get("/v1/jurisdictions").await;
    assert_eq!(listed[0]["stores"], json!([STORE]));
    let page = world.page("/jurisdictions/nyc").await;
    assert!(page.contains("4.25 State: standard"), "{page}");
}

#[tokio::test]
async fn taxes_that_no_receipt_could_tell_apart_are_refused() {
    let world = World::with_a_store().await;
    let levied = |name: &str, class: &str| {
        json!({
            "name": name, "rate": 4_000, "classes": [class],
        })
    };
    let draft = json!({
        "jurisdiction_id": "nyc", "name": "New York City",
        "taxes": [levied("State", "standard"), levied("City", "reduced")],
    });
    let request = world
        .request(Method::POST, "/v1/jurisdictions")
        .header("idempotency-key", world.key());
    let answer = request.json(&draft).send().await.unwrap();
    assert_eq!(answer.status(), 409);
    let refused: Value = answer.json().await.unwrap();
    let wrong = &refused["fields"][0];
    assert_eq!(wrong["field"], "taxes");
    assert!(
        wrong["detail"].as_str().unwrap().contains("same rate"),
        "{refused}"
    );
    assert_eq!(put(&world, &json!({ "name": "Nowhere" })).await.0, 404);
    let mut nobodys = whole();
    nobodys["jurisdiction"] = json!("nowhere");
    let (status, refused) = world.change(STORE, &nobodys).await;
    assert_eq!(
        (status.as_u16(), &refused["fields"][0]["field"]),
        (409, &json!("jurisdiction"))
    );
}
