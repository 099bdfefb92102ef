//! A job's outcome is what is known about it, no more and no less.

use std::time::Duration;

use counterpart_hardware::{
    Answers, Barrier, DeviceState, Doubt, Obstacle, Outcome, Phase, PrintJob, Printer, PrinterLink,
    Profile, StatusReplies, Trouble, VirtualPrinter, VirtualPrinterOptions, encode,
};
use counterpart_paper::Document;

use crate::world::{
    config, config_with, impatient, job, link, pieces, printer, receipt, text, within,
};

#[tokio::test]
async fn a_printed_receipt_is_confirmed_and_is_what_was_laid_out() {
    for barrier in [Barrier::ProcessId, Barrier::InOrderStatus] {
        let printer = printer().await;
        let mut link = PrinterLink::new(config_with(&printer, barrier));
        let receipt = receipt("SHOP");
        assert_eq!(within(link.print(&job(&receipt))).await, Outcome::Confirmed);
        assert_eq!(pieces(&printer), [(text(&receipt), true)]);
        let progress = link.progress().borrow().clone();
        assert_eq!(
            (progress.phase, progress.state),
            (Phase::Idle, DeviceState::Ready)
        );
    }
}

#[tokio::test]
async fn two_hundred_receipts_come_out_in_order() {
    let printer = printer().await;
    let mut link = link(&printer);
    for number in 0..200 {
        let receipt = receipt(&format!("No {number}"));
        assert_eq!(within(link.print(&job(&receipt))).await, Outcome::Confirmed);
    }
    let seen = pieces(&printer);
    assert_eq!(seen.len(), 200);
    for (number, (text, complete)) in seen.iter().enumerate() {
        assert!(
            *complete && text.contains(&format!("No {number}\n")),
            "{number}: {text}"
        );
    }
}

#[tokio::test]
async fn a_receipt_in_each_language_has_every_character_right() {
    let printer = printer().await;
    let mut link = link(&printer);
    for line in [
        "Grüße: Käse, Maß, Öl – 12,50 €",
        "Reçu n° 42 : œuf, crème brûlée, où – 3,20 €",
        "Paragon: żółć, gęś, źdźbło, Łódź – 12,50 zł €",
        "Fiş: ğüşıöç İstanbul – 12,50 €",
        "Απόδειξη: ψωμί, γάλα, Ω – 12,50 €",
        "Účtenka: příliš žluťoučký kůň – 12,50 Kč €",
        "Чек: хлеб, молоко, ёлка – 12,50 €",
    ] {
        let mut receipt = Document::new();
        receipt.text(line).columns("A - B", "1.00").cut();
        let encoded = encode(&receipt, &Profile::epson_80mm());
        let lost: Vec<char> = encoded
            .substitutions
            .iter()
            .map(|one| one.character)
            .collect();
        assert_eq!(
            within(link.print(&PrintJob::from(encoded))).await,
            Outcome::Confirmed
        );
        let printed = pieces(&printer).pop().unwrap().0;
        assert_eq!(printed.trim_end(), text(&receipt).trim_end(), "{lost:?}");
        assert_eq!(lost, [], "{line}");
    }
}

#[tokio::test]
async fn what_no_table_has_is_drawn_and_keeps_its_place() {
    let mut receipt = Document::new();
    receipt.columns("日本 ₹", "1.00").cut();
    let encoded = encode(&receipt, &Profile::epson_80mm());
    assert_eq!(encoded.substitutions, []);
    let printer = printer().await;
    let mut link = link(&printer);
    assert_eq!(
        within(link.print(&PrintJob::from(encoded))).await,
        Outcome::Confirmed
    );
    let printed = pieces(&printer).pop().unwrap().0;
    assert!(
        printed.starts_with("日本 ₹  ") && printed.trim_end().ends_with("1.00"),
        "{printed}"
    );
}

#[tokio::test]
async fn a_printer_that_is_not_there_has_printed_nothing() {
    let printer = printer().await;
    let mut link = link(&printer);
    within(printer.shutdown()).await;
    let outcome = within(link.print(&job(&receipt("SHOP")))).await;
    let sentence = "nothing answers at the address".to_owned();
    assert_eq!(
        outcome,
        Outcome::NotStarted(Obstacle::Unreachable(sentence))
    );
    assert_eq!(link.progress().borrow().state, DeviceState::Absent);
}

#[tokio::test]
async fn without_paper_a_job_is_not_started_and_can_be_sent_again() {
    let printer = printer().await;
    let mut link = link(&printer);
    printer.remove_paper();
    let outcome = within(link.print(&job(&receipt("SHOP")))).await;
    assert_eq!(
        outcome,
        Outcome::NotStarted(Obstacle::NotReady(vec![Trouble::PaperOut]))
    );
    let troubles = DeviceState::Degraded(vec![Trouble::PaperOut]);
    assert_eq!(link.progress().borrow().state, troubles);
    printer.refill();
    assert_eq!(
        within(link.print(&job(&receipt("SHOP")))).await,
        Outcome::Confirmed
    );
    assert_eq!(pieces(&printer), [(text(&receipt("SHOP")), true)]);
}

#[tokio::test]
async fn an_open_cover_is_named() {
    let printer = printer().await;
    let mut link = link(&printer);
    printer.open_cover();
    let outcome = within(link.print(&job(&receipt("SHOP")))).await;
    assert_eq!(
        outcome,
        Outcome::NotStarted(Obstacle::NotReady(vec![Trouble::CoverOpen]))
    );
    let Outcome::NotStarted(obstacle) = outcome else {
        unreachable!()
    };
    assert_eq!(obstacle.to_string(), "the printer cannot print: cover open");
}

#[tokio::test]
async fn a_roll_near_its_end_still_prints() {
    let printer = printer().await;
    let mut link = link(&printer);
    printer.thin_paper();
    assert_eq!(
        within(link.print(&job(&receipt("SHOP")))).await,
        Outcome::Confirmed
    );
    let troubles = DeviceState::Degraded(vec![Trouble::PaperNearEnd]);
    assert_eq!(link.progress().borrow().state, troubles);
}

#[tokio::test]
async fn paper_that_ends_in_the_middle_stops_the_clock_and_goes_on_after_a_refill() {
    for barrier in [Barrier::ProcessId, Barrier::InOrderStatus] {
        let printer = printer().await;
        let mut link = PrinterLink::new(impatient(config_with(&printer, barrier)));
        let mut progress = link.progress();
        printer.end_paper_after(3);
        let receipt = receipt("SHOP");
        let job = job(&receipt);
        let printing = tokio::spawn(async move { link.print(&job).await });
        let waiting = Phase::Waiting(Trouble::PaperOut);
        within(progress.wait_for(|progress| progress.phase == waiting))
            .await
            .unwrap();
        // Three times as long as a printer may be still otherwise.
        let patience = Duration::from_millis(1500);
        let still_waiting = progress.wait_for(|progress| progress.phase != waiting);
        assert!(tokio::time::timeout(patience, still_waiting).await.is_err());
        assert_eq!(pieces(&printer), []);
        printer.refill();
        assert_eq!(within(printing).await.unwrap(), Outcome::Confirmed);
        assert_eq!(pieces(&printer), [(text(&receipt), true)]);
    }
}

#[tokio::test]
async fn a_cover_opened_in_the_middle_is_waited_for() {
    let options = VirtualPrinterOptions {
        line_time: Duration::from_millis(5),
        ..VirtualPrinterOptions::default()
    };
    let printer = VirtualPrinter::spawn(options).await.unwrap();
    let mut link = link(&printer);
    let mut progress = link.progress();
    let receipt = receipt("SHOP");
    let job = job(&receipt);
    let printing = tokio::spawn(async move { link.print(&job).await });
    within(printer.until(|seen| seen.printing.is_some())).await;
    printer.open_cover();
    let waiting = Phase::Waiting(Trouble::CoverOpen);
    within(progress.wait_for(|progress| progress.phase == waiting))
        .await
        .unwrap();
    printer.close_cover();
    assert_eq!(within(printing).await.unwrap(), Outcome::Confirmed);
    assert_eq!(pieces(&printer), [(text(&receipt), true)]);
}

#[tokio::test]
async fn a_printer_that_never_says_so_leaves_the_job_in_doubt() {
    for barrier in [Barrier::ProcessId, Barrier::InOrderStatus] {
        let printer = printer().await;
        let mut link = PrinterLink::new(impatient(config_with(&printer, barrier)));
        printer.answer(Answers::NoBarrier);
        let outcome = within(link.print(&job(&receipt("SHOP")))).await;
        assert_eq!(outcome, Outcome::Unconfirmed(Doubt::Unanswered));
        assert_eq!(pieces(&printer).len(), 1, "it did print; nobody could know");
    }
}

#[tokio::test]
async fn noise_on_the_line_confirms_nothing() {
    let printer = printer().await;
    let mut link = PrinterLink::new(impatient(config(&printer)));
    printer.answer(Answers::NoBarrier);
    let mut progress = link.progress();
    let job = job(&receipt("SHOP"));
    let printing = tokio::spawn(async move { link.print(&job).await });
    within(progress.wait_for(|progress| progress.phase == Phase::Confirming))
        .await
        .unwrap();
    printer.say(b"\x00\x12\xFF\x13\x37\x22zzzz\x00_noise\x00\x0C");
    let outcome = within(printing).await.unwrap();
    assert_eq!(outcome, Outcome::Unconfirmed(Doubt::Unanswered));
}

#[tokio::test]
async fn a_printer_without_a_barrier_is_never_confirmed() {
    let printer = printer().await;
    let mut link = PrinterLink::new(config_with(&printer, Barrier::None));
    let outcome = within(link.print(&job(&receipt("SHOP")))).await;
    assert_eq!(outcome, Outcome::Unconfirmed(Doubt::NoBarrier));
    within(printer.until(|seen| seen.receipts.len() == 1)).await;
}

#[tokio::test]
async fn a_write_only_printer_prints_and_says_nothing() {
    let printer = printer().await;
    printer.answer(Answers::None);
    let mut config = config(&printer);
    config.profile.barrier = Barrier::None;
    config.profile.status = StatusReplies::None;
    let mut link = PrinterLink::new(config);
    let outcome = within(link.print(&job(&receipt("SHOP")))).await;
    assert_eq!(outcome, Outcome::Unconfirmed(Doubt::NoBarrier));
    within(printer.until(|seen| seen.receipts.len() == 1)).await;
    assert_eq!(
        link.progress().borrow().state,
        DeviceState::Degraded(vec![Trouble::Silent])
    );
}

#[tokio::test]
async fn a_printer_that_should_answer_and_does_not_is_not_sent_a_receipt() {
    let printer = printer().await;
    printer.stall();
    let mut config = config(&printer);
    config.timeouts.answer = Duration::from_millis(200);
    let mut link = PrinterLink::new(config);
    let outcome = within(link.print(&job(&receipt("SHOP")))).await;
    assert_eq!(outcome, Outcome::NotStarted(Obstacle::Silent));
}

#[tokio::test]
async fn an_empty_document_is_no_harm() {
    let printer = printer().await;
    let mut link = link(&printer);
    assert_eq!(
        within(link.print(&job(&Document::new()))).await,
        Outcome::Confirmed
    );
    let nothing = PrintJob {
        bytes: Vec::new(),
        first_ink: 7,
    };
    assert_eq!(within(link.print(&nothing)).await, Outcome::Confirmed);
    assert_eq!(pieces(&printer), []);
}

#[tokio::test]
async fn an_idle_printer_is_looked_after() {
    let twin = printer().await;
    let printer = Printer::spawn(config(&twin));
    let mut progress = printer.progress();
    let mut expect = async |state: DeviceState| {
        within(progress.wait_for(|progress| progress.state == state))
            .await
            .unwrap();
    };
    expect(DeviceState::Ready).await;
    twin.remove_paper();
    expect(DeviceState::Degraded(vec![Trouble::PaperOut])).await;
    twin.power_off();
    expect(DeviceState::Absent).await;
    twin.power_on();
    twin.refill();
    expect(DeviceState::Ready).await;
    within(printer.shutdown()).await;
}

#[tokio::test]
async fn jobs_of_many_callers_never_mix() {
    let twin = printer().await;
    let printer = std::sync::Arc::new(Printer::spawn(config(&twin)));
    let mut callers = Vec::new();
    for number in 0..20 {
        let printer = std::sync::Arc::clone(&printer);
        callers.push(tokio::spawn(async move {
            printer.print(job(&receipt(&format!("No {number}")))).await
        }));
    }
    for caller in callers {
        assert_eq!(within(caller).await.unwrap(), Outcome::Confirmed);
    }
    let mut seen = pieces(&twin);
    seen.sort();
    let mut expected: Vec<(String, bool)> = (0..20)
        .map(|number| (text(&receipt(&format!("No {number}"))), true))
        .collect();
    expected.sort();
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_shut_down_printer_finishes_the_job_at_hand() {
    let twin = printer().await;
    let printer = Printer::spawn(config(&twin));
    twin.end_paper_after(3);
    let mut progress = printer.progress();
    {
        let printing = printer.print(job(&receipt("SHOP")));
        tokio::pin!(printing);
        tokio::select! {
            _ = &mut printing => unreachable!("it waits for paper"),
            waiting = progress.wait_for(|progress| matches!(progress.phase, Phase::Waiting(_))) => {
                waiting.unwrap();
            }
        }
    }
    twin.refill();
    within(printer.shutdown()).await;
    assert_eq!(pieces(&twin), [(text(&receipt("SHOP")), true)]);
}
