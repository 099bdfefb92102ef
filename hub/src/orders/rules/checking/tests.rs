//! Tables of orders that do not add up, and what is said about them.

use std::collections::BTreeMap;

use counterpart_protocol::money::Currency;
use serde_json::{Value, json};

use super::check;
use crate::orders::rules::{KnownProduct, OrderDraft, Terms};

const NOW_MS: i64 = 1_763_890_000_000;

fn order() -> Value {
    json!({
        "channel": "web", "channel_reference": "W-1", "currency": "EUR",
        "lines": [
            { "sku": "PEN", "quantity_milli": 2000, "unit_price_minor": 120, "amount_minor": 240 },
            { "sku": "TEA", "quantity_milli": 350, "unit_price_minor": 1000,
              "discount_minor": 50, "amount_minor": 300, "tax_rate": 6000 },
        ],
        "total_minor": 540,
        "delivery": { "kind": "pickup", "store": "ghent-1" },
        "payment": "paid",
        "customer": { "name": "A. Customer" },
    })
}

/// Checks an order with some of its parts replaced; returns what is wrong, by field.
fn wrong(changes: &[(&str, Value)]) -> Vec<(String, String)> {
    let mut order = order();
    for (pointer, value) in changes {
        *order.pointer_mut(pointer).unwrap() = value.clone();
    }
    let draft: OrderDraft = serde_json::from_value(order).unwrap();
    let stores = BTreeMap::from([("ghent-1".parse().unwrap(), Currency::EUR)]);
    let product = |name: &str, measured| KnownProduct {
        name: name.to_owned(),
        measured,
    };
    let products = BTreeMap::from([
        ("PEN".to_owned(), product("Pen blue", false)),
        ("TEA".to_owned(), product("Green tea", true)),
    ]);
    let alike = BTreeMap::from([("PENN".to_owned(), vec!["PEN".to_owned()])]);
    let terms = Terms {
        now_ms: NOW_MS,
        stores: &stores,
        products: &products,
        alike: &alike,
    };
    match check(&draft, &terms) {
        Ok(_) => Vec::new(),
        Err(refused) => {
            let wrong = refused.0.into_iter();
            wrong.map(|wrong| (wrong.field, wrong.sentence)).collect()
        }
    }
}

#[track_caller]
fn refused(changes: &[(&str, Value)], field: &str, sentence: &str) {
    let wrong = wrong(changes);
    assert!(
        wrong
            .iter()
            .any(|(at, said)| at == field && said.contains(sentence)),
        "{wrong:?}"
    );
}

#[test]
fn an_order_that_adds_up_is_taken() {
    assert_eq!(wrong(&[]), []);
}

#[test]
fn totals_that_do_not_add_up_name_the_line_and_both_sums() {
    refused(
        &[("/lines/0/amount_minor", json!(250))],
        "lines.0.amount_minor",
        "line 1: 2 × 1.20 less 0.00 makes 2.40, the line says 2.50",
    );
    refused(
        &[("/total_minor", json!(541))],
        "total_minor",
        "the lines add up to 5.40, the order says 5.41",
    );
    refused(
        &[
            ("/lines/0/unit_price_minor", json!(i64::MAX)),
            ("/lines/0/amount_minor", json!(i64::MAX)),
        ],
        "total_minor",
        "add up to too much",
    );
    refused(
        &[("/lines/1/discount_minor", json!(-50))],
        "lines.1.amount_minor",
        "below nothing",
    );
}

#[test]
fn what_nobody_knows_is_refused_with_what_looks_alike() {
    refused(
        &[("/lines/0/sku", json!("PENN"))],
        "lines.0.sku",
        "did you mean PEN?",
    );
    refused(
        &[("/lines/0/sku", json!("no such"))],
        "lines.0.sku",
        "nothing called 'no such' is in the catalogue",
    );
    refused(
        &[("/delivery/store", json!("paris-9"))],
        "delivery.store",
        "no store called 'paris-9'",
    );
}

#[test]
fn quantities_have_bounds_and_pieces_are_whole() {
    for quantity in [0, -1_000, 10_000_000, 1_500] {
        refused(
            &[("/lines/0/quantity_milli", json!(quantity))],
            "lines.0.quantity_milli",
            "line 1 orders",
        );
    }
    refused(&[("/lines", json!([]))], "lines", "this one has 0");
}

#[test]
fn an_order_of_another_currency_or_day_is_refused() {
    refused(
        &[("/currency", json!("USD"))],
        "currency",
        "the stores sell in EUR, the order is in USD",
    );
    refused(&[("/currency", json!("euro"))], "currency", "currency code");
    let mut late = order();
    late["placed_at"] = json!("2025-01-01T00:00:00Z");
    let draft: OrderDraft = serde_json::from_value(late).unwrap();
    assert!(draft.placed_at.is_some());
}

#[test]
fn a_parcel_needs_an_address_and_is_not_paid_at_the_counter() {
    let ship = [
        ("/delivery", json!({ "kind": "ship" })),
        ("/payment", json!("at_pickup")),
    ];
    refused(&ship, "customer.address", "needs the customer's address");
    refused(&ship, "payment", "cannot be paid at the counter");
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let wrong = wrong(&[
        ("/channel", json!("The Web")),
        ("/channel_reference", json!(" W-1 ")),
        ("/total_minor", json!(1)),
        ("/customer/name", json!("")),
    ]);
    let fields: Vec<&str> = wrong.iter().map(|(field, _)| field.as_str()).collect();
    assert_eq!(
        fields,
        [
            "channel",
            "channel_reference",
            "total_minor",
            "customer.name"
        ]
    );
}
