//! Files of every kind: dry runs, bad rows, the good rows alone, and the same file twice.

use counterpart_protocol::ids::DeliveryId;
use counterpart_protocol::prices::PriceBook;
use counterpart_protocol::reference::{Snapshot, hash_of, packing};
use counterpart_protocol::staff::Roster;
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine, StockReceived};
use reqwest::Method;
use reqwest::header::ETAG;
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::world::{STORE, World};

impl World {
    /// Uploads a file with these wishes and returns what became of it.
    pub(crate) async fn bring(&self, wishes: &str, file: &str) -> Value {
        let path = format!("/v1/imports?{wishes}");
        let request = self.request(Method::POST, &path).body(file.to_owned());
        let request = request.header("idempotency-key", self.key());
        let answer = request.send().await.unwrap();
        let status = answer.status();
        let taken: Value = answer.json().await.unwrap();
        assert_eq!(status, 202, "{taken}");
        self.done(taken["import_id"].as_str().unwrap()).await
    }

    /// Works until an import has come to rest, and returns it.
    async fn done(&self, id: &str) -> Value {
        let path = format!("/v1/imports/{id}");
        loop {
            let import = self.get(&path).await;
            match import["state"].as_str().unwrap() {
                "checking" | "applying" => {
                    let context = self.hub().context();
                    counterpart_hub::app::import_once(context).await.unwrap();
                }
                _ => return import,
            }
        }
    }

    pub(crate) async fn apply(&self, import: &Value, rows: &str) -> Value {
        let id = import["import_id"].as_str().unwrap();
        let path = format!("/v1/imports/{id}/apply");
        self.post(&path, &json!({ "rows": rows })).await;
        self.done(id).await
    }

    pub(crate) async fn upkeep(&self) {
        counterpart_hub::app::upkeep_once(self.hub().context()).await;
    }
}

/// Returns what an edge reads of a kind.
pub(crate) async fn read<R: counterpart_protocol::reference::Reference>(peer: &Peer) -> R {
    let answer = peer.get(&format!("/sync/v1/reference/{}", R::KIND)).await;
    assert_eq!(answer.status(), 200, "{}", R::KIND);
    let etag = answer.headers()[ETAG].to_str().unwrap().to_owned();
    let bytes = packing::unpack(&answer.bytes().await.unwrap()).unwrap();
    Snapshot::read(&bytes, &hash_of(&etag).unwrap()).unwrap()
}

/// A file of ten thousand rows of which 37 have a bad quantity.
fn ten_thousand_rows() -> String {
    let mut text = "store_id,sku,quantity\n".to_owned();
    for row in 2..10_002 {
        let quantity = if row % 270 == 0 { "many" } else { "7" };
        text += &format!("{STORE},P-{row},{quantity}\n");
    }
    text
}

async fn world_of_ten_thousand() -> World {
    let world = World::with_a_store().await;
    let mut products = "sku,gtins,name,department,unit,price,tax_class\n".to_owned();
    for row in 2..10_002 {
        products += &format!("P-{row},,Product {row},Things,piece,1.20,standard\n");
    }
    world.publish(&products).await;
    world
}

#[tokio::test]
async fn of_ten_thousand_balances_with_37_bad_ones_nothing_or_the_good_ones_are_applied() {
    let world = world_of_ten_thousand().await;
    let file = ten_thousand_rows();
    let refused = world.bring("subject=stock&publish=true", &file).await;
    assert_eq!(refused["state"], "refused");
    assert_eq!(
        (&refused["rows_good"], &refused["rows_bad"]),
        (&json!(9_963), &json!(37))
    );
    assert_eq!(refused["problems"].as_array().unwrap().len(), 37);
    assert_eq!(refused["problems"][0]["row"], 270);
    assert_eq!(world.get("/v1/openings").await, json!([]));
    let id = refused["import_id"].as_str().unwrap();
    let page = world.page(&format!("/imports/{id}")).await;
    assert!(page.contains("Apply the 9,963 good rows alone"), "{page}");
    let applied = world.apply(&refused, "good").await;
    assert_eq!(applied["state"], "applied", "{applied:#}");
    let sentence = applied["sentence"].as_str().unwrap();
    assert!(
        sentence.contains("9963 of 9963 balances are new"),
        "{sentence}"
    );
    assert_eq!(applied["problems"].as_array().unwrap().len(), 37);
    assert_eq!(world.get("/v1/openings").await[0]["balances"], 9_963);
    let again = world
        .bring("subject=stock&publish=true&rows=good", &file)
        .await;
    let sentence = again["sentence"].as_str().unwrap();
    assert!(sentence.contains("nothing changed"), "{sentence}");
}

#[tokio::test]
async fn a_store_is_told_once_what_it_began_with_and_states_it_itself() {
    let world = World::with_a_store().await;
    let file = r#"[{"store_id": "ghent-1", "sku": "PEN", "quantity": 12},
                   {"store_id": "ghent-1", "sku": "INK", "quantity": 0}]"#;
    world.bring("subject=stock&publish=true", file).await;
    world.upkeep().await;
    let standing = world.get("/v1/openings").await;
    assert_eq!(
        (&standing[0]["balances"], &standing[0]["sent"]),
        (&json!(2), &json!(1)),
        "nobody is there yet to be told; nothing on hand needs no word"
    );
    let mut peer = world.edge(STORE).await;
    world.upkeep().await;
    let before = peer.holds().1;
    peer.sync().await;
    assert_eq!(peer.holds().1 - before, 1);
    world.upkeep().await;
    peer.sync().await;
    assert_eq!(peer.holds().1 - before, 1, "it is told once");
    assert_eq!(world.get("/v1/openings").await[0]["stated"], 1);
    let stock = world.get("/v1/stock?query=PEN").await;
    assert!(
        !stock.to_string().contains("12000"),
        "it is the store's to state"
    );
    // The store's own statement, under the name the hub gave the receiving.
    let told = told_of(&world).await;
    peer.state(StockReceived {
        delivery_id: told,
        received_as: ReceivedAs::Opening,
        reference: Some("old.csv".to_owned()),
        lines: vec![ReceivedLine {
            sku: "PEN".parse().unwrap(),
            quantity_milli: counterpart_protocol::quantity::Milli(12_000),
        }],
    });
    peer.sync().await;
    assert_eq!(world.get("/v1/openings").await[0]["stated"], 2);
}

async fn told_of(world: &World) -> DeliveryId {
    let read = world.hub().context().db().read(|tx| {
        let row = tx.query_one(
            "SELECT delivery_id FROM opening_balances WHERE sku = 'PEN'",
            counterpart_daemon::params![],
        )?;
        row.read(0)
    });
    let bytes: Result<[u8; 16], counterpart_daemon::db::DbError> = read.await;
    DeliveryId::from_bytes(bytes.unwrap())
}

#[tokio::test]
async fn a_dry_run_says_everything_and_can_never_be_applied() {
    let world = World::with_a_store().await;
    let file = "sku,price\nPEN,0.99\n";
    let wishes = "subject=prices&list_id=week&dry_run=true";
    let dry = world.bring(wishes, file).await;
    assert_eq!(
        (&dry["state"], &dry["dry_run"]),
        (&json!("checked"), &json!(true))
    );
    let id = dry["import_id"].as_str().unwrap();
    let path = format!("/v1/imports/{id}/apply");
    let refused = world.try_post(&path, &json!({})).await.unwrap_err();
    assert!(refused.detail.contains("dry run"), "{refused:?}");
    assert_eq!(world.get("/v1/prices/lists").await, json!([]));
    let page = world.page(&format!("/imports/{id}")).await;
    assert!(page.contains("A dry run"));
    let bad = world.bring(wishes, "sku,price\nNOPE,1\nPEN,\n").await;
    assert_eq!(bad["state"], "refused");
    assert_eq!(bad["problems"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_price_list_reaches_its_stores_in_their_own_time() {
    let world = World::with_a_store().await;
    world.add_store("antwerp-1").await;
    let (ghent, mut antwerp) = (world.edge(STORE).await, world.edge("antwerp-1").await);
    let wishes = "subject=prices&list_id=winter&name=Winter&stores=ghent-1&from=2026-12-01\
                  &until=2026-12-24T18:00&publish=true";
    let put = world.bring(wishes, "sku;price\nPEN;0,99\n").await;
    assert_eq!(put["state"], "applied", "{put:#}");
    world.upkeep().await;
    let book: PriceBook = read(&ghent).await;
    // 2026-12-01T00:00 and 2026-12-24T18:00 in Brussels.
    assert_eq!(
        (book.lists[0].from_ms, book.lists[0].until_ms),
        (Some(1_796_079_600_000), Some(1_798_131_600_000))
    );
    let pen = "PEN".parse().unwrap();
    assert_eq!(book.price_at(&pen, None, 1_796_079_600_000).unwrap().0, 99);
    assert_eq!(book.price_at(&pen, None, 1_798_131_600_000), None);
    let other = antwerp.get("/sync/v1/reference/prices").await;
    assert_eq!(other.status(), 404, "the list is not for them");
    // A list for everybody, the same again, and the end of the first.
    let all = "subject=prices&list_id=all&publish=true";
    world.bring(all, "sku,price\nINK,7\n").await;
    let same = world.bring(all, "sku,price\nINK,7.00\n").await;
    assert!(
        same["sentence"]
            .as_str()
            .unwrap()
            .contains("nothing changed")
    );
    world.upkeep().await;
    antwerp.sync().await;
    assert_eq!(read::<PriceBook>(&antwerp).await.lists.len(), 1);
    assert_eq!(read::<PriceBook>(&ghent).await.lists.len(), 2);
    assert!(world.page("/prices").await.contains("Winter"));
    assert!(world.page("/prices/winter").await.contains("Pen blue"));
    let ended = world.post("/v1/prices/lists/winter/end", &json!({})).await;
    assert_eq!(ended["list_id"], "winter");
    world.upkeep().await;
    assert_eq!(read::<PriceBook>(&ghent).await.lists.len(), 1);
    let unknown = world
        .try_post("/v1/prices/lists/summer/end", &json!({}))
        .await;
    assert!(
        unknown
            .unwrap_err()
            .detail
            .contains("no price list called summer")
    );
}

#[tokio::test]
async fn a_price_list_that_cannot_be_is_refused_before_its_file_is_read() {
    let world = World::with_a_store().await;
    for (wishes, field) in [
        ("subject=prices", "list_id"),
        ("subject=prices&list_id=Big!", "list_id"),
        ("subject=prices&list_id=a&stores=oslo", "stores"),
        ("subject=prices&list_id=a&from=tomorrow", "from"),
        (
            "subject=prices&list_id=a&from=2026-12-02&until=2026-12-01",
            "until",
        ),
    ] {
        let path = format!("/v1/imports?{wishes}");
        let request = world.request(Method::POST, &path).body("sku,price\n");
        let request = request.header("idempotency-key", world.key());
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["fields"][0]["field"], field, "{wishes}: {answer}");
    }
}

#[tokio::test]
async fn people_come_once_and_pins_that_were_made_are_handed_out_once() {
    let world = World::with_a_store().await;
    let peer = world.edge(STORE).await;
    let file = "store_id,name,role,pin\n\
                ghent-1,ada,manager,\n\
                ghent-1,Ben,manager,9999\n\
                ghent-1,Cleo,associate,\n\
                ghent-1,Dora,associate,4711\n\
                ghent-1,Eve,associate,1357\n";
    let brought = world.bring("subject=staff&publish=true", file).await;
    assert_eq!(brought["state"], "applied", "{brought:#}");
    let sentence = brought["sentence"].as_str().unwrap();
    assert_eq!(
        sentence,
        "2 added, 1 known already, 2 not added (see below)"
    );
    let problems = brought["problems"].as_array().unwrap();
    assert_eq!(
        (&problems[0]["column"], &problems[1]["column"]),
        (&json!("role"), &json!("pin")),
        "Ben works there in another role, and Ada has Dora's PIN"
    );
    let roster: Roster = read(&peer).await;
    assert_eq!(roster.members.len(), 4);
    let id = brought["import_id"].as_str().unwrap();
    let fetch = || {
        world
            .request(Method::POST, &format!("/v1/imports/{id}/pins"))
            .header("idempotency-key", world.key())
            .send()
    };
    let pins = fetch().await.unwrap().text().await.unwrap();
    assert_eq!(pins.lines().count(), 2, "{pins}");
    assert!(pins.lines().nth(1).unwrap().starts_with("ghent-1,Cleo,"));
    assert_eq!(fetch().await.unwrap().status(), 409);
    let again = world
        .bring("subject=staff&publish=true&rows=good", file)
        .await;
    let sentence = again["sentence"].as_str().unwrap();
    assert_eq!(
        sentence,
        "0 added, 3 known already, 2 not added (see below)"
    );
}

#[tokio::test]
async fn the_very_same_file_is_taken_once_while_it_waits() {
    let world = World::with_a_store().await;
    let upload = |wishes: &'static str| {
        let world = &world;
        async move {
            let path = format!("/v1/imports?{wishes}");
            let request = world.request(Method::POST, &path);
            let request = request.body("sku,price\nPEN,1\n");
            let request = request.header("idempotency-key", world.key());
            let taken: Value = request.send().await.unwrap().json().await.unwrap();
            taken["import_id"].as_str().unwrap().to_owned()
        }
    };
    let first = upload("subject=prices&list_id=a").await;
    assert_eq!(upload("subject=prices&list_id=a").await, first);
    assert_ne!(upload("subject=prices&list_id=b").await, first);
    world.done(&first).await;
    assert_eq!(upload("subject=prices&list_id=a").await, first);
}

#[tokio::test]
async fn a_file_that_was_being_applied_when_the_hub_was_killed_goes_on() {
    let mut world = World::with_a_store().await;
    let file = "store_id,sku,quantity\nghent-1,PEN,3\nghent-1,INK,4\n";
    let checked = world.bring("subject=stock", file).await;
    assert_eq!(checked["state"], "checked");
    let id = checked["import_id"].as_str().unwrap().to_owned();
    // What a hub leaves behind that is killed after half of it.
    let left = world.hub().context().db().write(|tx| {
        tx.execute(
            "UPDATE imports SET state = 'applying' WHERE state = 'checked'",
            counterpart_daemon::params![],
        )?;
        tx.execute(
            "INSERT INTO opening_balances (store_id, sku, quantity_milli, reference, added_at_ms)
             VALUES ('ghent-1', 'INK', 4000, 'stock.csv', 1)",
            counterpart_daemon::params![],
        )
    });
    let left: Result<u64, counterpart_daemon::db::DbError> = left.await;
    assert_eq!(left.unwrap(), 1);
    world.stop().await;
    world.start().await;
    let done = world.done(&id).await;
    let sentence = done["sentence"].as_str().unwrap();
    assert!(sentence.contains("1 of 2 balances are new"), "{sentence}");
    assert_eq!(world.get("/v1/openings").await[0]["balances"], 2);
}

#[tokio::test]
async fn a_catalogue_with_variants_can_be_downloaded_and_brought_again() {
    let world = World::with_a_store().await;
    let file = r#"[{"sku": "TEE-M", "gtins": [], "name": "T-shirt", "department": "Fashion",
        "unit": "piece", "price": "12.50", "tax_class": "standard", "class": "fashion",
        "group": "TEE", "group_name": "T-shirts", "options": {"Size": "M", "Colour": "Red"},
        "picture": "https://img.example/tee.jpg"}]"#;
    let put = world.bring("subject=catalog&publish=true", file).await;
    assert_eq!(put["state"], "applied", "{put:#}");
    let found = world.get("/v1/catalog/products?query=tee").await;
    assert_eq!(found["products"][0]["options"], "Colour=Red|Size=M");
    assert_eq!(found["products"][0]["class"], "fashion");
    let request = world.request(Method::GET, "/catalog/products.csv");
    let text = request.send().await.unwrap().text().await.unwrap();
    let again = world.bring("publish=true", &text).await;
    let sentence = again["sentence"].as_str().unwrap();
    assert!(sentence.contains("nothing changed"), "{sentence}\n{text}");
    assert_eq!(world.get("/v1/catalog/versions").await[0]["version"], 2);
}
