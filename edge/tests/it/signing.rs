//! Fiscal signing: a receipt waits for its signature, an outage is said and made up for, and a sale
//! has one signature whatever is switched off, lost or killed on the way.
//!
//! Every world's hub is a closed port: all of it works with the line cut.

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use counterpart_daemon::entropy::{Entropy as _, SeededEntropy};
use counterpart_daemon::params;
use counterpart_hardware::{SignerFault, VirtualPrinter, VirtualSigner};
use serde_json::{Value, json};

use crate::counter::{ADA, Clerk, Counter, MILK};
use crate::factory::{AMPLE, World, read, soon};

/// The kinds of the facts of signing.
const SIGNED: u32 = 21;
const UNSIGNED: u32 = 22;
const BEGAN: u32 = 23;
const ENDED: u32 = 24;

/// A store that signs, with printer; a receipt waits for its signature for `limit`.
async fn signing(limit: Duration) -> (Counter, VirtualPrinter, VirtualSigner) {
    let mut world = World::enrolled().await;
    let printer = world.with_printer().await;
    let signer = world.with_signer(limit).await;
    (Counter::of(world).await, printer, signer)
}

/// Returns how many facts of a kind the store has stated.
async fn facts(counter: &Counter, kind: u32) -> i64 {
    read(counter.edge.context().db(), move |tx| {
        let sql = "SELECT COUNT(*) FROM feed_records WHERE direction = 'out' AND kind = $1";
        tx.query_one(sql, params![kind])?.read(0)
    })
    .await
}

/// Waits until the facts of signing are these many: signed, unsigned, began, ended.
async fn until_facts(counter: &Counter, expected: [i64; 4]) {
    let mut changes = counter.edge.context().live().changes();
    let mut seen = [0; 4];
    let reached = async {
        loop {
            for (place, kind) in [SIGNED, UNSIGNED, BEGAN, ENDED].into_iter().enumerate() {
                seen[place] = facts(counter, kind).await;
            }
            if seen == expected {
                return;
            }
            changes.any_of(&["sales", "status"]).await;
        }
    };
    if tokio::time::timeout(AMPLE, reached).await.is_err() {
        panic!("the facts are {seen:?}, expected {expected:?}");
    }
}

async fn paper(printer: &VirtualPrinter, count: usize) -> String {
    let came = printer.until(|seen| seen.receipts.len() >= count);
    soon("a receipt", came).await.receipts[count - 1]
        .text
        .clone()
}

async fn signing_of(clerk: &Clerk<'_>, sold: &Value) -> Value {
    let path = format!("/v1/sales/{}", sold["sale_id"].as_str().unwrap());
    clerk.get(&path).await.json()["signing"].clone()
}

#[tokio::test]
async fn a_receipt_waits_for_its_signature_and_carries_it() {
    let (counter, printer, signer) = signing(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    let sold = ada.sell_milk().await;
    assert_eq!(sold["change_minor"], 0);
    let text = paper(&printer, 1).await;
    for line in [
        "1-1-000001",
        "Fiscal signature",
        "Signature no.",
        "2026-11-23T11:00:00Z",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    let opened = printer.until(|seen| seen.pulses.len() == 2);
    soon("the drawer", opened).await;
    until_facts(&counter, [1, 0, 0, 0]).await;
    let told = signing_of(&ada, &sold).await;
    assert_eq!(
        (&told["state"], &told["on_receipt"]),
        (&json!("signed"), &json!(true))
    );
    assert_eq!(told["signature"]["serial"], signer.serial());
    assert_eq!(told["signature"]["counter"], 1);
    let status = ada.get("/v1/status").await.json();
    let expected = json!({
        "state": "works", "reason": null, "failed_since": null, "unsigned": 0
    });
    assert_eq!(status["signer"], expected);
    let signed = signer.signed();
    assert_eq!(signed[0].key, sold["sale_id"].as_str().unwrap());
    assert!(
        signed[0].content.contains("\"total_minor\":129"),
        "{}",
        signed[0].content
    );
    counter.edge.shutdown().await;
}

/// A fault: the receipts say so at once, the sales are signed afterwards, nothing prints again.
async fn outage(fault: SignerFault, limit: Duration, reason: &str) {
    let (counter, printer, signer) = signing(limit).await;
    let ada = counter.at_open_till(0).await;
    signer.set_fault(fault);
    let first = ada.sell_milk().await;
    let text = paper(&printer, 1).await;
    assert!(text.contains("Signing device failed"), "{fault:?}\n{text}");
    let second = ada.sell_milk().await;
    assert!(paper(&printer, 2).await.contains("Signing device failed"));
    until_facts(&counter, [0, 2, 1, 0]).await;
    let status = ada.get("/v1/status").await.json();
    assert_eq!(status["signer"]["reason"], reason, "{status}");
    assert_eq!(status["signer"]["unsigned"], 2);
    assert_eq!(signing_of(&ada, &second).await["state"], "outage");
    assert!(
        ada.page("/register/1")
            .await
            .text
            .contains("Signing device failed")
    );
    assert!(
        ada.page("/status")
            .await
            .text
            .contains("2 sales are unsigned.")
    );

    counter.world.clock.advance(Duration::from_secs(60));
    signer.set_fault(SignerFault::None);
    until_facts(&counter, [2, 2, 1, 1]).await;
    let late = signing_of(&ada, &first).await;
    assert_eq!(
        (&late["state"], &late["on_receipt"]),
        (&json!("signed"), &json!(false))
    );
    let path = format!("/sales/{}", first["sale_id"].as_str().unwrap());
    let page = ada.page(&path).await.text;
    assert!(
        page.contains("signed afterwards, the receipt lacks it"),
        "{page}"
    );
    assert!(
        !ada.page("/register/1")
            .await
            .text
            .contains("Signing device failed")
    );
    assert_eq!(
        printer.snapshot().receipts.len(),
        2,
        "nothing prints by itself"
    );
    let copy = format!("/v1{path}/reprint");
    ada.done(&copy, json!({})).await;
    assert!(paper(&printer, 3).await.contains("Signed afterwards"));
    ada.sell_milk().await;
    assert!(paper(&printer, 4).await.contains("Fiscal signature"));
    assert_eq!(signer.signed().len(), 3, "one signature a sale");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_signer_that_is_off_is_said_and_made_up_for() {
    outage(SignerFault::Off, AMPLE, "away").await;
}

#[tokio::test]
async fn a_signer_whose_certificate_ended_is_said_and_made_up_for() {
    outage(SignerFault::Refuses, AMPLE, "refused").await;
}

#[tokio::test]
async fn a_signer_that_talks_nonsense_is_said_and_made_up_for() {
    outage(SignerFault::Garbage, AMPLE, "nonsense").await;
}

#[tokio::test]
async fn a_signer_that_is_too_slow_is_said_and_made_up_for() {
    // It has signed the first sale all the same: that signature is found, not made again.
    let never = SignerFault::Slow(Duration::from_secs(3_600));
    outage(never, Duration::from_secs(2), "silent").await;
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_before_anybody_waits() {
    let (counter, printer, signer) = signing(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    signer.set_fault(SignerFault::DropsAfterSigning);
    ada.sell_milk().await;
    assert!(paper(&printer, 1).await.contains("Fiscal signature"));
    until_facts(&counter, [1, 0, 0, 0]).await;
    assert_eq!(signer.signed().len(), 1);
    counter.edge.shutdown().await;
}

/// Copies a folder as a power cut leaves it: files as they are now, no file closed.
fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn a_store_killed_between_paid_and_signed_ends_with_one_signature_and_one_receipt() {
    let (mut counter, printer, signer) = signing(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    signer.set_fault(SignerFault::Slow(Duration::from_secs(3_600)));
    let mut changes = signer.changes();
    let sold = ada.sell_milk().await;
    soon("the device to sign", async {
        while signer.signed().is_empty() {
            changes.changed().await.unwrap();
        }
    })
    .await;
    assert_eq!(signing_of(&ada, &sold).await["state"], "waiting");
    assert_eq!(printer.snapshot().receipts.len(), 0, "the receipt waits");
    let (before, after) = (counter.world.config.data.clone(), "after-the-power-cut");
    let after = counter.world.folder.path().join(after);
    copy_folder(&before, &after);
    counter.world.config.data = after;

    let mended = || signer.set_fault(SignerFault::None);
    let counter = counter.restarted_after(mended).await;
    assert!(paper(&printer, 1).await.contains("Fiscal signature"));
    until_facts(&counter, [1, 0, 0, 0]).await;
    let ada = counter.sign_in(ADA).await;
    assert_eq!(signing_of(&ada, &sold).await["state"], "signed");
    ada.sell_milk().await;
    paper(&printer, 2).await;
    assert_eq!(signer.signed().len(), 2, "one for each sale");
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn a_signer_taken_out_of_the_settings_leaves_no_receipt_waiting() {
    let (mut counter, printer, signer) = signing(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    signer.set_fault(SignerFault::Slow(Duration::from_secs(3_600)));
    ada.sell_milk().await;
    counter.world.config.signer = None;
    let counter = counter.restarted().await;
    assert!(paper(&printer, 1).await.contains("Signing device failed"));
    until_facts(&counter, [0, 1, 1, 1]).await;
    let ada = counter.sign_in(ADA).await;
    let page = ada.page("/status").await.text;
    assert!(page.contains("no signing device is set"), "{page}");
    ada.sell_milk().await;
    assert!(!paper(&printer, 2).await.contains("Signing device"));
    counter.edge.shutdown().await;
}

/// Sells, breaks, mends and restarts as the seed says; then the signer works.
async fn trade(seed: u64) {
    let (mut counter, printer, signer) = signing(Duration::from_millis(400)).await;
    counter.at_open_till(0).await;
    let chance = SeededEntropy::new(seed);
    let mut sold = BTreeSet::new();
    for _ in 0..14 {
        let mut byte = [0];
        chance.fill(&mut byte);
        match byte[0] % 10 {
            0 => signer.set_fault(SignerFault::None),
            1 => signer.set_fault(SignerFault::Off),
            2 => signer.set_fault(SignerFault::Refuses),
            3 => signer.set_fault(SignerFault::Garbage),
            4 => signer.set_fault(SignerFault::DropsAfterSigning),
            5 => signer.set_fault(SignerFault::Slow(Duration::from_secs(3_600))),
            6 => counter = counter.restarted().await,
            _ => {
                let ada = counter.sign_in(ADA).await;
                let paid = ada.sell_milk().await;
                sold.insert(paid["sale_id"].as_str().unwrap().to_owned());
            }
        }
    }
    signer.set_fault(SignerFault::None);
    let mut changes = counter.edge.context().live().changes();
    soon("every sale to be signed", async {
        while facts(&counter, SIGNED).await < i64::try_from(sold.len()).unwrap() {
            changes.any_of(&["sales", "status"]).await;
        }
    })
    .await;
    let signed: Vec<String> = signer.signed().into_iter().map(|made| made.key).collect();
    let keys: BTreeSet<String> = signed.iter().cloned().collect();
    assert_eq!(keys, sold, "seed {seed}: every sale and nothing else");
    assert_eq!(
        signed.len(),
        sold.len(),
        "seed {seed}: one signature a sale"
    );
    let facts_signed = facts(&counter, SIGNED).await;
    assert_eq!(
        facts_signed,
        i64::try_from(sold.len()).unwrap(),
        "seed {seed}"
    );
    let (prints, rest) = read(counter.edge.context().db(), |tx| {
        let prints = "SELECT COUNT(*) FROM print_jobs WHERE kind = 'receipt'";
        let prints: i64 = tx.query_one(prints, params![])?.read(0)?;
        let rest: i64 = tx
            .query_one("SELECT COUNT(*) FROM signings", params![])?
            .read(0)?;
        Ok((prints, rest))
    })
    .await;
    assert_eq!(
        (prints, rest),
        (facts_signed, 0),
        "seed {seed}: one receipt a sale"
    );
    printer.shutdown().await;
    counter.edge.shutdown().await;
}

#[tokio::test]
async fn whatever_fails_every_paid_sale_ends_with_exactly_one_signature() {
    for seed in [1, 2, 3, 5, 8] {
        trade(seed).await;
    }
}

#[tokio::test]
async fn the_views_of_signing_are_what_a_rebuild_makes_of_the_facts() {
    let (counter, printer, signer) = signing(AMPLE).await;
    let ada = counter.at_open_till(0).await;
    ada.sell_milk().await;
    until_facts(&counter, [1, 0, 0, 0]).await;
    signer.set_fault(SignerFault::Refuses);
    ada.sell_milk().await;
    until_facts(&counter, [1, 1, 1, 0]).await;
    ada.scan(MILK).await;
    let before = dump(&counter).await;
    let replica = counter.edge.context().replica().clone();
    let rebuilt = counter.edge.context().db();
    rebuilt.write(move |tx| replica.rebuild(tx)).await.unwrap();
    assert_eq!(dump(&counter).await, before);
    printer.shutdown().await;
    counter.edge.shutdown().await;
}

async fn dump(counter: &Counter) -> Vec<String> {
    read(counter.edge.context().db(), |tx| {
        let mut rows = Vec::new();
        for view in ["sale_signatures", "unsigned_receipts", "signing_outages"] {
            let sql = format!("SELECT * FROM {view} ORDER BY 1");
            let found = tx.query_all(&sql, params![])?;
            assert!(!found.is_empty(), "{view} has rows");
            rows.extend(found.iter().map(|row| format!("{view} {row:?}")));
        }
        Ok(rows)
    })
    .await
}
