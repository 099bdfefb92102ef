//! The pages: they come, they change by themselves, they work without script.

use counterpart_daemon::web::live::LIVE_HEADER;
use reqwest::Method;

use crate::facts::{delivery, sale};
use crate::world::{STORE, World};

#[tokio::test]
async fn every_page_comes_with_and_without_anything_on_it() {
    let empty = World::empty().await;
    for path in [
        "/",
        "/stores",
        "/stores/new",
        "/stock",
        "/sales",
        "/catalog",
        "/imports",
        "/imports?subject=prices",
        "/imports?subject=stock",
        "/prices",
        "/notices",
        "/operators",
    ] {
        assert!(empty.page(path).await.contains("<main"), "{path}");
    }
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(delivery(10));
    peer.state(sale(1, 2));
    peer.sync().await;
    for (path, part) in [
        ("/", "€2.40"),
        ("/stores", "connected"),
        ("/stores/ghent-1", "Shop ghent-1"),
        ("/stock", "Pen blue"),
        ("/stock?view=below_zero", "Nothing is below zero"),
        ("/stock/PEN", "DN-17"),
        ("/sales", "1-1-000001"),
        ("/catalog", "Green tea"),
        ("/catalog?query=ink", "Ink black"),
    ] {
        let page = world.page(path).await;
        assert!(page.contains(part), "{path} must show {part}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    let world = World::empty().await;
    for (path, part) in [
        ("/stores/nowhere", "there is no store called nowhere"),
        ("/stock/NOTHING", "nobody has ever heard of the SKU NOTHING"),
        ("/sales/01ARZ3NDEKTSV4RRFFQ69G5FAV", "has arrived here"),
        ("/sales?date=yesterday", "is not a date"),
        ("/imports/x", "there is no such import"),
    ] {
        let request = world
            .request(Method::GET, path)
            .header("accept", "text/html");
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_client_error(), "{path}");
        let page = answer.text().await.unwrap();
        assert!(
            page.contains(part) && page.contains("<main"),
            "{path}: {page}"
        );
    }
}

#[tokio::test]
async fn a_sale_changes_the_open_page_by_itself() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    let mut stream = world.request(Method::GET, "/stream").send().await.unwrap();
    let mut seen = String::new();
    while !seen.contains("€0.00") {
        seen += &String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap());
    }
    peer.state(sale(1, 3));
    peer.sync().await;
    while !seen.contains("€3.60") {
        seen += &String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap());
    }
    assert!(seen.contains("event: patch"));
}

#[tokio::test]
async fn a_list_of_receipts_says_that_there_are_new_ones_instead_of_moving() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    peer.state(sale(1, 1));
    peer.sync().await;
    let page = world.page("/sales").await;
    let from = page.find("data-stream=\"").unwrap() + "data-stream=\"".len();
    let address = page[from..]
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    let mut stream = world.request(Method::GET, &address).send().await.unwrap();
    let mut seen = String::new();
    while !seen.contains("sales-news") {
        seen += &String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap());
    }
    assert!(!seen.contains("new-rows"), "{seen}");
    peer.state(sale(2, 1));
    peer.sync().await;
    while !seen.contains("new-rows") {
        seen += &String::from_utf8_lossy(&stream.chunk().await.unwrap().unwrap());
    }
}

#[tokio::test]
async fn forms_work_without_script_and_answer_regions_to_a_live_page() {
    let world = World::with_a_store().await;
    let store = [
        ("store_id", "antwerp-1"),
        ("name", "Antwerp"),
        ("address", ""),
        ("currency", "EUR"),
        ("time_zone", "Europe/Brussels"),
        ("locale", "en"),
        ("tax_number", ""),
        ("receipt_footer", ""),
    ];
    let (status, place, _) = world.submit("/stores", &store).await;
    assert_eq!(
        (status.as_u16(), place.as_deref()),
        (303, Some("/stores/antwerp-1"))
    );
    let (status, _, page) = world.submit("/stores", &store).await;
    assert_eq!(status, 409);
    assert!(
        page.contains("there is a store called antwerp-1 already"),
        "{page}"
    );
    let (status, _, page) = world.submit("/stores/antwerp-1/codes", &[]).await;
    assert_eq!(status, 200);
    assert!(page.contains("id=\"enrolment-code\""), "{page}");
    let live = world
        .request(Method::POST, "/stores/antwerp-1/codes")
        .header(LIVE_HEADER.as_str(), "1")
        .send()
        .await
        .unwrap();
    let regions = live.text().await.unwrap();
    assert!(
        regions.starts_with("<x-region id=\"new-code\""),
        "{regions}"
    );
    let member = [("name", "Dora"), ("role", "associate"), ("pin", "8642")];
    let (status, place, _) = world.submit("/stores/antwerp-1/members", &member).await;
    assert_eq!(
        (status.as_u16(), place.as_deref()),
        (303, Some("/stores/antwerp-1"))
    );
    assert!(world.page("/stores/antwerp-1").await.contains("Dora"));
}

#[tokio::test]
async fn what_people_typed_cannot_become_markup() {
    let world = World::with_a_store().await;
    let evil = "<script>alert(1)</script>";
    let member = [("name", evil), ("role", "associate"), ("pin", "8642")];
    world
        .submit(&format!("/stores/{STORE}/members"), &member)
        .await;
    let page = world.page(&format!("/stores/{STORE}")).await;
    assert!(page.contains("&lt;script&gt;alert(1)") && !page.contains(evil));
    let search = format!("/stock?query={}", counterpart_hub::web::escaped(evil));
    assert!(!world.page(&search).await.contains(evil));
}
