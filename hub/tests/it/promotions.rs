//! Promotions authored here reach the stores they are for, in their own time, and are switched.

use counterpart_protocol::pricing::PromotionBook;
use serde_json::{Value, json};

use crate::imports::read;
use crate::world::{STORE, World};

fn draft(id: &str, stores: &[&str]) -> Value {
    json!({
        "promotion": {
            "id": id,
            "name": "Pens: 3 for 2",
            "deal": { "kind": "get", "buy": 2, "get": 1, "cut": { "percent": 100_000 } },
            "goods": { "skus": ["PEN"] },
            "exclusive": true,
        },
        "stores": stores,
        "from": "2026-12-01",
        "until": "2026-12-24T18:00",
    })
}

#[tokio::test]
async fn a_promotion_reaches_its_stores_in_their_own_time_and_can_be_switched() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (ghent, mut antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    let put = world.post("/v1/promotions", &draft("pens", &[STORE])).await;
    assert_eq!(
        (&put["on"], &put["promotion"]["id"]),
        (&json!(true), &json!("pens"))
    );
    world.upkeep().await;
    let book: PromotionBook = read(&ghent).await;
    let window = &book.promotions[0].window;
    // 2026-12-01T00:00 and 2026-12-24T18:00 in Brussels.
    assert_eq!(
        (window.from_ms, window.until_ms),
        (Some(1_796_079_600_000), Some(1_798_131_600_000))
    );
    let other = antwerp.get("/sync/v1/reference/promotions").await;
    assert_eq!(other.status(), 404, "it is not for them");
    world.post("/v1/promotions", &draft("all-pens", &[])).await;
    world.upkeep().await;
    antwerp.sync().await;
    assert_eq!(read::<PromotionBook>(&antwerp).await.promotions.len(), 1);
    assert_eq!(read::<PromotionBook>(&ghent).await.promotions.len(), 2);
    let off = world.post("/v1/promotions/pens/off", &json!({})).await;
    assert_eq!(off["on"], false);
    world.upkeep().await;
    assert_eq!(read::<PromotionBook>(&ghent).await.promotions.len(), 1);
    world.post("/v1/promotions/pens/on", &json!({})).await;
    world.upkeep().await;
    assert_eq!(read::<PromotionBook>(&ghent).await.promotions.len(), 2);
    let page = world.page("/promotions").await;
    for words in ["Pens: 3 for 2", "buy 2, 1 more at 100 % off", "Switch off"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert_eq!(
        world.get("/v1/promotions").await.as_array().unwrap().len(),
        2
    );
}

#[tokio::test]
async fn what_cannot_be_a_promotion_is_said_beside_its_field() {
    let world = World::with_a_store().await;
    for (change, words) in [
        (
            json!({ "stores": ["atlantis"] }),
            "no store called atlantis",
        ),
        (json!({ "until": "2026-12-01" }), "end before it begins"),
    ] {
        let mut wrong = draft("pens", &[]);
        for (key, value) in change.as_object().unwrap() {
            wrong[key] = value.clone();
        }
        let refused = world.try_post("/v1/promotions", &wrong).await.unwrap_err();
        assert!(refused.detail.contains(words), "{}", refused.detail);
    }
    let unknown = world.try_post("/v1/promotions/gone/off", &json!({})).await;
    assert!(
        unknown
            .unwrap_err()
            .detail
            .contains("no promotion called gone")
    );
}
