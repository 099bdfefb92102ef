//! A drawer opens now or not at all.

use std::time::Duration;

use counterpart_hardware::{
    DrawerPin, DrawerWiring, Kick, KickOutcome, Outcome, Phase, Printer, PrinterLink, SensorLevel,
    Trouble,
};

use crate::world::{config, job, link, pieces, printer, receipt, text, within};

#[tokio::test]
async fn a_kick_is_one_pulse_of_the_configured_length() {
    let printer = printer().await;
    let mut link = link(&printer);
    assert_eq!(within(link.kick(Kick::now())).await, KickOutcome::Sent);
    let seen = within(printer.until(|seen| !seen.pulses.is_empty())).await;
    assert_eq!(seen.pulses.len(), 1);
    assert_eq!(
        (
            seen.pulses[0].pin,
            seen.pulses[0].on_ms,
            seen.pulses[0].off_ms
        ),
        (2, 50, 500)
    );
    assert_eq!(pieces(&printer), [], "a kick moves no paper");
}

#[tokio::test]
async fn a_sensor_says_whether_the_drawer_opened() {
    let printer = printer().await;
    let mut config = config(&printer);
    config.drawer = DrawerWiring {
        pin: DrawerPin::Pin5,
        open_level: Some(SensorLevel::High),
        ..DrawerWiring::default()
    };
    let mut link = PrinterLink::new(config);
    assert_eq!(within(link.kick(Kick::now())).await, KickOutcome::Opened);
    assert_eq!(printer.snapshot().pulses[0].pin, 5);
    printer.close_drawer();
    printer.lock_drawer();
    assert_eq!(
        within(link.kick(Kick::now())).await,
        KickOutcome::StillClosed
    );
    assert_eq!(printer.snapshot().pulses.len(), 2);
}

#[tokio::test]
async fn a_drawer_opens_without_paper_too() {
    let printer = printer().await;
    let mut link = link(&printer);
    printer.remove_paper();
    assert_eq!(within(link.kick(Kick::now())).await, KickOutcome::Sent);
    let seen = within(printer.until(|seen| !seen.pulses.is_empty())).await;
    assert_eq!(
        seen.buffered, 0,
        "nothing waits to open it again after the refill"
    );
    printer.refill();
    assert_eq!(printer.snapshot().pulses.len(), 1);
}

#[tokio::test]
async fn a_kick_that_could_not_be_sent_never_happens_later() {
    let twin = printer().await;
    let mut link = link(&twin);
    twin.power_off();
    let unreachable = async {
        // The port closes a moment after the power.
        while !matches!(link.kick(Kick::now()).await, KickOutcome::NotSent(_)) {}
    };
    within(unreachable).await;
    let pulses_before = twin.snapshot().pulses.len();
    twin.power_on();
    let printed = async { while link.print(&job(&receipt("SHOP"))).await != Outcome::Confirmed {} };
    within(printed).await;
    assert_eq!(twin.snapshot().pulses.len(), pulses_before);
}

#[tokio::test]
async fn a_kick_opens_the_drawer_while_a_receipt_waits_for_paper() {
    let twin = printer().await;
    let printer = Printer::spawn(config(&twin));
    twin.end_paper_after(3);
    let receipt = receipt("SHOP");
    let mut progress = printer.progress();
    let cash = async {
        let waiting = Phase::Waiting(Trouble::PaperOut);
        within(progress.wait_for(|seen| seen.phase == waiting))
            .await
            .unwrap();
        assert_eq!(within(printer.kick(Kick::now())).await, KickOutcome::Sent);
        within(twin.until(|seen| seen.drawer_open)).await;
        twin.refill();
    };
    let (outcome, ()) = within(async { tokio::join!(printer.print(job(&receipt)), cash) }).await;
    assert_eq!(outcome, Outcome::Confirmed);
    assert_eq!(twin.snapshot().pulses.len(), 1);
    assert_eq!(pieces(&twin), [(text(&receipt), true)]);
}

#[tokio::test]
async fn no_receipt_opens_the_drawer() {
    let printer = printer().await;
    let mut link = link(&printer);
    let mut receipt = receipt("Milk\u{1B}p\u{0}\u{19}\u{19}");
    receipt
        .text("\u{10}\u{14}\u{1}\u{0}\u{1}")
        .columns("\u{1B}p0", "\u{1B}p1")
        .cut();
    assert_eq!(within(link.print(&job(&receipt))).await, Outcome::Confirmed);
    assert_eq!(printer.snapshot().pulses, []);
}

#[tokio::test]
async fn a_closed_printer_says_so() {
    let twin = printer().await;
    let printer = Printer::spawn(config(&twin));
    let progress = printer.progress();
    within(printer.shutdown()).await;
    assert!(
        progress.has_changed().is_err(),
        "the task and its sender are gone"
    );
}

#[test]
fn a_kick_lasts_ten_seconds() {
    assert_eq!(Kick::LIFETIME, Duration::from_secs(10));
    assert!(!Kick::now().is_expired());
    assert!(Kick::now().left() <= Kick::LIFETIME);
}
