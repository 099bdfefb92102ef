//! The companies that run stores: added once, changed for all their stores, and told to each.

use counterpart_protocol::enrolment::StoreIdentity;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::editing::whole;
use crate::world::{STORE, World};

const PLACE: &str = "/v1/legal-entities/corner";

fn words() -> Value {
    json!({
        "name": "Corner Shops NV", "address": "Veldstraat 1\n9000 Gent",
        "registration_number": "RPR Gent 1", "number_prefix": "COR",
        "tax_numbers": "DE vat DE 123456789\nBE vat BE 0123.456.789",
    })
}

fn draft() -> Value {
    let mut draft = words();
    draft["entity_id"] = json!("corner");
    draft
}

fn run_by_corner() -> Value {
    let mut store = whole();
    store["entity"] = json!("corner");
    store
}

async fn put(world: &World, body: &Value) -> (StatusCode, Value) {
    let request = world
        .request(Method::PUT, PLACE)
        .header("idempotency-key", world.key());
    let answer = request.json(body).send().await.unwrap();
    (answer.status(), answer.json().await.unwrap())
}

#[tokio::test]
async fn every_store_of_a_company_hears_of_its_change_and_no_other() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    world.add_store("bruges-1").await;
    let added = world.post("/v1/legal-entities", &draft()).await;
    assert_eq!(added["tax_numbers"][1]["country"], "BE", "{added}");
    for store in [STORE, "antwerp-1"] {
        assert_eq!(world.change(store, &run_by_corner()).await.0, 200);
    }
    let mut ghent = world.edge(STORE).await;
    let mut antwerp = world.edge("antwerp-1").await;
    let mut bruges = world.edge("bruges-1").await;
    let mut renumbered = words();
    renumbered["tax_numbers"] = json!("BE vat BE 0999.999.999");
    let (status, changed) = put(&world, &renumbered).await;
    assert_eq!(status, 200, "{changed}");
    for peer in [&mut ghent, &mut antwerp] {
        peer.sync().await;
        let told: StoreIdentity = peer.reference().await;
        let entity = told.details.entity.unwrap();
        assert_eq!(entity.name, "Corner Shops NV");
        assert_eq!(entity.address_lines, ["Veldstraat 1", "9000 Gent"]);
        assert_eq!(entity.tax_number.as_deref(), Some("BE 0999.999.999"));
        assert_eq!(entity.number_prefix.unwrap().as_str(), "COR");
    }
    bruges.sync().await;
    let told: StoreIdentity = bruges.reference().await;
    assert_eq!(told.details.entity, None);
    let all = world.get("/v1/legal-entities").await;
    assert_eq!(all[0]["stores"], json!(["antwerp-1", STORE]));
    let lines = world.get("/v1/audit?area=legal-entities").await;
    assert!(
        lines["lines"]
            .as_array()
            .unwrap()
            .iter()
            .any(|line| line["about"] == "tax_numbers"),
        "{lines}"
    );
}

#[tokio::test]
async fn a_store_is_told_the_tax_number_of_its_own_country() {
    let world = World::with_a_store().await;
    world.post("/v1/legal-entities", &draft()).await;
    let mut german = run_by_corner();
    german["country"] = json!("DE");
    assert_eq!(world.change(STORE, &german).await.0, 200);
    let store = world.store(STORE).await;
    let entity = &store["details"]["entity"];
    assert_eq!(entity["tax_number"], "DE 123456789");
    assert_eq!(entity["tax_numbers"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_wrong_with_a_company_is_said_beside_its_field() {
    let world = World::with_a_store().await;
    assert_eq!(put(&world, &words()).await.0, 404, "nobody added it");
    world.post("/v1/legal-entities", &draft()).await;
    let (status, _, text) = world
        .submit(
            "/legal-entities",
            &[("entity_id", "corner"), ("name", "Again")],
        )
        .await;
    assert_eq!(status, 409);
    assert!(
        text.contains("there is a company called corner already"),
        "{text}"
    );
    let mut wrong = words();
    wrong["tax_numbers"] = json!("0123.456.789");
    wrong["number_prefix"] = json!("corner");
    let (status, refused) = put(&world, &wrong).await;
    assert_eq!(status, 409);
    let fields: Vec<&str> = refused["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["tax_numbers", "number_prefix"]);
    let mut nobodys = whole();
    nobodys["entity"] = json!("nobody");
    let (status, refused) = world.change(STORE, &nobodys).await;
    assert_eq!(
        (status.as_u16(), &refused["fields"][0]["field"]),
        (409, &json!("entity"))
    );
}

#[tokio::test]
async fn a_company_is_added_and_changed_at_the_console_and_chosen_by_a_store() {
    let world = World::with_a_store().await;
    let fields = [
        ("entity_id", "corner"),
        ("name", "Corner Shops NV"),
        ("tax_numbers", "BE vat BE 0123.456.789"),
    ];
    let (status, place, text) = world.submit("/legal-entities", &fields).await;
    assert_eq!(
        (status.as_u16(), place.as_deref()),
        (303, Some("/legal-entities")),
        "{text}"
    );
    let page = world.page("/legal-entities/corner").await;
    assert!(page.contains("Change Corner Shops NV"), "{page}");
    let renamed = [("name", "Corner NV"), ("number_prefix", "CRN")];
    assert_eq!(
        world.submit("/legal-entities/corner", &renamed).await.0,
        303
    );
    for form in ["/stores/new", &format!("/stores/{STORE}/edit")] {
        let page = world.page(form).await;
        assert!(page.contains("Corner NV"), "{page}");
    }
    let store = [
        ("name", "Ghent"),
        ("time_zone", "Europe/Brussels"),
        ("locale", "en"),
        ("entity", "corner"),
    ];
    assert_eq!(
        world
            .submit(&format!("/stores/{STORE}/edit"), &store)
            .await
            .0,
        303
    );
    let list = world.page("/legal-entities").await;
    assert!(list.contains("CRN") && list.contains(STORE), "{list}");
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(page.contains("Corner NV"), "{page}");
}

#[tokio::test]
async fn a_store_may_be_added_with_its_company() {
    let world = World::with_a_store().await;
    world.post("/v1/legal-entities", &draft()).await;
    let store = json!({
        "store_id": "antwerp-1", "name": "Antwerp", "currency": "EUR", "locale": "en",
        "time_zone": "Europe/Brussels", "entity": "corner",
    });
    let added = world.post("/v1/stores", &store).await;
    assert_eq!(added["details"]["entity"]["entity_id"], "corner", "{added}");
    assert_eq!(world.store("antwerp-1").await["details"], added["details"]);
}
