//! A signer and each of its faults: one key is one signature, whatever becomes of the answers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use counterpart_hardware::{
    LineSigner, PaidAmount, SignFailed, SignRefusal, SignRequest, Signer as _, SignerFault,
    TaxedAmount, VirtualSigner, VirtualSignerOptions,
};

use crate::world::within;

async fn signer(folder: &Path) -> (VirtualSigner, LineSigner) {
    let twin = VirtualSigner::spawn(VirtualSignerOptions {
        listen: "127.0.0.1:0".parse().unwrap(),
        folder: folder.to_owned(),
        secret: [7; 32],
        time: Arc::new(|| 1_795_431_600_250),
    })
    .await
    .unwrap();
    let driver = LineSigner::new(twin.port_address());
    (twin, driver)
}

fn request(key: &str) -> SignRequest {
    SignRequest {
        key: key.to_owned(),
        register: 1,
        receipt: format!("1-1-{key}"),
        paid_at_ms: 1_795_431_600_000,
        currency: "EUR".to_owned(),
        total_minor: 3_998,
        taxed: vec![TaxedAmount {
            rate_milli: 21_000,
            gross_minor: 3_998,
        }],
        paid: vec![PaidAmount {
            with: "cash".to_owned(),
            amount_minor: 3_998,
        }],
    }
}

#[tokio::test]
async fn a_signature_counts_is_found_again_and_outlives_the_device() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = signer(folder.path()).await;
    assert_eq!(within(driver.find(&request("A"))).await.unwrap(), None);
    let first = within(driver.sign(&request("A"))).await.unwrap();
    let second = within(driver.sign(&request("B"))).await.unwrap();
    assert_eq!((first.counter, second.counter), (1, 2));
    assert_eq!(first.signed_at_ms, 1_795_431_600_250);
    assert!(first.qr.as_deref().unwrap().contains("1-1-A"));
    assert_eq!(
        within(driver.status()).await.unwrap().serial,
        first.serial,
        "the serial is its key"
    );
    twin.shutdown().await;

    let (twin, driver) = signer(folder.path()).await;
    assert_eq!(within(driver.sign(&request("A"))).await.unwrap(), first);
    let third = within(driver.sign(&request("C"))).await.unwrap();
    assert_eq!((third.counter, twin.signed().len()), (3, 3));
    twin.shutdown().await;
}

#[tokio::test]
async fn other_amounts_under_a_used_key_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = signer(folder.path()).await;
    within(driver.sign(&request("A"))).await.unwrap();
    let mut other = request("A");
    other.total_minor = 1;
    let failed = within(driver.sign(&other)).await.unwrap_err();
    let expected = SignRefusal::OtherContent;
    assert!(matches!(&failed, SignFailed::Refused(why) if *why == expected));
    // What is found under the key is not what the finder means, and does not verify.
    let found = within(driver.find(&other)).await.unwrap_err();
    assert!(matches!(found, SignFailed::Garbled(_)), "{found:?}");
    assert_eq!(twin.signed().len(), 1);
    twin.shutdown().await;
}

#[tokio::test]
async fn each_fault_says_whether_it_may_have_signed() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = signer(folder.path()).await;
    let table = [
        (SignerFault::Off, false, 0),
        (SignerFault::Refuses, false, 0),
        (SignerFault::Garbage, true, 0),
        (SignerFault::DropsAfterSigning, true, 1),
    ];
    for (fault, may_have_signed, signed) in table {
        twin.set_fault(fault);
        let failed = loop {
            match within(driver.sign(&request("A"))).await {
                // The port closes a moment after the power went.
                Err(SignFailed::Lost(_)) if fault == SignerFault::Off => {}
                other => break other.unwrap_err(),
            }
        };
        assert_eq!(
            failed.may_have_signed(),
            may_have_signed,
            "{fault:?}: {failed}"
        );
        assert_eq!(twin.signed().len(), signed, "{fault:?}");
    }
    twin.set_fault(SignerFault::None);
    assert!(within(driver.find(&request("A"))).await.unwrap().is_some());
    twin.shutdown().await;
}

#[tokio::test]
async fn an_answer_nobody_waited_for_is_found_later() {
    let folder = tempfile::tempdir().unwrap();
    let (twin, driver) = signer(folder.path()).await;
    twin.set_fault(SignerFault::Slow(Duration::from_secs(3_600)));
    let asked = request("A");
    let mut changes = twin.changes();
    let signed = async {
        while twin.signed().is_empty() {
            changes.changed().await.unwrap();
        }
    };
    within(async {
        tokio::select! {
            answer = driver.sign(&asked) => panic!("it answered: {answer:?}"),
            () = signed => {}
        }
    })
    .await;
    twin.set_fault(SignerFault::None);
    let found = within(driver.find(&asked)).await.unwrap().unwrap();
    assert_eq!(within(driver.sign(&asked)).await.unwrap(), found);
    twin.shutdown().await;
}
