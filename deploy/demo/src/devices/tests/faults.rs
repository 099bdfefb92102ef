//! Every fault of every virtual device can be made on the page, and one that nobody has is refused.

use counterpart_hardware::{KeyFault, LabelFault, LostReason, Outcome, ScaleFault, TerminalFault};
use counterpart_protocol::barcode::Gtin;

use super::*;

/// A till that listens to the hand scanner.
async fn listening_to_hand(counter: &VirtualCounter) -> Till {
    let mut config = ScannerConfig::new(counter.hand().address());
    // A busy machine pauses longer than a scanner does.
    config.framing.gap = Duration::from_secs(60);
    let (scanner, mut events) = Scanner::spawn(config);
    while soon(events.recv()).await != Some(ScannerEvent::State(DeviceState::Ready)) {}
    (scanner, events)
}

#[tokio::test]
async fn the_hand_scanner_scans_a_product_and_has_every_fault() {
    let world = world().await;
    let counter = &world.desk.parts.counter;
    let mut till = listening_to_hand(counter).await;
    let (status, regions) = world.press("/hand", "does=scan").await;
    assert_eq!(status, StatusCode::OK, "{regions}");
    let ScannerEvent::Scan(scan) = next_read(&mut till).await else {
        panic!("a product was scanned");
    };
    let gtin = Gtin::read(&scan.code).unwrap();
    let product = world.desk.parts.shelf.by_gtin(gtin).unwrap();
    assert!(product.price_minor.is_some());
    assert!(regions.contains(&scan.code), "the page tells what was read");
    for (does, fault, lost) in [
        ("overrun", KeyFault::Overrun, LostReason::Overrun),
        ("shift", KeyFault::ShiftStuck, LostReason::KeyStuck),
        ("yanked", KeyFault::YankedMidCode, LostReason::DeviceGone),
    ] {
        world.press("/hand", &format!("does={does}")).await;
        assert_eq!(counter.hand().fault(), fault);
        let (status, _) = world.press("/hand", "does=scan").await;
        assert_eq!(status, StatusCode::OK);
        let event = next_read(&mut till).await;
        assert_eq!(event, ScannerEvent::ScanLost { reason: lost });
    }
    let (_, page) = world.see("/").await;
    assert!(page.contains("unplugged"), "it was yanked");
    let (status, _) = world.press("/hand", "does=scan").await;
    assert_eq!(status, StatusCode::CONFLICT);
    world.press("/hand", "does=plug").await;
    assert!(counter.hand().is_plugged());
    for (does, fault) in [
        ("repeats", KeyFault::RepeatsKeys),
        ("layout", KeyFault::OtherLayout),
        ("no_enter", KeyFault::NoEnter),
        ("works", KeyFault::None),
    ] {
        world.press("/hand", &format!("does={does}")).await;
        assert_eq!(counter.hand().fault(), fault);
    }
    let (status, _) = world.press("/hand", "does=sing").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_serial_scanner_reads_twice_half_and_with_its_cable_pulled() {
    let world = world().await;
    let mut till = listening(&world.desk.parts.counter).await;
    world.press("/scan/odd", "does=twice").await;
    let first = next_read(&mut till).await;
    assert!(matches!(first, ScannerEvent::Scan(_)), "{first:?}");
    let second = next_read(&mut till).await;
    let twice = LostReason::ReadTwice;
    assert_eq!(second, ScannerEvent::ScanLost { reason: twice });
    world.press("/scan/odd", "does=half").await;
    let half = LostReason::Unfinished;
    let event = next_read(&mut till).await;
    assert_eq!(event, ScannerEvent::ScanLost { reason: half });
    world.press("/scan/odd", "does=yank").await;
    assert!(!world.desk.parts.counter.scanner().is_plugged());
}

#[tokio::test]
async fn scale_labels_and_terminal_have_every_fault() {
    let world = world().await;
    let counter = &world.desk.parts.counter;
    for (does, fault) in [
        ("labels_silent", LabelFault::Silent),
        ("labels_drop", LabelFault::DropsAfter(act::BYTES_LEFT)),
        ("labels_off", LabelFault::Off),
        ("labels_work", LabelFault::None),
    ] {
        let (status, _) = world.press("/tools", &format!("does={does}")).await;
        assert_eq!((status, counter.labels().fault()), (StatusCode::OK, fault));
    }
    for (does, fault) in [
        ("scale_garbage", ScaleFault::Garbage),
        ("scale_works", ScaleFault::None),
    ] {
        let (status, _) = world.press("/tools", &format!("does={does}")).await;
        assert_eq!((status, counter.scale().fault()), (StatusCode::OK, fault));
    }
    world.press("/tools", "does=scale_settles").await;
    assert_eq!(counter.scale().grams(), 725);
    let (_, regions) = world.press("/tools", "does=terminal_garbage").await;
    assert!(regions.contains("Nonsense"), "{regions}");
    assert_eq!(counter.terminal().fault(), TerminalFault::Garbage);
    let (status, _) = world.press("/tools", "does=next_half").await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn a_printer_hangs_loses_its_line_and_babbles() {
    let world = world().await;
    let counter = &world.desk.parts.counter;
    let (_, regions) = world.press("/printer", "does=paper_thin").await;
    check_offers(&regions, "Paper nearly out", "paper_out");
    world.press("/printer", "does=refill").await;
    world.press("/printer", "does=babble").await;
    let mut config = PrinterConfig::new(counter.printer_address(), Profile::epson_80mm());
    config.timeouts.progress = Duration::from_millis(500);
    let till = Printer::spawn(config);
    let print = |words: &str| PrintJob::from(encode(&receipt(words), till.profile()));
    let whole = soon(till.print(print("first"))).await;
    assert_eq!(
        whole,
        Outcome::Confirmed,
        "what is babbled is believed by nobody"
    );
    world.press("/printer", "does=drop_line").await;
    let torn = soon(till.print(print("second"))).await;
    assert!(matches!(torn, Outcome::Unconfirmed(_)), "{torn:?}");
    world.press("/printer", "does=hang_mid").await;
    let stuck = soon(till.print(print("third"))).await;
    assert!(matches!(stuck, Outcome::Unconfirmed(_)), "{stuck:?}");
    let (_, regions) = world.press("/printer", "does=go_on").await;
    assert!(regions.contains("value=\"hang_mid\""), "{regions}");
}
