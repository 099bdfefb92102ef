//! What stores counted: tills over and short tender by tender, and the books of safes.

use counterpart_protocol::ids::ShiftId;
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::TenderKind;
use counterpart_protocol::shifts::{
    CashCount, CashMoved, CashMovement, SafeBooked, SafeEntry, ShiftClosed, TenderCounted,
};
use serde_json::json;

use crate::peer::Peer;
use crate::world::{STORE, World};

const SHIFT: ShiftId = ShiftId::from_parts(1, 1);

fn booked(entry: SafeEntry, amount: i64, expected: Option<i64>) -> SafeBooked {
    SafeBooked {
        currency: Currency::EUR,
        entry,
        amount_minor: Minor(amount),
        counted: None,
        expected_minor: expected.map(Minor),
        reason: expected.map(|_| "miscounted".to_owned()),
        reference: Some("BAG 17".to_owned()),
    }
}

/// A till that drops 500.00 and is closed 2.00 short and with 5 dollars too many; the safe gives
/// 300.00 to the bank and is counted 1.00 over.
pub(crate) fn state_the_money(peer: &Peer) {
    peer.state(CashMoved {
        shift_id: SHIFT,
        currency: Currency::EUR,
        movement: CashMovement::Dropped,
        amount_minor: Minor(50_000),
        reason: None,
        reference: Some("DROP 1".to_owned()),
        approved_by: None,
    });
    peer.state(CashMoved {
        shift_id: SHIFT,
        currency: Currency::EUR,
        movement: CashMovement::PaidIn,
        amount_minor: Minor(1_000),
        reason: Some("change".to_owned()),
        reference: None,
        approved_by: None,
    });
    peer.state(ShiftClosed {
        shift_id: SHIFT,
        currency: Currency::EUR,
        z_number: 4,
        counted: CashCount::lump(Minor(9_800)),
        expected_minor: Minor(10_000),
        over_short_minor: Minor(-200),
        reason: Some("wrong_change".to_owned()),
        sales: 12,
        sales_minor: Minor(31_000),
        totals: None,
        others: Some(vec![TenderCounted {
            kind: TenderKind::ForeignCash,
            currency: Some("USD".parse().unwrap()),
            counted_minor: Minor(2_500),
            expected_minor: Minor(2_000),
            over_short_minor: Minor(500),
        }]),
    });
    peer.state(booked(SafeEntry::Banked, 30_000, None));
    peer.state(booked(SafeEntry::Counted, 20_100, Some(20_000)));
}

#[tokio::test]
async fn the_hub_sees_what_a_store_counted_and_what_should_be_in_its_safe() {
    let world = World::with_a_store().await;
    let mut peer = world.edge(STORE).await;
    state_the_money(&peer);
    peer.sync().await;
    let tills = world.get(&format!("/v1/tills?store={STORE}")).await;
    let closing = &tills["closings"][0];
    assert_eq!(
        (
            &closing["z_number"],
            &closing["over_short_minor"],
            &closing["reason"]
        ),
        (&json!(4), &json!(-200), &json!("wrong_change"))
    );
    let other = &closing["others"][0];
    assert_eq!(
        (
            &other["kind"],
            &other["currency"],
            &other["over_short_minor"]
        ),
        (&json!("foreign_cash"), &json!("USD"), &json!(500))
    );
    assert_eq!(
        tills["in_safe"],
        json!([{ "currency": "EUR", "amount_minor": 20_100 }])
    );
    let entries: Vec<&str> = tills["safe"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["entry"].as_str().unwrap())
        .collect();
    assert_eq!(
        entries.len(),
        3,
        "what was paid in is none of the safe's: {tills:#}"
    );
    assert!(entries.contains(&"dropped") && entries.contains(&"banked"));
    let page = world.page(&format!("/tills?store={STORE}")).await;
    for words in [
        "Tills and safe",
        "foreign cash",
        "BAG 17",
        "Bag to the bank",
        "wrong change",
    ] {
        assert!(page.contains(words), "no {words} on the page");
    }
}
