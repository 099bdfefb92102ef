//! A payment terminal and its script: whatever becomes of an answer, nobody pays twice.

use std::sync::Arc;
use std::time::Duration;

use counterpart_hardware::{
    IntentId, NexoTerminal, NexoTerminalConfig, PayRefused, PayRequest, PayState, PersonDecision,
    ReverseRequest, TerminalAct, TerminalDesk, TerminalEntryKind, TerminalFailed, TerminalFault,
    TerminalHealth, TerminalTotals, TlsTrust, VirtualTerminal,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::world::within;

fn settings(twin: &VirtualTerminal) -> NexoTerminalConfig {
    let mut config = NexoTerminalConfig::new(twin.port_address(), "TILL-1", "P400-1");
    config.pay_limit = Duration::from_secs(15);
    config
}

async fn terminal() -> (VirtualTerminal, TerminalDesk) {
    let twin = VirtualTerminal::spawn("127.0.0.1:0".parse().unwrap(), None)
        .await
        .unwrap();
    let desk = TerminalDesk::new(Arc::new(NexoTerminal::new(settings(&twin))));
    (twin, desk)
}

/// As [`terminal`], for acts that are never answered.
async fn impatient() -> (VirtualTerminal, TerminalDesk) {
    let twin = VirtualTerminal::spawn("127.0.0.1:0".parse().unwrap(), None)
        .await
        .unwrap();
    let mut config = settings(&twin);
    config.pay_limit = Duration::from_millis(300);
    let desk = TerminalDesk::new(Arc::new(NexoTerminal::new(config)));
    (twin, desk)
}

fn intent(text: &str) -> IntentId {
    text.parse().unwrap()
}

fn request(name: &str) -> PayRequest {
    PayRequest {
        intent: intent(name),
        amount_minor: 1_234,
        decimals: 2,
        currency: "EUR".to_owned(),
        sale: "S01-1-000042".to_owned(),
        at: "2026-11-29T22:00:00Z".to_owned(),
    }
}

#[tokio::test]
async fn a_customer_pays_once_however_often_it_is_asked_for() {
    let (twin, desk) = terminal().await;
    let first = within(desk.pay(&request("A1"))).await.unwrap();
    let PayState::Approved(approval) = &first else {
        panic!("{first:?}");
    };
    assert_eq!(
        (approval.amount_minor, approval.code.as_deref()),
        (1_234, Some("123456"))
    );
    assert_eq!(approval.last_four.as_deref(), Some("1111"));
    assert!(
        !format!("{first:?}").contains("411111"),
        "no card number: {first:?}"
    );
    assert_eq!(within(desk.pay(&request("A1"))).await.unwrap(), first);
    // Also after the till forgot: the terminal does not.
    let other = TerminalDesk::new(Arc::new(NexoTerminal::new(settings(&twin))));
    assert_eq!(within(other.pay(&request("A1"))).await.unwrap(), first);
    assert_eq!(twin.entries().len(), 1);

    let mut dearer = request("A1");
    dearer.amount_minor = 9_999;
    let refused = within(desk.pay(&dearer)).await.unwrap_err();
    assert!(matches!(refused, PayRefused::OtherRequest(_)), "{refused}");
    twin.shutdown().await;
}

#[tokio::test]
async fn each_act_of_the_script_has_its_state() {
    let (twin, desk) = terminal().await;
    let pay = async |name, act| {
        twin.then(act);
        within(desk.pay(&request(name))).await.unwrap()
    };
    assert_eq!(
        pay("B1", TerminalAct::Decline).await,
        PayState::Declined("declined by the bank".to_owned())
    );
    assert_eq!(pay("B2", TerminalAct::Cancel).await, PayState::Cancelled);
    let offline = pay("B3", TerminalAct::ApproveOffline).await;
    assert!(
        matches!(&offline, PayState::ApprovedOffline(_)),
        "{offline:?}"
    );
    let half = pay("B4", TerminalAct::ApproveHalf).await;
    assert!(
        matches!(&half, PayState::Approved(half) if half.amount_minor == 617),
        "{half:?}"
    );
    assert_eq!(
        twin.entries()
            .iter()
            .map(|entry| entry.kind)
            .collect::<Vec<_>>(),
        [TerminalEntryKind::PaidOffline, TerminalEntryKind::Paid]
    );
    twin.shutdown().await;
}

#[tokio::test]
async fn a_payment_whose_answer_was_lost_blocks_the_next_until_it_is_known() {
    let (twin, desk) = terminal().await;
    twin.then(TerminalAct::ApproveButDropReply);
    assert_eq!(
        within(desk.pay(&request("C1"))).await.unwrap(),
        PayState::Unknown
    );
    assert_eq!(twin.entries().len(), 1, "the customer has paid");
    assert_eq!(desk.blocked_by(), Some(intent("C1")));

    let refused = within(desk.pay(&request("C2"))).await.unwrap_err();
    assert!(
        matches!(&refused, PayRefused::Unknown(which) if *which == intent("C1")),
        "{refused}"
    );
    let again = within(desk.pay(&request("C1"))).await.unwrap();
    assert_eq!(
        again,
        PayState::Unknown,
        "it is not asked for a second time"
    );

    // A terminal that is away leaves it as unknown as it was.
    twin.set_fault(TerminalFault::Garbage);
    assert!(within(desk.resolve()).await.is_err());
    assert_eq!(desk.blocked_by(), Some(intent("C1")));
    twin.set_fault(TerminalFault::None);
    let (which, state) = within(desk.resolve()).await.unwrap().unwrap();
    assert_eq!(which, intent("C1"));
    assert!(matches!(state, PayState::Approved(_)), "{state:?}");
    assert_eq!(desk.blocked_by(), None);
    assert!(within(desk.pay(&request("C2"))).await.unwrap().is_final());
    assert_eq!(twin.entries().len(), 2);
    twin.shutdown().await;
}

#[tokio::test]
async fn a_payment_the_terminal_never_answered_is_asked_about() {
    let (twin, desk) = impatient().await;
    twin.then(TerminalAct::TimeOut);
    assert_eq!(
        within(desk.pay(&request("D1"))).await.unwrap(),
        PayState::Unknown
    );
    let (_, state) = within(desk.resolve()).await.unwrap().unwrap();
    assert!(matches!(state, PayState::Declined(_)), "{state:?}");
    assert!(twin.entries().is_empty());
    twin.shutdown().await;
}

#[tokio::test]
async fn a_payment_from_before_a_restart_blocks_too() {
    let (twin, desk) = terminal().await;
    desk.expect_unknown(intent("E1"));
    let refused = within(desk.pay(&request("E2"))).await.unwrap_err();
    assert!(matches!(refused, PayRefused::Unknown(_)), "{refused}");
    // The terminal never heard of it: the power went before it was asked.
    let (_, state) = within(desk.resolve()).await.unwrap().unwrap();
    assert_eq!(state, PayState::Cancelled);
    assert!(within(desk.pay(&request("E2"))).await.unwrap().is_final());
    twin.shutdown().await;
}

#[tokio::test]
async fn a_person_can_say_what_became_of_it() {
    let (twin, desk) = terminal().await;
    desk.expect_unknown(intent("F1"));
    twin.set_fault(TerminalFault::Busy);
    assert!(within(desk.resolve()).await.is_err());
    desk.settle(&intent("F1"), PersonDecision::NotPaid).unwrap();
    assert_eq!(desk.blocked_by(), None);
    let refused = desk
        .settle(&intent("F1"), PersonDecision::NotPaid)
        .unwrap_err();
    assert!(
        matches!(refused, PayRefused::NothingToSettle(_)),
        "{refused}"
    );
    twin.shutdown().await;
}

#[tokio::test]
async fn a_payment_under_way_can_be_given_up() {
    let (twin, desk) = terminal().await;
    twin.then(TerminalAct::WaitForAbort);
    let asked = request("G1");
    let paying = desk.pay(&asked);
    let giving_up = async {
        let mut shown = desk.shown();
        shown
            .wait_for(|shown| matches!(shown, Some((_, PayState::Waiting))))
            .await
            .unwrap();
        let second = desk.pay(&request("G2")).await.unwrap_err();
        assert!(matches!(second, PayRefused::UnderWay(_)), "{second}");
        desk.abort().await.unwrap();
    };
    let (paid, ()) = within(async { tokio::join!(paying, giving_up) }).await;
    assert_eq!(paid.unwrap(), PayState::Cancelled);
    assert!(twin.entries().is_empty());
    twin.shutdown().await;
}

#[tokio::test]
async fn a_till_that_stops_waiting_knows_that_it_does_not_know() {
    let (twin, desk) = terminal().await;
    twin.then(TerminalAct::WaitForAbort);
    let asked = request("H1");
    within(async {
        let mut shown = desk.shown();
        // What is shown is let go of before the call is dropped, which shows something else.
        let begun = async {
            let waiting = |shown: &Option<_>| matches!(shown, Some((_, PayState::Waiting)));
            shown.wait_for(waiting).await.map(drop)
        };
        tokio::select! {
            paid = desk.pay(&asked) => panic!("{paid:?}"),
            begun = begun => begun.unwrap(),
        }
    })
    .await;
    assert_eq!(desk.blocked_by(), Some(intent("H1")));
    assert!(matches!(
        desk.shown().borrow().clone(),
        Some((_, PayState::Unknown))
    ));
    twin.shutdown().await;
}

#[tokio::test]
async fn what_was_never_begun_can_be_begun_again() {
    let (twin, desk) = terminal().await;
    twin.set_fault(TerminalFault::Busy);
    let refused = within(desk.pay(&request("I1"))).await.unwrap_err();
    assert!(
        matches!(refused, PayRefused::Failed(TerminalFailed::Busy)),
        "{refused}"
    );
    assert_eq!(desk.blocked_by(), None);
    assert_eq!(within(desk.health()).await.unwrap(), TerminalHealth::Busy);
    twin.set_fault(TerminalFault::None);
    assert!(within(desk.pay(&request("I1"))).await.unwrap().is_final());
    assert_eq!(within(desk.health()).await.unwrap(), TerminalHealth::Ready);
    assert_eq!(twin.entries().len(), 1);
    twin.shutdown().await;
}

#[tokio::test]
async fn money_goes_back_once_and_the_totals_say_so() {
    let (twin, desk) = terminal().await;
    let paid = within(desk.pay(&request("J1"))).await.unwrap();
    let PayState::Approved(approval) = paid else {
        panic!("{paid:?}");
    };
    let back = ReverseRequest {
        intent: intent("J2"),
        transaction: approval.transaction,
        transaction_at: approval.transaction_at,
        amount_minor: 1_000,
        decimals: 2,
        currency: "EUR".to_owned(),
        at: "2026-11-29T22:05:00Z".to_owned(),
    };
    for _ in 0..2 {
        let given = within(desk.reverse(&back)).await.unwrap();
        assert!(matches!(&given, PayState::Approved(given) if given.amount_minor == 1_000));
    }
    let strange = ReverseRequest {
        intent: intent("J3"),
        transaction: "T9999".to_owned(),
        ..back
    };
    let refused = within(desk.reverse(&strange)).await.unwrap();
    assert!(matches!(refused, PayState::Declined(_)), "{refused:?}");
    assert_eq!(
        within(desk.reconcile(&intent("J4"))).await.unwrap(),
        TerminalTotals {
            payments: 1,
            paid_minor: 1_234,
            reversals: 1,
            reversed_minor: 1_000,
        }
    );
    assert_eq!(
        within(desk.reconcile(&intent("J5"))).await.unwrap(),
        TerminalTotals::default(),
        "the period was closed"
    );
    twin.shutdown().await;
}

#[tokio::test]
async fn only_the_terminal_with_the_right_certificate_is_believed() {
    let made = |name: &str| rcgen::generate_simple_self_signed(vec![name.to_owned()]).unwrap();
    let (ours, other) = (made("terminal.shop"), made("terminal.shop"));
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(ours.signing_key.serialize_der()));
    let server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![ours.cert.der().clone()], key)
        .unwrap();
    let listen = "127.0.0.1:0".parse().unwrap();
    let twin = VirtualTerminal::spawn(listen, Some(Arc::new(server)))
        .await
        .unwrap();
    let desk = |pem: &str, name: &str| {
        let mut config = settings(&twin);
        config.tls = Some(TlsTrust::from_pem(pem.as_bytes(), name).unwrap());
        TerminalDesk::new(Arc::new(NexoTerminal::new(config)))
    };
    let right = desk(&ours.cert.pem(), "terminal.shop");
    assert!(within(right.pay(&request("K1"))).await.unwrap().is_final());
    for wrong in [
        desk(&other.cert.pem(), "terminal.shop"),
        desk(&ours.cert.pem(), "another.shop"),
    ] {
        let refused = within(wrong.pay(&request("K2"))).await.unwrap_err();
        let expected = matches!(refused, PayRefused::Failed(TerminalFailed::Unreachable(_)));
        assert!(expected, "{refused:?}");
        assert_eq!(wrong.blocked_by(), None);
    }
    assert_eq!(twin.entries().len(), 1);
    assert!(TlsTrust::from_pem(b"nothing", "terminal.shop").is_err());
    twin.shutdown().await;
}
