//! Orders captured, promised, routed and shown.

use counterpart_protocol::codes::{CodeKind, CodeSigner, SignedCode, Subject};
use counterpart_protocol::orders::{OrderStatus, Stage};
use serde_json::json;

use crate::shop::{Captured, grant, parcel, pickup, with_rights};
use crate::world::{STORE, World};

#[tokio::test]
async fn a_captured_order_is_promised_and_stands_in_the_stores_feed() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    assert_eq!(order.status, "routed");
    assert_eq!(world.pens_at(STORE).await, (4, 6, 2));
    ghent.sync().await;
    let there = ghent.order(order.id);
    assert_eq!(there.status(), OrderStatus::Routed);
    let part = &there.fulfilments[&order.part()];
    assert_eq!((part.stage(), part.epoch), (Stage::Offered, 1));
    let here = world.order(order.id).await;
    assert_eq!(here["status"], "routed");
    assert_eq!(here["fulfilments"][0]["stage"], "offered");
    assert_eq!(here["customer"]["name"], "A. Customer");
    let told: Vec<&str> = here["timeline"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fact| fact["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        told,
        ["order_placed", "fulfilment_allocated", "custody_granted"]
    );
    // Two hours of a shop that is always open.
    let promised = part.promise_at_ms.unwrap() - world.clock_ms();
    assert_eq!(promised, 7_200_000);
}

#[tokio::test]
async fn the_code_and_the_digits_are_the_stores_to_check() {
    let (world, mut ghent) = with_rights(10, 6).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    let shown = world.order(order.id).await;
    let pickup = &shown["fulfilments"][0]["pickup"];
    let secret = std::fs::read_to_string(world.data().join("codes.key")).unwrap();
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&secret[at * 2..at * 2 + 2], 16).unwrap();
    }
    let key = CodeSigner::from_secret(&bytes).public_key();
    let code = SignedCode::read(pickup["code"].as_str().unwrap(), |_| Some(key)).unwrap();
    assert_eq!(code.kind, CodeKind::Pickup);
    assert_eq!(code.paid_minor.0, 240);
    assert_eq!(
        code.subject,
        Subject::Order {
            order_id: order.id,
            fulfilment_id: order.part(),
        }
    );
    let digits = ghent.order(order.id).fulfilments[&order.part()].digits;
    let typed = pickup["digits"].as_str().unwrap();
    assert_eq!(digits.unwrap().check(typed), Ok(true));
}

#[tokio::test]
async fn the_same_capture_twice_is_one_order_and_one_answer() {
    let (world, _ghent) = with_rights(10, 6).await;
    let order = pickup("W-1", STORE, 2);
    let (first, second) = (world.key(), world.key());
    let once = world.try_post_as(&first, "/v1/orders", &order).await;
    let again = world.try_post_as(&first, "/v1/orders", &order).await;
    // A channel that forgot its key has its reference left.
    let later = world.try_post_as(&second, "/v1/orders", &order).await;
    let once = once.unwrap();
    assert_eq!(once, again.unwrap());
    assert_eq!(once, later.unwrap());
    assert_eq!(world.pens_at(STORE).await, (4, 6, 2));
    let listed = world.get("/v1/orders").await;
    assert_eq!(listed["orders"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_key_or_a_reference_with_another_body_is_refused_in_words() {
    let (world, _ghent) = with_rights(10, 6).await;
    let key = world.key();
    let order = pickup("W-1", STORE, 2);
    world.try_post_as(&key, "/v1/orders", &order).await.unwrap();
    let other = pickup("W-1", STORE, 3);
    let reused = world.try_post_as(&key, "/v1/orders", &other).await;
    assert_eq!(reused.unwrap_err().status, 422);
    let taken = world.try_post("/v1/orders", &other).await.unwrap_err();
    assert_eq!(taken.kind, "urn:counterpart:problem:reference_taken");
    assert_eq!(taken.status, 409);
    let total = taken.fields.iter().find(|it| it.field == "total_minor");
    assert_eq!(total.unwrap().detail, "captured: 240; sent now: 360");
    let mut renamed = pickup("W-1", STORE, 2);
    renamed["customer"]["name"] = json!("B. Customer");
    let taken = world.try_post("/v1/orders", &renamed).await.unwrap_err();
    assert_eq!(taken.fields[0].field, "customer");
    assert!(!taken.fields[0].detail.contains("Customer"), "{taken:?}");
}

#[tokio::test]
async fn an_order_that_does_not_add_up_is_refused_field_by_field() {
    let (world, _ghent) = with_rights(10, 6).await;
    let mut order = pickup("W-1", "paris-9", 2);
    order["lines"][0]["sku"] = json!("PENN");
    order["lines"][0]["amount_minor"] = json!(250);
    let refused = world.try_post("/v1/orders", &order).await.unwrap_err();
    assert_eq!(refused.kind, "urn:counterpart:problem:order_refused");
    let said = |field: &str| {
        let found = refused.fields.iter().find(|it| it.field == field);
        found.map_or("", |it| it.detail.as_str())
    };
    assert!(
        said("lines.0.sku").contains("did you mean PEN?"),
        "{refused:?}"
    );
    assert!(said("lines.0.amount_minor").contains("makes 2.40, the line says 2.50"));
    assert!(said("total_minor").contains("add up to 2.50, the order says 2.40"));
    assert!(said("delivery.store").contains("no store called 'paris-9'"));
    let nonsense = json!({ "channel": "web", "colour": "blue" });
    let refused = world.try_post("/v1/orders", &nonsense).await.unwrap_err();
    assert_eq!(refused.kind, "urn:counterpart:problem:request_unreadable");
    assert_eq!(world.get("/v1/orders").await["orders"], json!([]));
}

#[tokio::test]
async fn two_captures_race_for_the_last_unit_and_one_gets_it() {
    let (world, _ghent) = with_rights(1, 1).await;
    let (one, other) = (pickup("W-1", STORE, 1), pickup("W-2", STORE, 1));
    let (one, other) = tokio::join!(
        world.post("/v1/orders", &one),
        world.post("/v1/orders", &other)
    );
    let (one, other) = (Captured::of(&one), Captured::of(&other));
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    assert_eq!(statuses, ["routed", "unrouted"]);
    assert_eq!(world.pens_at(STORE).await, (0, 1, 1));
}

#[tokio::test]
async fn an_order_nobody_can_serve_waits_until_rights_arrive() {
    let (world, mut ghent) = with_rights(10, 1).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    assert_eq!(order.status, "unrouted");
    let shown = world.order(order.id).await;
    assert_eq!(shown["lines"][0]["unrouted_milli"], 2_000);
    let why = &shown["routing"][0]["considered"][0];
    assert_eq!(why["because"], "may promise 1 of PEN, and 2 are wanted");
    world.settle().await;
    assert_eq!(world.order(order.id).await["status"], "unrouted");
    grant(&mut ghent, 3).await;
    world.settle().await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "routed");
    assert_eq!(shown["routing"][1]["because"], "rights");
    ghent.sync().await;
    assert_eq!(ghent.order(order.id).status(), OrderStatus::Routed);
}

#[tokio::test]
async fn a_parcel_goes_to_another_store_once_when_the_first_cannot_find_it() {
    let (world, mut ghent) = with_rights(10, 3).await;
    for store in ["antwerp-1", "bruges-1"] {
        world.add_store(store).await;
    }
    let (mut antwerp, mut bruges) = (world.edge("antwerp-1").await, world.edge("bruges-1").await);
    let order = world.capture(&parcel("W-1", 2)).await;
    assert_eq!(order.status, "routed");
    ghent.sync().await;
    grant(&mut antwerp, 5).await;
    grant(&mut bruges, 5).await;
    ghent.state_in(order.id, order.shorted(2));
    ghent.sync().await;
    world.settle().await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "routed");
    assert_eq!(shown["fulfilments"][1]["store_id"], "antwerp-1");
    let short = world.get("/v1/exceptions?standing=all").await;
    assert_eq!(short["exceptions"][0]["standing"], "settled");
    // The second store cannot find it either: from here on a person looks at it.
    antwerp.sync().await;
    let second = shown["fulfilments"][1]["fulfilment_id"].as_str().unwrap();
    let mut again = order.shorted(2);
    again.fulfilment_id = second.parse().unwrap();
    antwerp.state_in(order.id, again);
    antwerp.sync().await;
    world.settle().await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["status"], "unrouted");
    assert_eq!(shown["fulfilments"].as_array().unwrap().len(), 2);
    assert_eq!(world.get("/v1/exceptions").await["open"], 2);
    let path = format!("/v1/orders/{}/reroute", order.id);
    let rerouted = world.post(&path, &json!({})).await;
    assert_eq!(rerouted["store_id"], "bruges-1");
    assert_eq!(world.get("/v1/exceptions").await["open"], 0);
}

#[tokio::test]
async fn a_pickup_goes_elsewhere_only_when_somebody_says_so() {
    let (world, mut ghent) = with_rights(10, 3).await;
    world.add_store("antwerp-1").await;
    let mut antwerp = world.edge("antwerp-1").await;
    grant(&mut antwerp, 5).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    ghent.sync().await;
    ghent.state_in(order.id, order.shorted(2));
    ghent.sync().await;
    world.settle().await;
    assert_eq!(world.order(order.id).await["status"], "unrouted");
    let path = format!("/v1/orders/{}/reroute", order.id);
    let refused = world.try_post(&path, &json!({})).await.unwrap_err();
    assert_eq!(refused.kind, "urn:counterpart:problem:nobody_serves");
    let elsewhere = json!({ "store": "antwerp-1" });
    world.post(&path, &elsewhere).await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["fulfilments"][1]["store_id"], "antwerp-1");
    antwerp.sync().await;
    let refused = world.try_post(&path, &json!({})).await.unwrap_err();
    assert_eq!(refused.kind, "urn:counterpart:problem:order_not_rerouted");
}

#[tokio::test]
async fn orders_are_found_by_status_store_channel_and_words() {
    let (world, _ghent) = with_rights(10, 2).await;
    let first = world.capture(&pickup("W-1", STORE, 2)).await;
    let second = world.capture(&pickup("W-2", STORE, 2)).await;
    let found = |query: &'static str| {
        let world = &world;
        async move {
            let listed = world.get(&format!("/v1/orders?{query}")).await;
            let orders = listed["orders"].as_array().unwrap().clone();
            let ids = orders.iter().map(|order| order["order_id"].clone());
            ids.collect::<Vec<_>>()
        }
    };
    assert_eq!(found("status=routed").await, [json!(first.id)]);
    assert_eq!(found("status=unrouted").await, [json!(second.id)]);
    assert_eq!(found("status=open").await.len(), 2);
    assert_eq!(found("query=w-2").await, [json!(second.id)]);
    assert_eq!(found("store=ghent-1&channel=web").await.len(), 2);
    assert_eq!(found("channel=phone").await.len(), 0);
    assert_eq!(found("query=100%25").await.len(), 0);
    let page = world.get("/v1/orders?limit=1").await;
    let after = page["after"].as_str().unwrap();
    let rest = world
        .get(&format!("/v1/orders?limit=1&after={after}"))
        .await;
    assert_ne!(rest["orders"][0]["order_id"], page["orders"][0]["order_id"]);
    assert_eq!(rest["after"], json!(null));
    let refused = world.refused("/v1/orders?status=lost").await;
    assert_eq!(refused.fields[0].field, "status");
    assert_eq!(world.refused("/v1/orders/nonsense").await.status, 404);
}

#[tokio::test]
async fn who_may_only_look_sees_no_code_and_no_customer() {
    let (mut world, _ghent) = with_rights(10, 2).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    let shown = world.order(order.id).await;
    let customer = shown["customer_id"].as_str().unwrap().to_owned();
    world.become_viewer().await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["customer"], json!(null));
    assert_eq!(shown["fulfilments"][0]["pickup"], json!(null));
    let refused = world.try_post("/v1/orders", &pickup("W-9", STORE, 1)).await;
    assert_eq!(refused.unwrap_err().status, 403);
    let path = format!("/v1/customers/{customer}/erase");
    assert_eq!(
        world.try_post(&path, &json!({})).await.unwrap_err().status,
        403
    );
}

#[tokio::test]
async fn a_customer_is_erased_and_the_order_stays() {
    let (world, _ghent) = with_rights(10, 2).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    let shown = world.order(order.id).await;
    let path = format!(
        "/v1/customers/{}/erase",
        shown["customer_id"].as_str().unwrap()
    );
    world.post(&path, &json!({})).await;
    world.post(&path, &json!({})).await;
    let shown = world.order(order.id).await;
    assert_eq!(shown["customer"], json!(null));
    assert_eq!(shown["status"], "routed");
    let nobody = world
        .try_post("/v1/customers/nobody/erase", &json!({}))
        .await;
    assert_eq!(nobody.unwrap_err().status, 404);
    let other = world.capture(&pickup("W-2", STORE, 1)).await;
    assert_eq!(
        world.order(other.id).await["customer"]["name"],
        "A. Customer"
    );
    for (sealed, erased) in stored_customers(&world).await {
        assert_ne!(sealed.is_some(), erased, "it is sealed or erased");
        let sealed = sealed.unwrap_or_default();
        let clear = sealed.windows(8).any(|part| part == b"Customer");
        assert!(!clear, "a name stands in the database in clear");
    }
}

/// Returns every customer's record as the database has it, and whether it was erased.
async fn stored_customers(world: &World) -> Vec<(Option<Vec<u8>>, bool)> {
    let read = world.hub().context().db().read(|tx| {
        let sql = "SELECT sealed, erased_at_ms FROM customers";
        let rows = tx.query_all(sql, counterpart_daemon::params![])?;
        let each = rows.iter().map(|row| {
            let erased = row.read::<Option<i64>>(1)?.is_some();
            Ok((row.read(0)?, erased))
        });
        each.collect::<Result<Vec<_>, counterpart_daemon::db::DbError>>()
    });
    read.await.unwrap()
}

#[tokio::test]
async fn the_pages_show_what_the_api_says() {
    let (world, mut ghent) = with_rights(10, 3).await;
    let order = world.capture(&pickup("W-1", STORE, 2)).await;
    let waiting = world.capture(&pickup("W-2", STORE, 9)).await;
    let list = world.page("/orders").await;
    assert!(
        list.contains("W-1") && list.contains("no store yet"),
        "{list}"
    );
    let page = world.page(&format!("/orders/{}", order.id)).await;
    assert!(page.contains("<svg class=\"qr\""), "no picture of the code");
    assert!(page.contains("Given to the store"));
    let why = world.page(&format!("/orders/{}/routing", waiting.id)).await;
    assert!(
        why.contains("may promise 1 of PEN, and 9 are wanted"),
        "{why}"
    );
    let fields = [("because", "service")];
    let path = format!("/orders/{}/cancel", order.id);
    let (status, place, _) = world.submit(&path, &fields).await;
    assert_eq!(status.as_u16(), 303);
    assert_eq!(place.unwrap(), format!("/orders/{}", order.id));
    ghent.sync().await;
    assert_eq!(world.order(order.id).await["status"], "cancelled");
    let (status, _, text) = world.submit(&path, &fields).await;
    assert_eq!(status.as_u16(), 409);
    assert!(text.contains("cancelled already"), "{text}");
}

#[tokio::test]
async fn an_order_without_its_permission_is_nobodys() {
    let world = World::empty().await;
    let answer = world
        .http
        .get(world.url("/v1/orders"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status().as_u16(), 401);
}
