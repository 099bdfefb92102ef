//! Printers, drawers and scanners against their twins: what is known, said and never repeated.

use std::time::Duration;

use counterpart_daemon::params;
use counterpart_daemon::shutdown::Shutdown;
use counterpart_edge::RunningEdge;
use counterpart_edge::context::Context;
use counterpart_edge::devices::{
    DrawerCause, DrawerWish, Heard, NewPrintJob, PrintJob, PrintKind, PrintState, openings,
    print_job, settle, uncertain_jobs,
};
use counterpart_hardware::VirtualPrinter;
use counterpart_paper::Document;
use counterpart_protocol::ids::{PrintJobId, StaffId};
use counterpart_protocol::sales::Settlement;

use crate::factory::{AMPLE, NOON_MS, REGISTER, World, read, soon};

/// Somebody takes cash.
const FOR_CASH: DrawerWish = DrawerWish {
    cause: DrawerCause::CashSale,
    by: StaffId::from_parts(1, 1),
};

/// A receipt long enough to be torn in its middle.
fn receipt(title: &str) -> Document {
    let mut document = Document::new();
    document.text(title);
    for line in 1..=30 {
        document.columns(&format!("Oat milk 1 l, crate {line}"), "14.94");
    }
    document.cut();
    document
}

pub(crate) async fn queue(
    context: &Context,
    title: &str,
    open_drawer: Option<DrawerWish>,
) -> PrintJobId {
    let (at_ms, random) = context.new_ulid();
    let job_id = PrintJobId::from_parts(at_ms, random);
    let (within, document) = (context.clone(), receipt(title));
    context
        .db()
        .write(move |tx| {
            let job = NewPrintJob {
                job_id,
                register: REGISTER,
                kind: PrintKind::Receipt,
                sale_id: None,
                document: &document,
                open_drawer,
            };
            within.devices().queue_print(tx, &job)
        })
        .await
        .unwrap();
    job_id
}

/// Waits until the job is as `reached` wants it.
pub(crate) async fn until(
    context: &Context,
    job_id: PrintJobId,
    what: &str,
    reached: impl Fn(&PrintJob) -> bool,
) -> PrintJob {
    let mut changes = context.devices().changes();
    soon(what, async {
        loop {
            changes.mark_unchanged();
            let job = read(context.db(), move |tx| print_job(tx, job_id))
                .await
                .unwrap();
            if reached(&job) {
                return job;
            }
            changes.changed().await.unwrap();
        }
    })
    .await
}

async fn until_state(context: &Context, job_id: PrintJobId, state: PrintState) -> PrintJob {
    until(context, job_id, state.word(), |job| job.state == state).await
}

/// Waits until the status bar says `word` about the printer, and returns what to do.
async fn until_printer_says(context: &Context, word: &str) -> Option<String> {
    let mut changes = context.devices().changes();
    soon(word, async {
        loop {
            changes.mark_unchanged();
            let printer = context.devices().of(REGISTER).unwrap().printer;
            if printer.word == word {
                return printer.todo;
            }
            changes.changed().await.unwrap();
        }
    })
    .await
}

async fn shop() -> (World, VirtualPrinter, RunningEdge) {
    let mut world = World::enrolled().await;
    let printer = world.with_printer().await;
    let edge = world.start().await;
    (world, printer, edge)
}

#[tokio::test]
async fn a_receipt_is_confirmed_and_opens_the_drawer_once() {
    let (_world, printer, edge) = shop().await;
    let job_id = queue(edge.context(), "Sale 1", Some(FOR_CASH)).await;
    let job = until_state(edge.context(), job_id, PrintState::Confirmed).await;
    assert_eq!(job.sentence(), "The receipt is printed.");
    let seen = soon("the drawer", printer.until(|seen| !seen.pulses.is_empty())).await;
    assert_eq!(seen.pulses.len(), 1);
    assert_eq!(seen.receipts.len(), 1);
    assert!(
        seen.receipts[0].text.contains("Sale 1"),
        "{}",
        seen.receipts[0].text
    );
    let opening = soon("the outcome", async {
        loop {
            let all = read(edge.context().db(), |tx| openings(tx, 10)).await;
            if let [only] = all.as_slice()
                && only.outcome.is_some()
            {
                return only.clone();
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!(
        (opening.cause, opening.by),
        (FOR_CASH.cause, Some(FOR_CASH.by))
    );
    assert_eq!(opening.asked_at_ms, NOON_MS);
    assert_eq!(opening.outcome.as_deref(), Some("it opened"));
    edge.shutdown().await;
}

#[tokio::test]
async fn paper_that_runs_out_in_a_receipt_stops_the_clock_and_the_receipt_goes_on() {
    let (_world, printer, edge) = shop().await;
    printer.end_paper_after(5);
    let job_id = queue(edge.context(), "Sale 1", None).await;
    let todo = until_printer_says(edge.context(), "Printer waits: paper out").await;
    assert_eq!(
        todo.as_deref(),
        Some("Put in a new roll. The receipt in it then goes on by itself.")
    );
    printer.refill();
    until_state(edge.context(), job_id, PrintState::Confirmed).await;
    let seen = printer.snapshot();
    let text: String = seen.receipts.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(text.matches("crate 30").count(), 1, "{text}");
    until_printer_says(edge.context(), "Printer ready").await;
    edge.shutdown().await;
}

#[tokio::test]
async fn a_dead_printer_keeps_receipts_in_order_until_it_is_back() {
    let (_world, printer, edge) = shop().await;
    printer.power_off();
    let first = queue(edge.context(), "Sale 1", None).await;
    let second = queue(edge.context(), "Sale 2", None).await;
    let job = until(edge.context(), first, "a reason", |job| {
        job.reason.is_some()
    })
    .await;
    assert_eq!(
        job.sentence(),
        "The receipt waits: the printer cannot be reached: check that it is switched on and its \
         cable is in. It then prints by itself."
    );
    printer.power_on();
    until_state(edge.context(), second, PrintState::Confirmed).await;
    let texts: Vec<String> = printer
        .snapshot()
        .receipts
        .iter()
        .filter_map(|one| one.text.lines().next().map(str::to_owned))
        .collect();
    assert_eq!(texts, ["Sale 1", "Sale 2"]);
    edge.shutdown().await;
}

#[tokio::test]
async fn a_receipt_nobody_is_sure_of_is_never_sent_again_and_waits_for_a_person() {
    let (_world, printer, edge) = shop().await;
    printer.lose_power_after(400);
    let torn = queue(edge.context(), "Sale 1", None).await;
    let job = until_state(edge.context(), torn, PrintState::Uncertain).await;
    assert!(job.is_unsettled());
    assert_eq!(
        job.sentence(),
        "The receipt may not have come out: the connection to the printer broke while it was \
         printing. Look at the paper and say what is there."
    );
    printer.power_on();
    let next = queue(edge.context(), "Sale 2", None).await;
    until_state(edge.context(), next, PrintState::Confirmed).await;
    let context = edge.context();
    let waiting = read(context.db(), |tx| uncertain_jobs(tx, REGISTER)).await;
    assert_eq!(
        waiting.iter().map(|job| job.job_id).collect::<Vec<_>>(),
        [torn]
    );
    assert!(say(context, torn, Settlement::Reprinted).await);
    assert!(
        !say(context, torn, Settlement::Printed).await,
        "a word once given stays"
    );
    assert_eq!(
        read(context.db(), |tx| uncertain_jobs(tx, REGISTER)).await,
        []
    );
    edge.shutdown().await;
}

async fn say(context: &Context, job_id: PrintJobId, settlement: Settlement) -> bool {
    let settled = context
        .db()
        .write(move |tx| settle(tx, job_id, settlement, NOON_MS));
    settled.await.unwrap()
}

#[tokio::test]
async fn a_receipt_that_was_being_printed_when_the_server_died_is_uncertain() {
    let (world, printer, edge) = shop().await;
    printer.power_off();
    let job_id = queue(edge.context(), "Sale 1", None).await;
    until(edge.context(), job_id, "a reason", |job| {
        job.reason.is_some()
    })
    .await;
    // What a killed server leaves behind: the mark was durable, the outcome never came.
    let marked = edge.context().db().write(move |tx| {
        tx.execute(
            "UPDATE print_jobs SET state = 'sending' WHERE job_id = $1",
            params![job_id.to_bytes()],
        )
    });
    assert_eq!(marked.await.unwrap(), 1);
    edge.shutdown().await;
    printer.power_on();
    let edge = world.start().await;
    let job = until_state(edge.context(), job_id, PrintState::Uncertain).await;
    assert_eq!(
        job.sentence(),
        "The receipt may not have come out: the store server stopped while it was printing. Look \
         at the paper and say what is there."
    );
    assert_eq!(
        printer.snapshot().receipts.len(),
        0,
        "it is not sent again by itself"
    );
    edge.shutdown().await;
}

#[tokio::test]
async fn after_half_an_hour_a_receipt_no_longer_waits_for_its_printer() {
    let (world, printer, edge) = shop().await;
    printer.power_off();
    let job_id = queue(edge.context(), "Sale 1", None).await;
    until(edge.context(), job_id, "a reason", |job| {
        job.reason.is_some()
    })
    .await;
    world.clock.advance(Duration::from_secs(30 * 60));
    let job = until_state(edge.context(), job_id, PrintState::Failed).await;
    assert_eq!(
        job.sentence(),
        "The receipt was not printed: it waited half an hour and the printer cannot be reached: \
         check that it is switched on and its cable is in; nothing came out."
    );
    edge.shutdown().await;
}

#[tokio::test]
async fn a_register_without_a_printer_says_so_and_sells_on() {
    let world = World::enrolled().await;
    let edge = world.start().await;
    let job_id = queue(edge.context(), "Sale 1", Some(FOR_CASH)).await;
    let job = until_state(edge.context(), job_id, PrintState::Failed).await;
    assert_eq!(
        job.sentence(),
        "The receipt was not printed: register 1 has no printer: show the receipt on the screen."
    );
    edge.shutdown().await;
}

#[tokio::test]
async fn a_scanner_that_is_pulled_out_is_said_and_taken_up_again() {
    let mut world = World::enrolled().await;
    let scanner = world.with_scanner().await;
    let context = world.assembled().await;
    let shutdown = Shutdown::new();
    let stage = shutdown.stage("devices", AMPLE);
    let mut heard = context.devices().start(context.db(), &stage).await.unwrap();
    until_scanner_says(&context, "Scanner ready").await;
    scanner.scan(b"]E04006381333931").await.unwrap();
    let first = soon("a scan", heard.recv()).await.unwrap();
    assert_eq!(first.register, REGISTER);
    let Heard::Scan(scan) = first.heard else {
        panic!("a whole code was sent");
    };
    assert_eq!(scan.code, "4006381333931");
    scanner.unplug().await.unwrap();
    until_scanner_says(&context, "Scanner not connected").await;
    scanner.plug().await.unwrap();
    until_scanner_says(&context, "Scanner ready").await;
    scanner.scan(b"4006381333931").await.unwrap();
    assert!(matches!(
        soon("a scan", heard.recv()).await.unwrap().heard,
        Heard::Scan(_)
    ));
    shutdown.run().await;
}

async fn until_scanner_says(context: &Context, word: &str) {
    let mut changes = context.devices().changes();
    soon(word, async {
        loop {
            changes.mark_unchanged();
            if context.devices().of(REGISTER).unwrap().scanner.word == word {
                return;
            }
            changes.changed().await.unwrap();
        }
    })
    .await;
}

#[tokio::test]
async fn a_drawer_nothing_is_connected_to_says_so_at_once() {
    let world = World::enrolled().await;
    let context = world.assembled().await;
    let within = context.clone();
    let asked = context.db().write(move |tx| {
        let devices = within.devices();
        devices.open_drawer(tx, REGISTER, FOR_CASH)
    });
    asked.await.unwrap();
    let noted = read(context.db(), |tx| openings(tx, 1)).await;
    assert_eq!(
        noted[0].outcome.as_deref(),
        Some("register 1 has no printer to open the drawer by: open it with its key")
    );
}
