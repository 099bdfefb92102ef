//! Product files: all of one or nothing, and every bad row told.

use reqwest::Method;
use serde_json::json;

use crate::facts::CATALOG;
use crate::world::{STORE, World};

/// A file of a thousand rows of which every 27th has a bad price: 37 of them.
fn thousand_rows() -> String {
    let mut text = "sku,gtins,name,department,unit,price,tax_class\n".to_owned();
    for row in 2..1_002 {
        let price = if row % 27 == 0 { "1.2.3" } else { "1.20" };
        text += &format!("P-{row},,Product {row},Things,piece,{price},standard\n");
    }
    text
}

#[tokio::test]
async fn thirty_seven_bad_rows_of_a_thousand_are_told_and_nothing_is_published() {
    let world = World::with_a_store().await;
    let import = world.import(&thousand_rows()).await;
    assert_eq!(import["state"], "refused");
    assert_eq!(
        (&import["rows_good"], &import["rows_bad"]),
        (&json!(963), &json!(37))
    );
    let problems = import["problems"].as_array().unwrap();
    assert_eq!(problems.len(), 37);
    assert_eq!(
        (&problems[0]["row"], &problems[0]["column"]),
        (&json!(27), &json!("price"))
    );
    assert!(
        problems[0]["sentence"]
            .as_str()
            .unwrap()
            .contains("'1.2.3' is no price")
    );
    assert_eq!(world.get("/v1/catalog").await["version"]["version"], 1);
    let id = import["import_id"].as_str().unwrap();
    let page = world.page(&format!("/imports/{id}")).await;
    assert!(page.contains("37 rows are bad, so nothing was applied"));
    let path = format!("/imports/{id}/problems.csv");
    let list = world
        .request(Method::GET, &path)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(list.lines().count(), 38);
    let publish = world
        .try_post(&format!("/v1/imports/{id}/apply"), &json!({}))
        .await;
    assert!(publish.unwrap_err().detail.contains("it has bad rows"));
}

#[tokio::test]
async fn a_file_is_looked_at_before_it_is_published() {
    let world = World::with_a_store().await;
    let changed = CATALOG.replace("8.50", "9.00");
    let request = world
        .request(Method::POST, "/v1/imports")
        .header("idempotency-key", world.key())
        .body(changed);
    let taken: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
    let id = taken["import_id"].as_str().unwrap();
    let context = world.hub().context();
    while world.get(&format!("/v1/imports/{id}")).await["state"] == "checking" {
        counterpart_hub::app::import_once(context).await.unwrap();
    }
    let page = world.page(&format!("/imports/{id}")).await;
    assert!(page.contains("Apply 3 rows"), "{page}");
    assert_eq!(world.get("/v1/catalog").await["version"]["version"], 1);
    let (status, place, _) = world.submit(&format!("/imports/{id}/apply"), &[]).await;
    assert_eq!(
        (status.as_u16(), place.unwrap()),
        (303, format!("/imports/{id}"))
    );
    while world.get(&format!("/v1/imports/{id}")).await["state"] == "applying" {
        counterpart_hub::app::import_once(context).await.unwrap();
    }
    assert_eq!(world.get("/v1/catalog").await["version"]["version"], 2);
    let found = world.get("/v1/catalog/products?query=ink").await;
    assert_eq!(found["products"][0]["price_minor"], 900);
}

#[tokio::test]
async fn the_same_file_again_changes_nothing() {
    let world = World::with_a_store().await;
    let import = world.import(CATALOG).await;
    assert_eq!(import["state"], "applied");
    assert!(
        import["sentence"]
            .as_str()
            .unwrap()
            .contains("same as version 1")
    );
}

#[tokio::test]
async fn a_publication_replaces_the_one_before_as_a_whole() {
    let world = World::with_a_store().await;
    let head = CATALOG.lines().next().unwrap();
    world
        .publish(&format!("{head}\nNEW,,New thing,Office,piece,5,standard\n"))
        .await;
    let products = world.get("/v1/catalog/products").await;
    let skus: Vec<&str> = products["products"]
        .as_array()
        .unwrap()
        .iter()
        .map(|product| product["sku"].as_str().unwrap())
        .collect();
    assert_eq!(skus, ["NEW"]);
}

#[tokio::test]
async fn products_are_found_by_word_number_and_department_and_paged() {
    let world = World::with_a_store().await;
    let found = |path: &'static str| {
        let world = &world;
        async move {
            let answer = world.get(path).await;
            let products = answer["products"].as_array().unwrap().clone();
            let skus: Vec<String> = products
                .iter()
                .map(|product| product["sku"].as_str().unwrap().to_owned())
                .collect();
            (skus, answer["after"].clone())
        }
    };
    assert_eq!(
        found("/v1/catalog/products?query=blue+pen").await.0,
        ["PEN"]
    );
    assert_eq!(
        found("/v1/catalog/products?query=40063813").await.0,
        ["PEN"]
    );
    assert_eq!(
        found("/v1/catalog/products?department=Grocery").await.0,
        ["TEA"]
    );
    assert_eq!(found("/v1/catalog/products?view=unpriced").await.0, ["TEA"]);
    assert_eq!(
        found("/v1/catalog/products?query=100%25").await.0,
        Vec::<String>::new()
    );
    let (first, after) = found("/v1/catalog/products?limit=2").await;
    assert_eq!(
        (first, after),
        (vec!["INK".to_owned(), "PEN".to_owned()], json!("PEN"))
    );
    let (rest, after) = found("/v1/catalog/products?limit=2&after=PEN").await;
    assert_eq!((rest, after), (vec!["TEA".to_owned()], json!(null)));
}

#[tokio::test]
async fn the_download_can_be_uploaded_again() {
    let world = World::with_a_store().await;
    let request = world.request(Method::GET, "/catalog/products.csv");
    let file = request.send().await.unwrap().text().await.unwrap();
    let import = world.import(&file).await;
    assert!(
        import["sentence"]
            .as_str()
            .unwrap()
            .contains("nothing changed"),
        "{file}"
    );
}

#[tokio::test]
async fn one_hub_has_prices_in_one_currency() {
    let world = World::with_a_store().await;
    let path = "/v1/imports?publish=true&currency=GBP";
    let answer = world
        .request(Method::POST, path)
        .header("idempotency-key", world.key())
        .body(CATALOG)
        .send()
        .await
        .unwrap();
    let refused: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(refused["type"], "urn:counterpart:problem:currency_differs");
    let store = json!({
        "store_id": "london-1", "name": "London", "currency": "GBP",
        "time_zone": "Europe/London", "locale": "en",
    });
    let refused = world.try_post("/v1/stores", &store).await.unwrap_err();
    assert_eq!(refused.fields[0].field, "currency");
}

#[tokio::test]
async fn a_file_is_uploaded_by_a_form_without_script() {
    let world = World::with_a_store().await;
    let body = format!(
        "--edge\r\ncontent-disposition: form-data; name=\"command_id\"\r\n\r\nx1\r\n\
         --edge\r\ncontent-disposition: form-data; name=\"file\"; filename=\"autumn.csv\"\r\n\
         content-type: text/csv\r\n\r\n{CATALOG}\r\n--edge--\r\n"
    );
    let upload = |body: String| {
        world
            .request(Method::POST, "/imports/files")
            .header("content-type", "multipart/form-data; boundary=edge")
            .body(body)
            .send()
    };
    let answer = upload(body.clone()).await.unwrap();
    assert_eq!(answer.status(), 303);
    let place = answer.headers()["location"].to_str().unwrap().to_owned();
    assert!(place.starts_with("/imports/"), "{place}");
    assert!(world.page(&place).await.contains("autumn.csv"));
    // Pressed twice, it is one file.
    let again = upload(body.clone()).await.unwrap();
    assert_eq!(again.headers()["location"], place);
    let other = upload(body.replace("8.50", "9.50")).await.unwrap();
    assert_eq!(other.status(), 422, "the id was used for another file");
    let unnamed = body.replace("command_id", "nothing");
    assert_eq!(upload(unnamed).await.unwrap().status(), 400);
    let empty = body.replace(CATALOG, "");
    assert_eq!(upload(empty).await.unwrap().status(), 409);
    let broken = upload("--edge--\r\n".to_owned()).await.unwrap();
    assert_eq!(broken.status(), 400);
}

#[tokio::test]
async fn a_file_that_is_sent_twice_is_imported_once() {
    let world = World::empty().await;
    let send = |key: Option<&'static str>, file: &'static str| {
        let request = world.request(Method::POST, "/v1/imports").body(file);
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        async move {
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            (status, answer.json::<serde_json::Value>().await.unwrap())
        }
    };
    let first = send(Some("k1"), CATALOG).await;
    assert_eq!(first.0, 202);
    assert_eq!(send(Some("k1"), CATALOG).await, first);
    assert_eq!(send(Some("k1"), "sku\n").await.0, 422);
    // The very same file under another key is the one that waits.
    assert_eq!(send(Some("k2"), CATALOG).await, first);
    let (status, problem) = send(None, CATALOG).await;
    assert_eq!(
        (status, problem["type"].as_str()),
        (400, Some("urn:counterpart:problem:idempotency_key_missing"))
    );
}

#[tokio::test]
async fn a_killed_publication_begins_anew() {
    let mut world = World::with_a_store().await;
    let context = world.hub().context().clone();
    // What a hub leaves behind that is killed while it writes version 2.
    let left: Result<u64, counterpart_daemon::db::DbError> = context
        .db()
        .write(|tx| {
            tx.execute(
                "INSERT INTO products (version, sku, name, department, unit, price_minor,
                     tax_class, gtins, found_by)
                 VALUES (2, 'PEN', 'Half', 'Half', 'piece', 1, 'standard', '', 'half')",
                counterpart_daemon::params![],
            )
        })
        .await;
    assert_eq!(left.unwrap(), 1);
    world.stop().await;
    world.start().await;
    world.publish(&CATALOG.replace("Pen blue", "Pen red")).await;
    let found = world.get("/v1/catalog/products?query=pen").await;
    assert_eq!(found["products"][0]["name"], "Pen red");
    assert_eq!(world.store(STORE).await["quarantined"], 0);
}
