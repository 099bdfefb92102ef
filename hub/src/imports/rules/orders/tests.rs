//! Order files: rows that are one order, orders that do not add up, and a large file.

use std::collections::{BTreeMap, HashMap};

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::money::Currency;
use counterpart_protocol::orders::Payment;

use super::OrderRows;
use crate::imports::rules::{Checked, Form, Known, Rows, check};
use crate::orders::{DeliveryDraft, OrderChecker};

const HEAD: &str =
    "channel,reference,sku,quantity,price,total,payment,store_id,discount,name,email\n";

fn read(rows: &str) -> Checked<OrderRows> {
    let units = [("PEN", Unit::Piece), ("TEA", Unit::Kilogram)];
    let units: HashMap<String, Unit> = units.map(|(sku, unit)| (sku.to_owned(), unit)).into();
    let stores = BTreeMap::from([("ghent-1".parse().unwrap(), Currency::EUR)]);
    let checker = OrderChecker::of(1_800_000_000_000, stores, &units);
    let known = Known::Orders(Currency::EUR, units, checker);
    let text = format!("{HEAD}{rows}");
    match check(text.as_bytes(), Form::Csv, known, |_| ()) {
        Rows::Orders(checked) => checked,
        other => panic!("these are no orders: {other:?}"),
    }
}

#[track_caller]
fn check_problems(rows: &str, expected: &[(u64, &str, &str)]) {
    let checked = read(rows);
    let found = &checked.problems;
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    for (problem, (row, column, part)) in found.iter().zip(expected) {
        assert_eq!((problem.row, problem.column.as_str()), (*row, *column));
        assert!(problem.sentence.contains(part), "{}", problem.sentence);
    }
    assert!(checked.items.is_empty(), "{:#?}", checked.items);
}

#[test]
fn rows_with_one_reference_are_one_order() {
    let checked = read(
        "web,A-1,PEN,2,1.20,7.40,paid,ghent-1,,A. Customer,a@shop.example\n\
         web,A-2,PEN,1,1.20,1.20,at_pickup,ghent-1,,,\n\
         web,A-1,TEA,0.5,12,7.40,paid,ghent-1,1.00,A. Customer,a@shop.example\n",
    );
    assert_eq!(checked.problems, []);
    let [(2, first), (3, second)] = &checked.items[..] else {
        panic!("two orders: {:#?}", checked.items);
    };
    assert_eq!(first.rows, [2, 4]);
    assert_eq!(first.draft.lines[1].amount_minor, 500);
    assert_eq!(first.draft.customer.as_ref().unwrap().name, "A. Customer");
    assert_eq!(second.draft.payment, Payment::AtPickup);
    assert_eq!(second.draft.customer, None);
    let store = "ghent-1".to_owned();
    assert_eq!(second.draft.delivery, DeliveryDraft::Pickup { store });
}

#[test]
fn every_bad_cell_is_named_with_what_to_do() {
    check_problems(
        "web,A-1,INK,1,1.20,1.20,paid,ghent-1,,,\n\
         web,A-2,PEN,0,1.20,1.20,cheque,ghent-1,,,\n\
         web,A-3,PEN,1,1.20,1.20,paid,oslo-1,,,\n\
         web,A-4,PEN,1,,1.20,paid,ghent-1,,,\n\
         a b,A-5,PEN,1,1.20,1.20,paid,ghent-1,,,\n\
         web,A-6,PEN,1,1.20,1.20,paid,,,A. Customer,\n\
         web,A-7,PEN,1,1.20,1.20,paid,ghent-1,,,a@shop.example\n",
        &[
            (2, "sku", "no product INK"),
            (3, "quantity", "leave the row out"),
            (3, "payment", "write paid, authorised or at_pickup"),
            (4, "store_id", "no store called 'oslo-1'"),
            (5, "price", "price of one unit"),
            (6, "channel", "is no channel"),
            (7, "address", "needs the customer's address"),
            (8, "name", "needs a name"),
        ],
    );
}

#[test]
fn what_stands_in_a_slipped_column_is_not_repeated() {
    let checked = read("web,A-1,PEN,1,1.20,1.20,A. Customer,ghent-1,,,\n");
    assert_eq!(checked.problems.len(), 1);
    assert!(!format!("{:?}", checked.problems).contains("A. Customer"));
}

#[test]
fn an_order_comes_whole_or_not_at_all() {
    check_problems(
        "web,A-1,PEN,2,1.20,2.50,paid,ghent-1,,,\n\
         web,A-2,PEN,1,1.20,2.40,paid,ghent-1,,,\n\
         web,A-2,INK,1,1.20,2.40,paid,ghent-1,,,\n\
         web,A-3,PEN,1,1.20,2.40,paid,ghent-1,,,\n\
         web,A-3,PEN,1,1.20,2.40,at_pickup,ghent-1,,,\n",
        &[
            (2, "total", "add up to 2.40, the order says 2.50"),
            (3, "reference", "another row of this order is bad"),
            (4, "sku", "no product INK"),
            (6, "payment", "row 5 of the same order"),
        ],
    );
    assert_eq!(
        read("web,A-1,PEN,2,1.20,2.50,paid,ghent-1,,,\n").rows_bad,
        1
    );
}

#[test]
fn of_ten_thousand_orders_the_37_bad_ones_are_found() {
    let mut rows = String::new();
    for row in 2..10_002 {
        let total = if row % 270 == 0 { "9.99" } else { "1.20" };
        rows += &format!("web,A-{row},PEN,1,1.20,{total},paid,ghent-1,,,\n");
    }
    let checked = read(&rows);
    assert_eq!((checked.items.len(), checked.rows_bad), (9_963, 37));
    assert_eq!(checked.problems.len(), 37);
    assert_eq!(checked.problems[0].row, 270);
}
