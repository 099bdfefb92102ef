//! The layouts of the labels a workflow prints: on a carton for another store, on the bag of an
//! order that waits for its customer.
//!
//! It decides nothing; what a shelf label says is in `service.rs`, with the price it looks up.

use counterpart_daemon::web::text::Lang;
use counterpart_paper::{CartonCode, CartonLabel, Label, LabelMedia, PickLabel};

use crate::context::StoreProfile;

/// Whether a label is the first of its kind, or printed once more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LabelCopy {
    /// The one that belongs to the act.
    First,
    /// Printed again because somebody asked: it says so.
    Again,
}

/// A parcel for another store, all of its cartons.
#[derive(Debug, Clone, Copy)]
pub struct Parcel<'a> {
    /// The transfer's id: what the barcode says, as on its slip.
    pub number: &'a str,
    /// The store it goes to.
    pub to: &'a str,
    /// When it left, in milliseconds UTC.
    pub sent_at_ms: i64,
    /// How many cartons it is, from 1.
    pub cartons: u16,
}

/// A bag that waits for its customer.
#[derive(Debug, Clone, Copy)]
pub struct Bag<'a> {
    /// What people call the order; what its code says.
    pub reference: &'a str,
    /// Who ordered, as short as it is said at the counter; nothing where nobody knows.
    pub customer: Option<&'a str>,
    /// Where it waits.
    pub place: &'a str,
    /// Since when, in milliseconds UTC.
    pub staged_at_ms: i64,
}

/// Lays out the label of one carton of a parcel; `number` counts from 1.
pub(super) fn carton(
    (lang, profile): (&Lang, &StoreProfile),
    parcel: &Parcel<'_>,
    number: u16,
    copy: LabelCopy,
) -> Label {
    let mut from = vec![profile.name.clone()];
    from.extend(profile.address_lines.iter().cloned());
    let sent = lang.date_time(parcel.sent_at_ms, &profile.time_zone);
    let label = CartonLabel {
        from,
        to: vec![parcel.to.to_owned()],
        order: format!("{} {sent}", lang.word("labels-sent")),
        carton: format!("{number} / {}", parcel.cartons),
        note: mark(lang, copy),
        code: CartonCode::Own(parcel.number.to_owned()),
    };
    let label = label.label(LabelMedia::CARTON);
    label.expect("a transfer's id is twenty-six letters and digits")
}

/// Lays out the label of a bag. A reference no code can spell is read by people.
pub(super) fn bag(
    (lang, profile): (&Lang, &StoreProfile),
    bag: &Bag<'_>,
    copy: LabelCopy,
) -> Label {
    let since = lang.date_time(bag.staged_at_ms, &profile.time_zone);
    let mut note = format!("{} {since}", lang.word("labels-staged"));
    if let Some(mark) = mark(lang, copy) {
        note = format!("{mark}  {note}");
    }
    let label = PickLabel {
        order: bag.reference.to_owned(),
        customer: bag.customer.unwrap_or_default().to_owned(),
        slot: Some(bag.place.to_owned()),
        note,
        code: bag.reference.to_owned(),
    };
    let plain = PickLabel {
        code: "?".to_owned(),
        ..label.clone()
    };
    let label = label.label(LabelMedia::PICK);
    let label = label.or_else(|_| plain.label(LabelMedia::PICK));
    label.expect("a question mark can be spelt")
}

fn mark(lang: &Lang, copy: LabelCopy) -> Option<String> {
    match copy {
        LabelCopy::First => None,
        LabelCopy::Again => Some(lang.word("labels-copy")),
    }
}
