//! What the journal tells of goods that were sold though others may have been promised them.

use counterpart_protocol::ids::StaffId;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{LineRemarks, PromisedSold, SaleRecorded};

use super::{fact, reading, sale, store};
use crate::journal::rules::{Entry, EntryKind, Exporter, entries_of};

/// The shirts of the story, one of which was not the store's own to sell.
fn of_promised(approved_by: Option<StaffId>) -> SaleRecorded {
    let mut sale = sale();
    sale.lines[0].remarks = Some(LineRemarks {
        promised: Some(PromisedSold {
            quantity_milli: Milli::ONE,
            by: StaffId::from_parts(1, 8),
            approved_by,
            on_hand_milli: Milli::units(3),
            own_milli: Milli::ONE,
        }),
        ..LineRemarks::default()
    });
    sale
}

#[test]
fn who_let_promised_goods_go_is_an_entry_of_its_own() {
    let of = |sale: &SaleRecorded| -> Option<Entry> {
        let made = entries_of(&fact(sale)).unwrap().entries;
        made.into_iter().find(|it| it.kind == EntryKind::Promised)
    };
    assert_eq!(of(&sale()), None);
    let manager = StaffId::from_parts(1, 9);
    let entry = of(&of_promised(Some(manager))).unwrap();
    assert_eq!(entry.staff, Some(StaffId::from_parts(1, 8)));
    assert_eq!(entry.approved_by, Some(manager));
    assert_eq!(entry.amount_minor.unwrap().0, 1_900);
    assert_eq!(of(&of_promised(None)).unwrap().approved_by, None);
    let made = entries_of(&fact(&of_promised(None))).unwrap();
    let shirt = (EntryKind::Promised, "TEE-M".parse().unwrap());
    assert!(made.items.contains(&shirt), "{:?}", made.items);
}

#[test]
fn a_poslog_says_how_much_was_promised_and_by_whom_it_went() {
    let exporter = Exporter::new("poslog", store()).unwrap();
    let mut text = exporter.head();
    let manager = StaffId::from_parts(1, 9);
    let sold = fact(&of_promised(Some(manager)));
    text.push_str(&exporter.fact((1, 7), &sold).unwrap());
    text.push_str(&exporter.foot());
    let inside = "POSLog/Transaction/RetailTransaction/LineItem/Sale/cp:PromisedUnits/";
    let told: Vec<(String, String)> = reading::document(&text)
        .into_iter()
        .filter_map(|(at, text)| Some((at.strip_prefix(inside)?.to_owned(), text)))
        .collect();
    let by = StaffId::from_parts(1, 8).to_string();
    let expected = [
        ("Quantity", "1".to_owned()),
        ("OperatorID", by),
        ("OperatorBypassApproval", manager.to_string()),
    ];
    assert_eq!(told, expected.map(|(at, text)| (at.to_owned(), text)));
}
