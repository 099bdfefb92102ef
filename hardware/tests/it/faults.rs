//! A job torn at any byte: never confirmed, never printed twice, and never a word of it on the
//! next customer's receipt.

use counterpart_hardware::{
    Barrier, Doubt, Outcome, Phase, PrintJob, Printer, PrinterLink, VirtualPrinter,
};

use crate::world::{
    config, config_with, impatient, job, link, pieces, printer, receipt, text, within,
};

/// Prints the second receipt and looks at everything that ever came off.
async fn check_next_receipt_is_clean(
    printer: &VirtualPrinter,
    link: &mut PrinterLink,
    byte: usize,
) {
    let second = receipt("SECOND");
    let outcome = within(link.print(&job(&second))).await;
    assert_eq!(outcome, Outcome::Confirmed, "torn at byte {byte}");
    let pieces = pieces(printer);
    let (last, before) = pieces.split_last().expect("the second receipt came off");
    assert_eq!(*last, (text(&second), true), "torn at byte {byte}");
    assert!(before.len() <= 1, "torn at byte {byte}: {before:?}");
    for (torn, complete) in before {
        assert!(!torn.contains("SECOND"), "torn at byte {byte}");
        // All lines may be there and only the cut be missing.
        let whole = text(&receipt("FIRST"));
        assert!(!complete || *torn == whole, "torn at byte {byte}: {torn}");
    }
}

fn first_job() -> PrintJob {
    job(&receipt("FIRST"))
}

#[tokio::test]
async fn a_connection_lost_at_any_byte_leaves_the_job_in_doubt_and_the_next_one_clean() {
    let job = first_job();
    for byte in 1..=job.bytes.len() {
        let printer = printer().await;
        let mut link = link(&printer);
        printer.drop_connection_after(byte);
        let outcome = within(link.print(&job)).await;
        match outcome {
            Outcome::Unconfirmed(Doubt::ConnectionLost) => {}
            Outcome::NotStarted(_) => {
                assert!(printer.snapshot().printing.is_none(), "ink at byte {byte}");
                assert_eq!(pieces(&printer), [], "ink at byte {byte}");
            }
            other => panic!("byte {byte}: {other:?}"),
        }
        check_next_receipt_is_clean(&printer, &mut link, byte).await;
        within(printer.shutdown()).await;
    }
}

#[tokio::test]
async fn power_lost_at_any_byte_leaves_the_job_in_doubt_and_the_next_one_clean() {
    let job = first_job();
    for byte in 1..=job.bytes.len() {
        let printer = printer().await;
        let mut link = link(&printer);
        printer.lose_power_after(byte);
        let outcome = within(link.print(&job)).await;
        match outcome {
            Outcome::Unconfirmed(Doubt::ConnectionLost) => {}
            Outcome::NotStarted(_) => assert!(printer.snapshot().printing.is_none()),
            other => panic!("byte {byte}: {other:?}"),
        }
        printer.power_on();
        within(async {
            // Until it listens again nothing is printed and nothing is lost.
            while let Outcome::NotStarted(_) = link.print(&first_job()).await {}
        })
        .await;
        within(printer.shutdown()).await;
        let pieces = pieces(&printer);
        let whole = (text(&receipt("FIRST")), true);
        assert_eq!(pieces.last(), Some(&whole), "power lost at byte {byte}");
        assert!(pieces.len() <= 2, "power lost at byte {byte}");
    }
}

/// Tears a drawn line at each byte up to the last of the barrier, and prints another receipt.
async fn check_torn_dots(barrier: Barrier, barrier_bytes: usize) {
    let mut drawn = counterpart_paper::Document::new();
    drawn.text("FIRST").text("日 ₹").cut();
    let (torn, second) = (job(&drawn), receipt("SECOND"));
    for byte in 1..torn.bytes.len() + barrier_bytes {
        let printer = printer().await;
        let mut link = PrinterLink::new(config_with(&printer, barrier));
        printer.drop_connection_after(byte);
        let outcome = within(link.print(&torn)).await;
        assert_ne!(outcome, Outcome::Confirmed, "torn at byte {byte}");
        let outcome = within(link.print(&job(&second))).await;
        assert_eq!(outcome, Outcome::Confirmed, "torn at byte {byte}");
        let whole = (text(&second), true);
        assert_eq!(pieces(&printer).last(), Some(&whole), "torn at byte {byte}");
        within(printer.shutdown()).await;
    }
}

#[tokio::test]
async fn a_line_torn_in_its_dots_or_its_barrier_never_stands_on_the_next_receipt() {
    check_torn_dots(Barrier::ProcessId, 11).await;
    check_torn_dots(Barrier::InOrderStatus, 3).await;
}

#[tokio::test]
async fn a_printer_that_hangs_in_the_middle_leaves_the_job_in_doubt() {
    let printer = printer().await;
    let mut link = PrinterLink::new(impatient(config(&printer)));
    printer.stall_after(100);
    // More than both sockets buffer, so that the line itself stands still.
    let mut long = first_job();
    long.bytes
        .extend(b"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n".repeat(500_000));
    let outcome = within(link.print(&long)).await;
    assert_eq!(outcome, Outcome::Unconfirmed(Doubt::Stalled));
    within(printer.shutdown()).await;
}

#[tokio::test]
async fn a_job_given_up_by_its_caller_does_not_run_into_the_next() {
    let printer = printer().await;
    let mut link = link(&printer);
    let mut progress = link.progress();
    printer.end_paper_after(3);
    let job = first_job();
    {
        let printing = link.print(&job);
        tokio::pin!(printing);
        tokio::select! {
            _ = &mut printing => unreachable!("it waits for paper"),
            waiting = progress.wait_for(|seen| matches!(seen.phase, Phase::Waiting(_))) => {
                waiting.unwrap();
            }
        }
    }
    assert_eq!(link.progress().borrow().phase, Phase::Idle);
    printer.refill();
    within(printer.until(|seen| !seen.connected && seen.buffered == 0)).await;
    check_next_receipt_is_clean(&printer, &mut link, 0).await;
}

#[tokio::test]
async fn a_job_in_doubt_from_before_a_restart_is_ended_first() {
    let printer = printer().await;
    printer.drop_connection_after(150);
    let outcome = within(link(&printer).print(&first_job())).await;
    assert_eq!(outcome, Outcome::Unconfirmed(Doubt::ConnectionLost));
    // The program starts again and knows of the doubt from its queue.
    let mut fresh = link(&printer);
    fresh.expect_torn_job();
    check_next_receipt_is_clean(&printer, &mut fresh, 150).await;
}

#[tokio::test]
async fn a_doubtful_job_is_never_sent_again_by_itself() {
    let twin = printer().await;
    let printer = Printer::spawn(config(&twin));
    twin.drop_connection_after(300);
    let outcome = within(printer.print(first_job())).await;
    assert_eq!(outcome, Outcome::Unconfirmed(Doubt::ConnectionLost));
    // The idle printer is looked at again, and nothing comes out.
    let mut progress = printer.progress();
    progress.mark_unchanged();
    let quiet = std::time::Duration::from_millis(300);
    assert!(
        tokio::time::timeout(quiet, twin.until(|seen| !seen.receipts.is_empty()))
            .await
            .is_err()
    );
    within(printer.shutdown()).await;
}
