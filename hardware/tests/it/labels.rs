//! Labels on a virtual printer: what was laid out comes out, and each fault says what is known.

use std::time::Duration;

use counterpart_hardware::printer::{Doubt, Obstacle, Outcome};
use counterpart_hardware::{
    DeviceState, LabelConfig, LabelFault, LabelJob, LabelLink, PdfPrinting, Trouble,
    VirtualLabelPrinter, zpl,
};
use counterpart_paper::{CartonCode, CartonLabel, Label, LabelMedia, PickLabel, ShelfLabel};
use proptest::prelude::{prop_assert_eq, proptest};

use crate::world::within;

async fn printer() -> (VirtualLabelPrinter, LabelLink) {
    let twin = VirtualLabelPrinter::spawn("127.0.0.1:0".parse().unwrap())
        .await
        .unwrap();
    let mut config = LabelConfig::new(twin.port_address());
    config.timeouts.answer = Duration::from_secs(5);
    config.timeouts.poll = Duration::from_millis(20);
    config.timeouts.progress = Duration::from_secs(10);
    (twin, LabelLink::new(config))
}

fn shelf(name: &str) -> Label {
    let label = ShelfLabel {
        name: name.to_owned(),
        price: "12.99 €".to_owned(),
        unit_price: Some("25.98 € / kg".to_owned()),
        sku: "CHE-0042".to_owned(),
        gtin: Some("4006381333931".to_owned()),
        ..ShelfLabel::default()
    };
    label.label(LabelMedia::SHELF).unwrap()
}

#[tokio::test]
async fn what_was_laid_out_comes_out() {
    let (twin, mut link) = printer().await;
    let carton = CartonLabel {
        from: vec!["Corner shop".to_owned()],
        to: vec!["Å. Müller".to_owned(), "Ulica Łąkowa 5".to_owned()],
        order: "S01-1-000042".to_owned(),
        carton: "1 / 3".to_owned(),
        code: CartonCode::Sscc("376104250021234569".to_owned()),
        ..CartonLabel::default()
    };
    let pick = PickLabel {
        order: "P-0042".to_owned(),
        customer: "Customer, A.".to_owned(),
        slot: Some("B 12".to_owned()),
        note: "1 / 2".to_owned(),
        code: "CP1:01JD_^~\\".to_owned(),
    };
    let labels = [
        shelf("Mountain cheese"),
        carton.label(LabelMedia::CARTON).unwrap(),
        pick.label(LabelMedia::PICK).unwrap(),
    ];
    for label in &labels {
        let outcome = within(link.print(&LabelJob::of_ours(label, 2))).await;
        assert_eq!(outcome, Outcome::Confirmed);
    }
    let printed = twin.printed();
    assert_eq!(printed.len(), 3);
    for (label, printed) in labels.iter().zip(&printed) {
        assert_eq!(printed.copies, 2);
        assert_eq!(printed.unknown, Vec::<String>::new());
        assert_eq!(printed.label.media, label.media);
        assert!(printed.svg().contains("<svg"));
    }
    assert!(
        printed[0].text().contains("Mountain cheese"),
        "{}",
        printed[0].text()
    );
    assert!(
        printed[0].text().contains("|4006381333931|"),
        "{}",
        printed[0].text()
    );
    assert!(
        printed[1].text().contains("Ulica Łąkowa 5"),
        "{}",
        printed[1].text()
    );
    assert!(
        printed[1].text().contains("|00376104250021234569|"),
        "{}",
        printed[1].text()
    );
    assert!(
        printed[2].text().contains("[CP1:01JD_^~\\]"),
        "{}",
        printed[2].text()
    );
    assert_eq!(*link.state().borrow(), DeviceState::Ready);
    twin.shutdown().await;
}

#[tokio::test]
async fn a_name_gives_the_printer_no_orders() {
    let (twin, mut link) = printer().await;
    let outcome = within(link.print(&LabelJob::of_ours(&shelf("^XZ~JA^XA~HS_5E"), 1))).await;
    assert_eq!(outcome, Outcome::Confirmed);
    let printed = twin.printed();
    assert_eq!(printed.len(), 1, "one label, not two");
    assert!(
        printed[0].text().contains("^XZ~JA^XA~HS_5E"),
        "{}",
        printed[0].text()
    );
    twin.shutdown().await;
}

#[tokio::test]
async fn a_carrier_s_label_arrives_as_it_was_sent() {
    let (twin, mut link) = printer().await;
    let carrier = b"^XA^FO10,10^A0N,30^FDCarrier^FS^FO10,60^BCN,80^FD>:ABC>6123^FS^ZZ9^XZ".to_vec();
    let job = LabelJob::of_carrier(carrier).unwrap();
    assert_eq!(within(link.print(&job)).await, Outcome::Confirmed);
    assert_eq!(twin.printed()[0].text(), "Carrier\n|ABC123|");
    assert_eq!(twin.printed()[0].unknown, ["ZZ9"]);

    let document = b"%PDF-1.7 a page %%EOF".to_vec();
    let job = LabelJob::of_carrier(document.clone()).unwrap();
    let refused = within(link.print(&job)).await;
    let Outcome::NotStarted(Obstacle::Unfit(why)) = refused else {
        panic!("{refused:?}");
    };
    assert!(why.contains("ZPL"), "{why}");
    let mut config = link.config().clone();
    config.pdf = PdfPrinting::Direct;
    assert_eq!(
        within(LabelLink::new(config).print(&job)).await,
        Outcome::Confirmed
    );
    assert_eq!(twin.documents(), [document]);
    twin.shutdown().await;
}

#[tokio::test]
async fn nothing_is_sent_to_a_printer_that_cannot_print() {
    let (twin, mut link) = printer().await;
    let job = LabelJob::of_ours(&shelf("Cheese"), 1);
    for (fault, trouble) in [
        (LabelFault::PaperOut, Trouble::PaperOut),
        (LabelFault::RibbonOut, Trouble::RibbonOut),
        (LabelFault::HeadOpen, Trouble::CoverOpen),
        (LabelFault::Paused, Trouble::Paused),
    ] {
        twin.set_fault(fault);
        let outcome = within(link.print(&job)).await;
        assert_eq!(
            outcome,
            Outcome::NotStarted(Obstacle::NotReady(vec![trouble]))
        );
        assert_eq!(
            within(link.probe()).await,
            DeviceState::Degraded(vec![trouble])
        );
    }
    twin.set_fault(LabelFault::Off);
    let outcome = loop {
        match within(link.print(&job)).await {
            // The port closes a moment after the power went.
            Outcome::Unconfirmed(Doubt::ConnectionLost) => {}
            other => break other,
        }
    };
    assert!(
        matches!(outcome, Outcome::NotStarted(Obstacle::Unreachable(_))),
        "{outcome:?}"
    );
    twin.set_fault(LabelFault::None);
    let printed = twin.printed().len();
    while within(link.print(&job)).await != Outcome::Confirmed {}
    assert_eq!(twin.printed().len(), printed + 1);
    twin.shutdown().await;
}

#[tokio::test]
async fn a_silent_printer_is_not_begun_with() {
    let (twin, link) = printer().await;
    let mut config = link.config().clone();
    config.timeouts.answer = Duration::from_millis(200);
    let mut link = LabelLink::new(config);
    twin.set_fault(LabelFault::Silent);
    let job = LabelJob::of_ours(&shelf("Cheese"), 1);
    assert_eq!(
        within(link.print(&job)).await,
        Outcome::NotStarted(Obstacle::Silent)
    );
    assert!(twin.printed().is_empty());
    twin.shutdown().await;
}

#[tokio::test]
async fn a_label_torn_at_any_byte_never_spoils_the_next() {
    let (twin, mut link) = printer().await;
    let torn = LabelJob::of_ours(&shelf("Torn"), 1);
    let next = LabelJob::of_ours(&shelf("Next"), 1);
    let question = b"~HS".len();
    for at in (0..=torn.bytes().len()).step_by(17) {
        twin.set_fault(LabelFault::DropsAfter(question + at));
        let outcome = within(link.print(&torn)).await;
        assert!(
            matches!(outcome, Outcome::Unconfirmed(_)),
            "{at}: {outcome:?}"
        );
        twin.set_fault(LabelFault::None);
        let before = twin
            .printed()
            .iter()
            .filter(|label| label.text().contains("Next"))
            .count();
        assert_eq!(within(link.print(&next)).await, Outcome::Confirmed, "{at}");
        let printed = twin.printed();
        let last = printed.last().unwrap();
        assert!(
            last.text().contains("Next") && !last.text().contains("Torn"),
            "{at}"
        );
        let after = printed
            .iter()
            .filter(|label| label.text().contains("Next"))
            .count();
        assert!(after == before + 1 || printed.len() == 50, "{at}");
    }
    twin.shutdown().await;
}

proptest! {
    #[test]
    fn no_text_ends_its_label(name in "\\PC{0,60}|[\\^~_A-Z0-9]{0,30}") {
        let label = ShelfLabel { name, price: "1".to_owned(), ..ShelfLabel::default() };
        let bytes = zpl(&label.label(LabelMedia::SHELF).unwrap(), 1);
        let text = String::from_utf8(bytes).unwrap();
        prop_assert_eq!(text.matches("^XA").count(), 1);
        prop_assert_eq!(text.matches("^XZ").count(), 1);
        prop_assert_eq!(text.matches('~').count(), 0);
    }
}
