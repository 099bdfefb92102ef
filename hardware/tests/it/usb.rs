//! A printer on a USB cable: a device file instead of a network address, and the same promises.

use std::path::PathBuf;

use counterpart_hardware::{
    Answers, Barrier, DeviceState, Doubt, Outcome, PrinterConfig, PrinterLink, Profile,
    StatusReplies, VirtualPrinter, VirtualUsbCable,
};

use crate::world::{job, patient, pieces, printer, receipt, text, within};

/// A printer, its cable, and the place of its device file.
struct Plugged {
    printer: VirtualPrinter,
    cable: VirtualUsbCable,
    file: PathBuf,
    _folder: tempfile::TempDir,
}

async fn plugged() -> Plugged {
    let (printer, folder) = (printer().await, tempfile::tempdir().unwrap());
    let file = folder.path().join("printer-1");
    let cable = within(VirtualUsbCable::plug_in(&printer, file.clone())).await;
    Plugged {
        printer,
        cable: cable.unwrap(),
        file,
        _folder: folder,
    }
}

fn link(plugged: &Plugged) -> PrinterLink {
    let mut config = PrinterConfig::new(plugged.cable.port_address(), Profile::epson_80mm());
    config.timeouts = patient();
    PrinterLink::new(config)
}

#[tokio::test]
async fn a_receipt_over_usb_is_whole_and_confirmed() {
    let plugged = plugged().await;
    let mut link = link(&plugged);
    for title in ["FIRST", "SECOND"] {
        let outcome = within(link.print(&job(&receipt(title)))).await;
        assert_eq!(outcome, Outcome::Confirmed);
    }
    let whole = ["FIRST", "SECOND"].map(|title| (text(&receipt(title)), true));
    assert_eq!(pieces(&plugged.printer), whole);
}

#[tokio::test]
async fn a_printer_that_says_nothing_has_got_everything_before_its_file_is_closed() {
    let plugged = plugged().await;
    plugged.printer.answer(Answers::None);
    let mut config = PrinterConfig::new(plugged.cable.port_address(), Profile::clone_80mm());
    config.timeouts = patient();
    config.profile.barrier = Barrier::None;
    config.profile.status = StatusReplies::None;
    let mut link = PrinterLink::new(config);
    let long = (0..400).fold(receipt("LONG"), |mut long, _| {
        long.columns("Coffee beans, one kilogram", "18.50");
        long
    });
    let outcome = within(link.print(&job(&long))).await;
    assert_eq!(outcome, Outcome::Unconfirmed(Doubt::NoBarrier));
    let printed = within(plugged.printer.until(|seen| {
        let hanging = seen.printing.as_ref();
        hanging.is_some_and(|piece| piece.text.matches("18.50").count() == 400)
    }));
    assert!(printed.await.not_understood.is_empty());
}

#[tokio::test]
async fn a_cable_that_is_pulled_leaves_no_printer_and_a_cable_put_back_gives_it_again() {
    let plugged = plugged().await;
    let mut link = link(&plugged);
    assert_eq!(
        within(link.print(&job(&receipt("FIRST")))).await,
        Outcome::Confirmed
    );
    let Plugged {
        printer,
        cable,
        file,
        _folder,
    } = plugged;
    drop(cable);
    within(printer.until(|seen| !seen.connected)).await;
    let without = within(link.print(&job(&receipt("SECOND")))).await;
    assert!(matches!(without, Outcome::NotStarted(_)), "{without:?}");
    assert_eq!(link.progress().borrow().state, DeviceState::Absent);
    let _again = within(VirtualUsbCable::plug_in(&printer, file))
        .await
        .unwrap();
    assert_eq!(
        within(link.print(&job(&receipt("SECOND")))).await,
        Outcome::Confirmed
    );
    assert_eq!(pieces(&printer).len(), 2);
}

#[tokio::test]
async fn power_lost_over_usb_leaves_the_job_in_doubt_and_the_next_one_clean() {
    let torn = job(&receipt("FIRST"));
    for byte in (1..torn.bytes.len()).step_by(29) {
        let plugged = plugged().await;
        let mut link = link(&plugged);
        plugged.printer.lose_power_after(byte);
        match within(link.print(&torn)).await {
            Outcome::Unconfirmed(Doubt::ConnectionLost) => {}
            Outcome::NotStarted(_) => assert!(plugged.printer.snapshot().printing.is_none()),
            other => panic!("byte {byte}: {other:?}"),
        }
        plugged.printer.power_on();
        within(async {
            while let Outcome::NotStarted(_) = link.print(&job(&receipt("SECOND"))).await {}
        })
        .await;
        let whole = (text(&receipt("SECOND")), true);
        let pieces = pieces(&plugged.printer);
        assert_eq!(pieces.last(), Some(&whole), "power lost at byte {byte}");
        assert!(pieces.len() <= 2, "power lost at byte {byte}");
    }
}
