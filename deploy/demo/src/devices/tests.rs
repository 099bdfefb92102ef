//! The page against real virtual devices: what is pressed happens, and is seen.

mod faults;

use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use counterpart_daemon::clock::ManualClock;
use counterpart_daemon::shutdown::Shutdown;
use counterpart_daemon::web::shell::HubLink;
use counterpart_hardware::{
    DeviceState, PrintJob, Printer, PrinterConfig, Profile, Scanner, ScannerConfig, ScannerEvent,
    SignerFault, VirtualSignerOptions, encode,
};
use counterpart_paper::{Document, Style};
use counterpart_protocol::barcode::{self, ScanRefused, Scanned};
use tokio::sync::mpsc;
use tower::ServiceExt;

use super::*;
use crate::catalog::{SEED, generate};
use crate::options::here;
use counterpart_hardware::PrintSpeed;

/// Long enough that only a hang exceeds it.
const AMPLE: Duration = Duration::from_secs(20);

struct World {
    desk: Desk,
    readings: state::Sender<Readings>,
    shutdown: Shutdown,
    _folder: tempfile::TempDir,
}

async fn world() -> World {
    let folder = tempfile::tempdir().unwrap();
    let shutdown = Shutdown::new();
    let stage = shutdown.stage("page", AMPLE);
    let (readings, seen) = state::channel(Readings::default());
    let twin = VirtualSigner::spawn(VirtualSignerOptions {
        listen: here(0),
        folder: folder.path().join("signer"),
        secret: [7; 32],
        time: Arc::new(|| 1_795_430_000_000),
    });
    let twin = twin.await.unwrap();
    let parts = DeskParts {
        shelf: Shelf::new(generate(SEED, 700)),
        counter: VirtualCounter::set_up(folder.path(), 1, PrintSpeed::Real)
            .await
            .unwrap(),
        signer: Some(twin),
        line: Line::open(here(0), here(1)).await.unwrap(),
        readings: seen,
        doors: Doors {
            training: "http://127.0.0.1:1/".to_owned(),
            store: "Utrecht <Centrum>".to_owned(),
            register: "http://localhost:8410/register/1".to_owned(),
            console: "http://localhost:8400/".to_owned(),
            status: "http://localhost:8410/status".to_owned(),
            store_url: "http://127.0.0.1:8410".to_owned(),
            member: ("Noor".to_owned(), "4071".to_owned()),
            operator: ("admin".to_owned(), "amber-kettle-4821".to_owned()),
        },
        clock: ManualClock::starting_at(1_795_430_000_000),
        time_zone: TimeZone::UTC,
        stopping: stage.token(),
    };
    World {
        desk: Desk::new(parts, &stage),
        readings,
        shutdown,
        _folder: folder,
    }
}

impl World {
    async fn ask(&self, request: Request<Body>) -> (StatusCode, String) {
        let answer = self.desk.router().oneshot(request).await.unwrap();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), 4_000_000).await.unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn see(&self, path: &str) -> (StatusCode, String) {
        self.ask(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Posts as the page does and returns the regions it gets.
    async fn press(&self, path: &str, form: &str) -> (StatusCode, String) {
        let request = Request::post(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("x-live", "1")
            .body(Body::from(form.to_owned()));
        self.ask(request.unwrap()).await
    }

    #[track_caller]
    fn seen(&self) -> PrinterSnapshot {
        self.desk.parts.counter.printer().snapshot()
    }
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(AMPLE, what).await.expect("this hangs")
}

/// A till's scanner and what it hears.
type Till = (Scanner, mpsc::Receiver<ScannerEvent>);

/// Opens the scanner as a till does; what was read before that is not a till's.
async fn listening(counter: &VirtualCounter) -> Till {
    let (scanner, mut events) = Scanner::spawn(ScannerConfig::new(counter.scanner_address()));
    while soon(events.recv()).await != Some(ScannerEvent::State(DeviceState::Ready)) {}
    (scanner, events)
}

/// Waits for the next read of a till's scanner.
async fn next_read((_scanner, events): &mut Till) -> ScannerEvent {
    loop {
        let event = soon(events.recv()).await.expect("the scanner lives on");
        if !matches!(event, ScannerEvent::State(_)) {
            return event;
        }
    }
}

#[tokio::test]
async fn the_page_says_where_to_go_and_what_to_type_there() {
    let world = world().await;
    let (status, page) = world.see("/").await;
    assert_eq!(status, StatusCode::OK);
    for wanted in [
        "http://localhost:8410/register/1",
        "http://localhost:8400/",
        "4071",
        "amber-kettle-4821",
        "FIRST LIGHT",
        "data-stream=\"/stream\"",
        "Cut the line",
        "Utrecht &lt;Centrum&gt;",
    ] {
        assert!(page.contains(wanted), "{wanted} is missing");
    }
    assert!(
        !page.contains("style=\""),
        "the policy forbids inline styles"
    );
}

#[tokio::test]
async fn a_click_on_a_product_is_a_read_on_the_serial_line() {
    let world = world().await;
    let counter = &world.desk.parts.counter;
    let mut till = listening(counter).await;
    let product = &generate(SEED, 700)[3];
    let code = product.gtins[0].to_string();
    let (status, regions) = world.press("/scan", &format!("code={code}")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(regions.contains(&code), "the page says what was read");
    match next_read(&mut till).await {
        ScannerEvent::Scan(scan) => assert_eq!(scan.code, code),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn odd_reads_are_what_they_say() {
    let world = world().await;
    let counter = &world.desk.parts.counter;
    let mut till = listening(counter).await;
    let read = |event| match event {
        ScannerEvent::Scan(scan) => barcode::read(scan.code.as_bytes(), None),
        other => panic!("{other:?}"),
    };
    world.press("/scan/odd", "does=unknown").await;
    let Ok(Scanned::Gtin(gtin)) = read(next_read(&mut till).await) else {
        panic!("it is a right number");
    };
    assert_eq!(world.desk.parts.shelf.by_gtin(gtin), None);
    world.press("/scan/odd", "does=check_digit").await;
    let misread = read(next_read(&mut till).await);
    assert!(
        matches!(misread, Err(ScanRefused::CheckDigit { .. })),
        "{misread:?}"
    );
    world.press("/scan/odd", "does=no_price").await;
    let Ok(Scanned::Gtin(gtin)) = read(next_read(&mut till).await) else {
        panic!("it is a right number");
    };
    let unpriced = world.desk.parts.shelf.by_gtin(gtin).unwrap();
    assert_eq!(unpriced.price_minor, None);
    world.press("/scan/odd", "does=noise").await;
    match next_read(&mut till).await {
        ScannerEvent::ScanLost { .. } => {}
        ScannerEvent::Scan(scan) => {
            assert!(barcode::read(scan.code.as_bytes(), None).is_err(), "{scan}");
        }
        ScannerEvent::State(_) => panic!("reads only"),
    }
}

#[tokio::test]
async fn an_unplugged_scanner_refuses_in_words_until_it_is_plugged_in() {
    let world = world().await;
    let (_, regions) = world.press("/scanner", "does=unplug").await;
    assert!(regions.contains("The scanner is unplugged."), "{regions}");
    let (status, problem) = world.press("/scan", "code=4006381333931").await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(problem.contains("scanner_unplugged"), "{problem}");
    assert!(problem.contains("plug it in"), "{problem}");
    world.press("/scanner", "does=plug").await;
    let (status, _) = world.press("/scan", "code=4006381333931").await;
    assert_eq!(status, StatusCode::OK);
    let (status, _) = world.press("/scan", "code=").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[track_caller]
fn check_offers(regions: &str, word: &str, remedy: &str) {
    assert!(regions.contains(word), "{word} is not said: {regions}");
    assert!(
        regions.contains(&format!("value=\"{remedy}\"")),
        "{remedy} is not offered"
    );
}

#[tokio::test]
async fn every_trouble_of_the_printer_is_shown_with_its_remedy() {
    let world = world().await;
    for (cause, word, remedy) in [
        ("paper_out", "Paper out", "refill"),
        ("open_cover", "Cover open", "close_cover"),
        ("hang", "Hangs", "go_on"),
        ("power_off", "No power", "power_on"),
    ] {
        let (status, regions) = world.press("/printer", &format!("does={cause}")).await;
        assert_eq!(status, StatusCode::OK, "{cause}");
        check_offers(&regions, word, remedy);
        let (_, regions) = world.press("/printer", &format!("does={remedy}")).await;
        check_offers(&regions, "Ready", cause);
    }
    let (_, regions) = world.press("/printer", "does=power_fails").await;
    assert!(regions.contains("will fail"), "{regions}");
    let (_, regions) = world.press("/printer", "does=answer_no_barrier").await;
    assert!(
        regions.contains("value=\"answer_no_barrier\" aria-pressed=\"true\""),
        "{regions}"
    );
    let (status, problem) = world.press("/printer", "does=fly").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(problem.contains("fly"), "{problem}");
}

fn receipt(words: &str) -> Document {
    let mut receipt = Document::new();
    receipt.styled("SHOP", Style::title());
    for line in 0..20 {
        receipt.columns(&format!("{words} {line}"), "1.00");
    }
    receipt.cut();
    receipt
}

#[tokio::test]
async fn receipts_appear_as_printed_newest_first_and_torn_ones_are_marked() {
    let world = world().await;
    let counter = &world.desk.parts.counter;
    let config = PrinterConfig::new(counter.printer_address(), Profile::epson_80mm());
    let till = Printer::spawn(config);
    let print = |words: &str| PrintJob::from(encode(&receipt(words), till.profile()));
    soon(till.print(print("first"))).await;
    world.press("/printer", "does=power_fails").await;
    soon(till.print(print("second"))).await;
    assert!(!world.seen().powered, "it failed in the middle");
    let torn = world.seen().printing.expect("it hangs out of the printer");
    assert!(torn.text.contains("second 3") && !torn.text.contains("second 19"));
    world.press("/printer", "does=power_on").await;
    soon(till.print(print("third"))).await;
    let (_, page) = world.see("/").await;
    assert!(page.contains("first 3") && page.contains("third 3"));
    let at = |what: &str| {
        page.find(what)
            .unwrap_or_else(|| panic!("{what} is missing"))
    };
    assert!(
        at("id=\"receipt-1\"") > at("id=\"receipt-2\""),
        "newest first"
    );
    assert_eq!(page.matches("data-whole=\"false\"").count(), 1);
    assert!(page.contains("Not whole"));
    world.press("/printer", "does=throw_away").await;
    assert!(world.seen().receipts.is_empty());
}

#[tokio::test]
async fn the_drawer_opens_with_a_kick_and_is_pushed_shut_by_hand() {
    let world = world().await;
    let (_, regions) = world.press("/drawer", "does=lock").await;
    assert!(regions.contains("Drawer locked"), "{regions}");
    world.press("/drawer", "does=unlock").await;
    let mut till = tokio::net::TcpStream::connect(world.desk.parts.counter.printer().address())
        .await
        .unwrap();
    tokio::io::AsyncWriteExt::write_all(&mut till, b"\x1Bp\x00\x19\xFA")
        .await
        .unwrap();
    soon(
        world
            .desk
            .parts
            .counter
            .printer()
            .until(|seen| seen.drawer_open),
    )
    .await;
    let (_, regions) = world.press("/drawer", "does=close").await;
    assert!(regions.contains("Drawer closed"), "{regions}");
    assert!(!world.seen().drawer_open);
}

#[tokio::test]
async fn the_line_and_what_waits_behind_it_are_shown() {
    let world = world().await;
    let (_, regions) = world.press("/line", "does=cut").await;
    assert!(regions.contains("data-passage=\"cut\""), "{regions}");
    assert!(regions.contains("Mend the line"), "{regions}");
    world.readings.send_modify(|readings| {
        for waiting in [0, 3, 17] {
            let hub = HubLink::Away {
                last_seen: "12:04".to_owned(),
            };
            readings.add(Some(Reading { hub, waiting }));
        }
    });
    let (_, page) = world.see("/").await;
    assert!(page.contains("<output>17</output>"));
    assert!(page.contains("facts wait in the store"));
    assert!(page.contains("Hub last seen 12:04"));
    assert!(page.contains("class=\"sparkline\""));
    let (_, regions) = world.press("/line", "does=mend").await;
    assert!(regions.contains("Cut the line"), "{regions}");
    assert!(regions.contains("tries again within a minute"), "{regions}");
    world.press("/line", "does=slow").await;
    assert_eq!(world.desk.parts.line.state().delay, act::SLOW);
}

#[tokio::test]
async fn products_are_found_and_have_their_pictures() {
    let world = world().await;
    let (_, page) = world.see("/?query=%3Cscript%3Emilk&department=").await;
    assert!(page.contains("Nothing of that name"));
    assert!(!page.contains("<script>milk"));
    let (_, page) = world.see("/?query=milk+whole").await;
    assert!(page.contains("whole milk"));
    let sku = generate(SEED, 700)[0].sku.to_string();
    let (status, svg) = world.see(&format!("/pictures/{sku}.svg")).await;
    assert_eq!(status, StatusCode::OK);
    assert!(svg.starts_with("<svg "), "{svg}");
    let (status, _) = world.see("/pictures/NO-1.svg").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_page_stops_with_the_demo() {
    let world = world().await;
    let report = world.shutdown.run().await;
    assert_eq!(report.cut_off, Vec::<String>::new());
}

#[tokio::test]
async fn the_signer_fails_as_it_is_told_and_says_how() {
    let world = world().await;
    let (status, page) = world.press("/signer", "does=refuses").await;
    assert_eq!(status, StatusCode::OK, "{page}");
    assert!(page.contains("Refuses"), "{page}");
    let twin = world.desk.parts.signer.as_ref().unwrap();
    assert_eq!(twin.fault(), SignerFault::Refuses);
    let (status, _) = world.press("/signer", "does=dance").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    world.press("/signer", "does=works").await;
    assert_eq!(twin.fault(), SignerFault::None);
    world.shutdown.run().await;
}
