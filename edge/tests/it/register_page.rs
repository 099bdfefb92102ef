//! The register's page as a browser uses it: forms, regions, the stream, and what works without
//! script.

use futures_util::StreamExt;
use reqwest::Method;

use crate::counter::{ADA, Answer, BEN, Clerk, Counter, MILK, STRANGER};
use crate::factory::soon;

/// The event stream of one open page.
pub(crate) struct Stream {
    chunks: futures_util::stream::BoxStream<'static, String>,
    seen: String,
}

impl Stream {
    pub(crate) async fn open(clerk: &Clerk<'_>) -> Self {
        Self::of(clerk, "/register/1/stream").await
    }

    pub(crate) async fn of(clerk: &Clerk<'_>, path: &str) -> Self {
        let request = clerk.request(Method::GET, path);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 200);
        let mut answer = Some(answer);
        let chunks = futures_util::stream::poll_fn(move |_| std::task::Poll::Ready(answer.take()))
            .flat_map(|answer| {
                futures_util::stream::unfold(answer, |mut answer| async move {
                    let chunk = answer.chunk().await.ok()??;
                    Some((String::from_utf8_lossy(&chunk).into_owned(), answer))
                })
            });
        Self {
            chunks: chunks.boxed(),
            seen: String::new(),
        }
    }

    /// Waits until the store has ended the stream.
    pub(crate) async fn ended(&mut self) {
        soon("the end of the stream", async {
            while self.chunks.next().await.is_some() {}
        })
        .await;
    }

    /// Reads on until what was sent is as `reached` wants it.
    pub(crate) async fn until(&mut self, what: &str, reached: impl Fn(&str) -> bool) {
        soon(what, async {
            while !reached(&self.seen) {
                let chunk = self.chunks.next().await.expect("the stream goes on");
                self.seen.push_str(&chunk);
            }
        })
        .await;
    }
}

fn check_shows(answer: &Answer, texts: &[&str]) {
    assert_eq!(answer.status, 200, "{}", answer.text);
    for text in texts {
        assert!(
            answer.text.contains(text),
            "{text} is missing in\n{}",
            answer.text
        );
    }
}

#[tokio::test]
async fn the_page_goes_from_the_float_to_the_change() {
    let counter = Counter::open().await;
    let ada = counter.sign_in(ADA).await;
    check_shows(
        &ada.page("/register/1").await,
        &["Open the till", "The till is closed"],
    );
    let opened = ada
        .press("/register/1/shift/open", &[("float", "200")])
        .await;
    assert_eq!(
        (opened.status, opened.location.as_deref()),
        (204, Some("/register/1"))
    );
    let empty = ada.page("/register/1").await;
    check_shows(
        &empty,
        &[
            "Scan an item to start a sale",
            "There is no sale to void",
            "0 items",
        ],
    );
    let scanned = ada.press("/register/1/scan", &[("code", MILK)]).await;
    check_shows(
        &scanned,
        &["Oat milk 1 l", "1 item", "€1.29", r#"data-cue="accepted""#],
    );
    let tender = ada.press("/register/1/tender", &[]).await;
    check_shows(
        &tender,
        &["To pay", "Exact cash", "€1.29", "€2.00", "€5.00", "€50.00"],
    );
    let paid = ada.press("/register/1/cash", &[("cash", "5")]).await;
    check_shows(
        &paid,
        &["Change", "€3.71", "1-1-000001", r#"data-cue="paid""#],
    );
    let next = ada.press("/register/1/scan", &[("code", "CANDLE")]).await;
    check_shows(&next, &["Candle", "1 item"]);
    assert!(
        !next.text.contains("€3.71"),
        "the change goes with the next scan"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_reload_shows_what_was_there_in_every_phase() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.press("/register/1/scan", &[("code", MILK)]).await;
    ada.press("/register/1/scan", &[("code", STRANGER)]).await;
    check_shows(
        &ada.page("/register/1").await,
        &["Oat milk 1 l", STRANGER, "Put aside"],
    );
    let barred = ada.press("/register/1/tender", &[]).await;
    assert_eq!(barred.problem().1, "scans_unsettled");
    let scan = ada.basket().await["unsettled"][0]["scan"].to_string();
    ada.press(&format!("/register/1/scans/{scan}"), &[("does", "aside")])
        .await;
    ada.press("/register/1/tender", &[]).await;
    let part = ada.press("/register/1/cash", &[("cash", "1")]).await;
    check_shows(&part, &["Still to pay", "€0.29", "€1.00"]);
    check_shows(&ada.page("/register/1").await, &["Still to pay", "€0.29"]);
    ada.press("/register/1/cash", &[("amount_minor", "29")])
        .await;
    check_shows(
        &ada.page("/register/1").await,
        &["Change", "€0.00", "1-1-000001"],
    );
    let sale = ada.get("/v1/sales?limit=1").await.json();
    let path = format!(
        "/v1/sales/{}",
        sale["sales"][0]["sale_id"].as_str().unwrap()
    );
    assert_eq!(
        ada.get(&path).await.json()["tenders"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn going_back_to_the_sale_gives_back_what_was_given() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan("CANDLE").await;
    ada.press("/register/1/tender", &[]).await;
    ada.press("/register/1/cash", &[("cash", "1")]).await;
    check_shows(
        &ada.press("/register/1/back", &[]).await,
        &["Candle", "1 item"],
    );
    let again = ada.press("/register/1/tender", &[]).await;
    check_shows(&again, &["To pay", "€3.50"]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_digit_too_many_is_asked_about_on_the_page() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan("CANDLE").await;
    ada.press("/register/1/tender", &[]).await;
    let asked = ada.press("/register/1/cash", &[("cash", "5000")]).await;
    check_shows(&asked, &["Really €5,000.00?", "data-server-open"]);
    let dropped = ada.press("/register/1/tender", &[]).await;
    assert!(
        !dropped.text.contains("Really"),
        "closing the question forgets it"
    );
    ada.press("/register/1/cash", &[("cash", "5000")]).await;
    let sure = [("amount_minor", "500000"), ("confirmed", "yes")];
    check_shows(&ada.press("/register/1/cash", &sure).await, &["€4,996.50"]);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn lines_change_by_their_buttons_and_the_quantity_pad() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    ada.scan(MILK).await;
    check_shows(
        &ada.press("/register/1/lines/1", &[("does", "more")]).await,
        &["2 items", "€2.58"],
    );
    ada.press("/register/1/lines/1", &[("does", "less")]).await;
    let least = ada.press("/register/1/lines/1", &[("does", "less")]).await;
    least.check_refused(
        "quantity_not_positive",
        "a quantity is more than nothing: press Del to remove the line",
    );
    let twelve = ada
        .press("/register/1/quantity", &[("line", "1"), ("quantity", "12")])
        .await;
    check_shows(&twelve, &["12 items", "€15.48"]);
    let nowhere = ada
        .press("/register/1/quantity", &[("quantity", "12")])
        .await;
    nowhere.check_refused(
        "no_line",
        "choose a line of the sale first, then type its quantity",
    );
    let words = ada
        .press("/register/1/quantity", &[("line", "1"), ("quantity", "x")])
        .await;
    assert_eq!(words.problem().1, "quantity_unreadable");
    let remove = [("line", "1"), ("quantity", ""), ("does", "void")];
    let voided = ada.press("/register/1/quantity", &remove).await;
    check_shows(&voided, &["data-voided", "Undo", "0 items"]);
    let undone = ada
        .press("/register/1/lines/1", &[("does", "restore")])
        .await;
    check_shows(&undone, &["12 items", "€15.48"]);
    check_shows(
        &ada.press("/register/1/void", &[]).await,
        &["Scan an item to start a sale"],
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn goods_are_found_by_name_and_added() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let find = |text: &str| format!("/register/1/find?code={text}");
    let request = ada.request(Method::GET, &find("mug")).header("x-live", "1");
    let found = crate::counter::answer(request).await;
    check_shows(
        &found,
        &["Mug, blue", "Mug, red", "0 here", r#"value="MUG-RED""#],
    );
    let request = ada
        .request(Method::GET, &find("xylophone"))
        .header("x-live", "1");
    check_shows(
        &crate::counter::answer(request).await,
        &["Nothing is called “xylophone”"],
    );
    let several = ada.press("/register/1/find", &[("code", "mug")]).await;
    several.check_refused("several_found", "2 products match: press the one you mean");
    let none = ada
        .press("/register/1/find", &[("code", "xylophone")])
        .await;
    assert_eq!(none.problem().1, "not_found_by_name");
    let picked = ada
        .press("/register/1/find", &[("code", "mug"), ("pick", "MUG-RED")])
        .await;
    check_shows(&picked, &["Mug, red", "1 item", r#"id="found""#]);
    // Typing the number below the bars and Enter is as good as a scan.
    check_shows(
        &ada.press("/register/1/find", &[("code", MILK)]).await,
        &["2 items"],
    );
    assert_eq!(ada.basket().await["unsettled"].as_array().unwrap().len(), 0);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_second_screen_of_the_register_follows_by_the_stream() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let mut stream = Stream::open(&ada).await;
    stream
        .until("the snapshot", |sent| sent.contains("event: snapshot"))
        .await;
    ada.scan(MILK).await;
    stream
        .until("the line", |sent| sent.contains("Oat milk 1 l"))
        .await;
    ada.pay(200).await.json();
    stream
        .until("the change", |sent| sent.contains("€0.71"))
        .await;
    stream
        .until("the sound", |sent| sent.contains(r#"data-cue="paid""#))
        .await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn forms_without_script_are_carried_out_and_lead_back() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let scanned = ada
        .press_plainly("/register/1/scan", &[("code", MILK)])
        .await;
    assert_eq!(
        (scanned.status, scanned.location.as_deref()),
        (303, Some("/register/1"))
    );
    let counted = ada.press_plainly("/register/1/shift/close", &[]).await;
    assert_eq!(counted.problem().1, "sale_open");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn the_pages_of_past_sales_show_the_receipt_as_printed() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    check_shows(&ada.page("/sales").await, &["No sale yet"]);
    ada.scan("CANDLE").await;
    ada.delete("/v1/registers/1/basket/lines/1").await.json();
    let sold = ada.sell_milk().await;
    check_shows(
        &ada.page("/sales").await,
        &["1-1-000001", "Ada Peeters", "€1.29"],
    );
    let sale_id = sold["sale_id"].as_str().unwrap();
    let page = ada.page(&format!("/sales/{sale_id}")).await;
    check_shows(
        &page,
        &[
            "Receipt 1-1-000001",
            "<svg",
            "Removed before payment",
            "CANDLE",
        ],
    );
    let copy = format!("/register/1/sales/{sale_id}/copy");
    let copied = ada.press(&copy, &[("does", "sale")]).await;
    assert_eq!(
        copied.location.as_deref(),
        Some(format!("/sales/{sale_id}").as_str())
    );
    let nowhere = ada.page("/sales/00000000010000000000000009").await;
    assert_eq!(nowhere.status, 404);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_page_left_open_ends_when_somebody_else_takes_over() {
    let counter = Counter::open().await;
    let ada = counter.at_open_till(0).await;
    let mut page = Stream::open(&ada).await;
    page.until("the snapshot", |sent| sent.contains("event: snapshot"))
        .await;
    let ben = counter.sign_in(BEN).await;
    page.ended().await;
    ben.scan(MILK).await;
    let again = ada.page("/register/1/stream").await;
    assert_eq!(again.status, 401, "which makes the page ask who is there");
    counter.edge.shutdown().await;
}
