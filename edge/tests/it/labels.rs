//! Labels in the print queue: printed once, waiting in order, sent elsewhere, asked about when
//! nobody is sure, and forgotten once they are on paper.

use std::net::SocketAddr;
use std::time::Duration;

use counterpart_daemon::params;
use counterpart_edge::devices::CounterSetup;
use counterpart_hardware::{LabelConfig, LabelFault, VirtualLabelPrinter};
use counterpart_protocol::ids::RegisterId;
use data_encoding::BASE64;
use serde_json::{Value, json};

use crate::counter::{ADA, Clerk, Counter};
use crate::factory::{CounterTwins, World, read, soon};

/// A store with a label printer at each of two registers.
async fn shop() -> (Counter, CounterTwins, VirtualLabelPrinter) {
    let mut world = World::enrolled().await;
    let twins = world.with_counter().await;
    let here: SocketAddr = "127.0.0.1:0".parse().unwrap();
    let other = VirtualLabelPrinter::spawn(here).await.unwrap();
    let mut second = world.config.registers[0].clone();
    second.id = RegisterId(2);
    second.name = "Register 2".to_owned();
    let mut labels = LabelConfig::new(other.port_address());
    labels.timeouts.poll = Duration::from_millis(20);
    second.counter = CounterSetup {
        label_printer: Some(labels),
        ..CounterSetup::default()
    };
    world.config.registers.push(second);
    (Counter::of(world).await, twins, other)
}

async fn open_labels(ada: &Clerk<'_>) -> Vec<Value> {
    let answer = ada.get("/v1/labels").await;
    answer.json()["labels"].as_array().unwrap().clone()
}

/// Waits until the open labels are as wanted.
async fn until(
    counter: &Counter,
    ada: &Clerk<'_>,
    what: &str,
    wanted: impl Fn(&[Value]) -> bool,
) -> Vec<Value> {
    let mut changes = counter.edge.context().devices().changes();
    soon(what, async {
        loop {
            changes.mark_unchanged();
            let labels = open_labels(ada).await;
            if wanted(&labels) {
                return labels;
            }
            changes.changed().await.unwrap();
        }
    })
    .await
}

pub(crate) async fn printed(twin: &VirtualLabelPrinter, count: usize) -> Vec<String> {
    let mut changes = twin.changes();
    soon("the labels", async {
        while twin.printed().len() < count {
            changes.changed().await.unwrap();
        }
    })
    .await;
    twin.printed().iter().map(|label| label.text()).collect()
}

async fn shelf(ada: &Clerk<'_>, sku: &str) -> Value {
    let body = json!({ "sku": sku });
    ada.done("/v1/registers/1/shelf-labels", body).await
}

#[tokio::test]
async fn a_shelf_label_and_a_carrier_s_come_out_once_and_leave_nothing_behind() {
    let (counter, twins, _other) = shop().await;
    let ada = counter.sign_in(ADA).await;
    let body = json!({ "sku": "MILK", "copies": 2 });
    let first = ada.post_as("once", "/v1/registers/1/shelf-labels", body.clone());
    let first = first.await.json();
    let again = ada.post_as("once", "/v1/registers/1/shelf-labels", body);
    assert_eq!(again.await.json(), first, "a repeated command is one label");
    let zpl = b"^XA^FO20,20^FDParcel 17^FS^XZ";
    let body = json!({ "about": "Parcel 17", "label": BASE64.encode(zpl) });
    ada.done("/v1/registers/1/carrier-labels", body).await;
    let texts = printed(&twins.labels, 2).await;
    assert!(
        texts[0].contains("1.29") || texts[0].contains("1,29"),
        "{}",
        texts[0]
    );
    assert_eq!(twins.labels.printed()[0].copies, 2);
    assert!(texts[1].contains("Parcel 17"), "{}", texts[1]);
    until(&counter, &ada, "no open label", <[Value]>::is_empty).await;
    let kept = read(counter.edge.context().db(), |tx| {
        tx.query_one("SELECT SUM(length(bytes)) FROM print_jobs", params![])?
            .read::<i64>(0)
    });
    assert_eq!(kept.await, 0, "whom a label is for stands on paper only");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn labels_wait_for_their_printer_and_can_be_sent_to_another() {
    let (counter, twins, other) = shop().await;
    let ada = counter.sign_in(ADA).await;
    twins.labels.set_fault(LabelFault::Off);
    let milk = shelf(&ada, "MILK").await;
    shelf(&ada, "APPLES").await;
    let waiting = until(&counter, &ada, "a reason", |labels| {
        labels
            .iter()
            .any(|label| label["sentence"].as_str().unwrap().contains("waits"))
    });
    let waiting = waiting.await;
    assert_eq!(waiting.len(), 2);
    assert_eq!(
        waiting[0]["sentence"],
        "The label “Oat milk 1 l” waits: the printer cannot be reached: check that it is \
         switched on and its cable is in. It then prints by itself."
    );
    let path = format!("/v1/labels/{}/printer", milk["job_id"].as_str().unwrap());
    let page = ada.page("/labels").await;
    assert!(page.text.contains("Print there"), "{}", page.text);
    ada.post(&path, json!({ "register": 9 }))
        .await
        .check_refused(
            "no_label_printer",
            "register 9 has no label printer: choose another register",
        );
    ada.done(&path, json!({ "register": 2 })).await;
    let texts = printed(&other, 1).await;
    assert!(texts[0].contains("milk"), "{}", texts[0]);
    let left = until(&counter, &ada, "one open label", |labels| labels.len() == 1).await;
    assert_eq!(left[0]["about"], "Apples Jonagold");
    let printed_already = ada.post(&path, json!({ "register": 1 })).await.problem();
    assert_eq!(printed_already.1, "label_not_waiting");
    twins.labels.set_fault(LabelFault::None);
    let texts = printed(&twins.labels, 1).await;
    assert!(
        texts[0].contains("Apples Jonagold"),
        "the milk was not printed twice: {texts:?}"
    );
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_label_nobody_is_sure_of_is_asked_about_and_printed_again_when_somebody_says_so() {
    let (counter, twins, _other) = shop().await;
    let ada = counter.at_open_till(0).await;
    twins.labels.set_fault(LabelFault::DropsAfter(60));
    let job = shelf(&ada, "MILK").await;
    let doubt = until(&counter, &ada, "a doubt", |labels| {
        labels.iter().any(|label| label["state"] == "uncertain")
    });
    doubt.await;
    assert_eq!(twins.labels.printed().len(), 0);
    let job = job["job_id"].as_str().unwrap();
    let page = ada.page("/register/1").await;
    assert!(page.text.contains("Print again"), "{}", page.text);
    let path = format!("/v1/labels/{job}/printer");
    let moved = ada.post(&path, json!({ "register": 2 })).await;
    assert_eq!(moved.problem().1, "label_not_waiting");
    twins.labels.set_fault(LabelFault::None);
    let said = json!({ "settlement": "reprinted" });
    ada.done(&format!("/v1/print-jobs/{job}/settle"), said)
        .await;
    let texts = printed(&twins.labels, 1).await;
    assert!(texts[0].contains("milk"), "{}", texts[0]);
    until(&counter, &ada, "no open label", <[Value]>::is_empty).await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn what_cannot_be_printed_is_said_at_once() {
    let (counter, twins, _other) = shop().await;
    let ada = counter.sign_in(ADA).await;
    let page = json!({ "about": "Parcel", "label": BASE64.encode(b"<html>404</html>") });
    ada.post("/v1/registers/1/carrier-labels", page)
        .await
        .check_refused(
            "no_label",
            "the label is neither ZPL nor PDF: ask the carrier for one of them",
        );
    let unknown = ada.post("/v1/registers/1/shelf-labels", json!({ "sku": "NOBODY" }));
    assert_eq!(unknown.await.status, 404);
    let none = ada.post(
        "/v1/registers/1/shelf-labels",
        json!({ "sku": "MILK", "copies": 0 }),
    );
    none.await
        .check_refused("copies", "print 1 to 100 labels at a time");
    // This printer prints no PDF: the label fails at once and can be sent to one that does.
    let pdf = json!({ "about": "Parcel 18", "label": BASE64.encode(b"%PDF-1.7 x %%EOF") });
    ada.done("/v1/registers/1/carrier-labels", pdf).await;
    let failed = until(&counter, &ada, "a failure", |labels| {
        labels.iter().any(|label| label["state"] == "failed")
    });
    assert_eq!(
        failed.await[0]["sentence"],
        "The carrier's label “Parcel 18” was not printed: this label printer prints no PDF: ask \
         the carrier for ZPL."
    );
    assert_eq!(twins.labels.printed().len(), 0);
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_label_that_was_being_printed_when_the_server_died_is_in_doubt() {
    let (counter, twins, _other) = shop().await;
    twins.labels.set_fault(LabelFault::Off);
    let ada = counter.sign_in(ADA).await;
    shelf(&ada, "MILK").await;
    until(&counter, &ada, "a reason", |labels| {
        labels
            .iter()
            .any(|label| label["sentence"].as_str().unwrap().contains("waits"))
    })
    .await;
    let marked = counter.edge.context().db().write(|tx| {
        tx.execute(
            "UPDATE print_jobs SET state = 'sending' WHERE line = 'labels'",
            params![],
        )
    });
    assert_eq!(marked.await.unwrap(), 1);
    let labels = twins.labels.clone();
    let counter = counter
        .restarted_after(move || labels.set_fault(LabelFault::None))
        .await;
    let ada = counter.sign_in(ADA).await;
    let open = open_labels(&ada).await;
    assert_eq!(open[0]["state"], "uncertain", "{open:?}");
    assert_eq!(
        twins.labels.printed().len(),
        0,
        "it is not sent again by itself"
    );
    counter.edge.shutdown().await;
}
