//! Groups of customers: their prices and promotions, who joins them, and members from a file.

use counterpart_protocol::prices::PriceBook;
use counterpart_protocol::pricing::PromotionBook;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::customers::{ada, book};
use crate::imports::read;
use crate::world::World;

impl World {
    async fn remove_group(&self, id: &str) -> (StatusCode, Value) {
        let path = format!("/v1/customer-groups/{id}");
        self.command(Method::DELETE, &path, &json!({})).await
    }
}

#[tokio::test]
async fn a_group_has_its_prices_and_promotions_and_stays_while_something_is_for_it() {
    let (world, ghent) = World::with_members().await;
    let list = "subject=prices&list_id=card&publish=true&group=members";
    let import = world.bring(list, "sku,price\nPEN,0.99\n").await;
    assert_eq!(import["state"], "applied", "{import:#}");
    let promotion = json!({ "promotion": {
        "id": "pens", "name": "Pens for members", "groups": ["members"],
        "deal": { "kind": "each", "cut": { "percent": 10_000 } }, "goods": { "skus": ["PEN"] },
    }});
    world.post("/v1/promotions", &promotion).await;
    world.upkeep().await;
    let prices: PriceBook = read(&ghent).await;
    let members = "members".parse().unwrap();
    assert_eq!(prices.lists[0].group.as_ref(), Some(&members));
    let promotions: PromotionBook = read(&ghent).await;
    assert!(promotions.promotions[0].groups.contains(&members));
    for path in ["/prices", "/prices/card", "/promotions"] {
        assert!(world.page(path).await.contains("members"), "{path}");
    }
    let id = world.add_customer(&ada()).await;
    for (because, end) in [
        ("1 customer belongs", &*format!("customers/{id}/erase")),
        ("the price list card", "prices/lists/card/end"),
        ("the promotion pens", "promotions/pens/off"),
    ] {
        let (status, problem) = world.remove_group("members").await;
        assert_eq!(status, StatusCode::CONFLICT);
        let detail = problem["detail"].as_str().unwrap();
        assert!(detail.contains(because), "{detail}");
        world.post(&format!("/v1/{end}"), &json!({})).await;
    }
    assert_eq!(world.remove_group("members").await.0, StatusCode::OK);
    assert_eq!(world.remove_group("members").await.0, StatusCode::NOT_FOUND);
    let on = world.try_post("/v1/promotions/pens/on", &json!({})).await;
    assert!(on.unwrap_err().detail.contains("no group of customers"));
    let path = format!("/v1/imports?{list}");
    let (status, _) = world.command(Method::POST, &path, &json!([])).await;
    assert_eq!(status, StatusCode::CONFLICT, "it is for nobody");
}

#[tokio::test]
async fn one_group_is_joined_at_tills() {
    let (world, _) = World::with_members().await;
    world.put_group("professionals").await;
    let groups = world.get("/v1/customer-groups").await;
    let joined: Vec<bool> = groups
        .as_array()
        .unwrap()
        .iter()
        .map(|group| group["joined_at_tills"].as_bool().unwrap())
        .collect();
    assert_eq!(joined, [false, true], "the mark moves");
    let wrong = json!({ "id": "No slug", "name": "" });
    let refused = world.try_post("/v1/customer-groups", &wrong).await;
    assert_eq!(refused.unwrap_err().fields.len(), 2);
}

#[tokio::test]
async fn members_of_an_old_system_are_known_at_tills_by_their_cards() {
    let (world, ghent) = World::with_members().await;
    world.add_customer(&ada()).await;
    let file = "reference,name,card,group\n\
        C-1,Grace Hopper,MEM-1,members\n\
        C-2,Joan Clarke,MEM-104233,members\n\
        C-3,Mary Somerville,,\n";
    let wishes = "subject=customers&publish=true&file_name=members.csv";
    let import = world.bring(wishes, file).await;
    assert_eq!(import["state"], "applied", "{import:#}");
    let sentence = import["sentence"].as_str().unwrap();
    assert!(sentence.contains("3 added"), "{sentence}");
    assert!(sentence.contains("1 without their card"), "{sentence}");
    let told = book(&world, &ghent).await;
    assert_eq!(told.regulars.len(), 3, "she who has neither is not known");
    let cards = told.regulars.iter().filter(|it| it.card.is_some());
    assert_eq!(cards.count(), 2);

    let later = file.replace("Grace Hopper,MEM-1,members", "Grace M. Hopper,,");
    let import = world.bring(wishes, &later).await;
    let sentence = import["sentence"].as_str().unwrap();
    assert!(sentence.contains("1 changed"), "{sentence}");
    let told = book(&world, &ghent).await;
    let grace = told.regulars.iter().find(|it| it.record == 2).unwrap();
    assert!(grace.card.is_some() && grace.group.is_some(), "they stay");
}
