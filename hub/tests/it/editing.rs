//! A store that changes: at the console, by the API, and as the store hears of it.

use counterpart_protocol::enrolment::StoreIdentity;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::world::{STORE, World};

pub(crate) fn whole() -> Value {
    json!({
        "name": "Ghent Veldstraat", "address": "Veldstraat 1\n9000 Gent",
        "time_zone": "Europe/Brussels", "locale": "de", "receipt_footer": "Danke",
        "number_prefix": "GHE", "street": "Veldstraat 1",
        "postal_code": "9000", "town": "Gent", "country": "BE",
        "point": "51.0536, 3.7213", "phone": "+32 9 123 45 67",
        "hours_monday": "09:00-18:00", "hours_sunday": "closed",
        "pickup_promise_minutes": "60", "day_end": "03:00", "neighbour_group": "flanders",
    })
}

impl World {
    pub(crate) async fn change(&self, store: &str, body: &Value) -> (StatusCode, Value) {
        let request = self
            .request(Method::PUT, &format!("/v1/stores/{store}"))
            .header("idempotency-key", self.key());
        let answer = request.json(body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }
}

#[tokio::test]
async fn a_store_hears_of_every_change_of_itself() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let told: StoreIdentity = peer.reference().await;
    assert_eq!(told.name, "Shop ghent-1", "it is told from the start");
    let (status, changed) = world.change(STORE, &whole()).await;
    assert_eq!(status, 200, "{changed}");
    peer.sync().await;
    let told: StoreIdentity = peer.reference().await;
    assert_eq!(serde_json::to_value(&told).unwrap(), changed);
    assert_eq!(told.details.day_end.minutes(), 180);
    let page = world.page(&format!("/stores/{STORE}")).await;
    for words in ["Mon 09:00-18:00", "51.053600, 3.721300", "flanders"] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let lines = world.get("/v1/audit?area=stores").await;
    let about = |line: &Value| line["about"].as_str().unwrap().contains("neighbour_group");
    assert!(
        lines["lines"].as_array().unwrap().iter().any(about),
        "{lines}"
    );
}

#[tokio::test]
async fn everything_wrong_with_a_change_is_said_beside_its_field_and_nothing_changes() {
    let world = World::with_a_store().await;
    let mut wrong = whole();
    wrong["time_zone"] = json!("Europe/Gent");
    wrong["point"] = json!("north");
    wrong["country"] = json!("Belgium");
    wrong["day_end"] = json!("15:00");
    let (status, refused) = world.change(STORE, &wrong).await;
    assert_eq!(status, 409);
    let fields: Vec<&str> = refused["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["field"].as_str().unwrap())
        .collect();
    assert_eq!(fields, ["time_zone", "country", "point", "day_end"]);
    assert_eq!(world.store(STORE).await["name"], "Shop ghent-1");
    assert_eq!(world.change("nowhere", &whole()).await.0, 404);
    let path = format!("/stores/{STORE}/edit");
    let (status, _, text) = world.submit(&path, &[("name", ""), ("locale", "en")]).await;
    assert_eq!(status, 409);
    assert!(text.contains("a store&#39;s name has 1 to 42") || text.contains("name has 1 to 42"));
}

#[tokio::test]
async fn the_form_shows_a_store_as_it_is_and_saves_it() {
    let world = World::with_a_store().await;
    assert_eq!(world.change(STORE, &whole()).await.0, 200);
    let path = format!("/stores/{STORE}/edit");
    let page = world.page(&path).await;
    for words in [
        "Change Ghent Veldstraat",
        "value=\"GHE\"",
        "value=\"03:00\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let fields = [
        ("name", "Ghent"),
        ("time_zone", "Europe/Brussels"),
        ("locale", "en"),
        ("day_end", "00:00"),
    ];
    let (status, place, text) = world.submit(&path, &fields).await;
    assert_eq!(
        (status.as_u16(), place.as_deref()),
        (303, Some("/stores/ghent-1")),
        "{text}"
    );
    let store = world.store(STORE).await;
    assert_eq!(store["name"], "Ghent");
    assert_eq!(
        store["details"]["number_prefix"],
        Value::Null,
        "what was cleared is gone"
    );
}
