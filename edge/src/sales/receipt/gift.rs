//! The gift receipt: what was bought and where, without prices; its code is the receipt's own, so
//! that whoever got the goods can bring them back.

use counterpart_daemon::web::text::{Locale, date, quantity};
use counterpart_paper::{Document, Qr, Style};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::SaleRecorded;

use crate::context::StoreProfile;

/// What stands on a gift receipt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GiftReceipt<'a> {
    /// Whose.
    pub profile: &'a StoreProfile,
    /// Its language.
    pub locale: Locale,
    /// What was sold.
    pub sale: &'a SaleRecorded,
    /// When, in milliseconds UTC.
    pub sold_at_ms: i64,
}

struct Words {
    title: &'static str,
    receipt: &'static str,
    bring: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                title: "GIFT RECEIPT",
                receipt: "Receipt",
                bring: "Bring this if it does not fit.",
            },
            Locale::De => Self {
                title: "GESCHENKBON",
                receipt: "Beleg",
                bring: "Bitte mitbringen, falls es nicht passt.",
            },
            Locale::Fr => Self {
                title: "TICKET CADEAU",
                receipt: "Ticket",
                bring: "À rapporter si cela ne va pas.",
            },
        }
    }
}

/// Lays a gift receipt out.
#[must_use]
pub(crate) fn gift_receipt(gift: &GiftReceipt<'_>) -> Document {
    let (profile, words) = (gift.profile, Words::of(gift.locale));
    let mut paper = Document::new();
    paper.styled(words.title, Style::title());
    paper.styled(&profile.name, Style::centred().and_bold());
    for line in &profile.address_lines {
        paper.centred(line);
    }
    paper.rule();
    for line in &gift.sale.lines {
        match line.quantity_milli == Milli::ONE {
            true => paper.text(&line.description),
            false => {
                let how_much = quantity(line.quantity_milli.0, gift.locale);
                paper.text(&format!("{how_much} × {}", line.description))
            }
        };
    }
    let number = gift.sale.receipt.to_string();
    let when = date(gift.sold_at_ms, &profile.time_zone, gift.locale);
    paper
        .rule()
        .columns(&when, &format!("{} {number}", words.receipt))
        .centred(words.bring)
        .feed(1);
    if let Ok(code) = Qr::new(&number) {
        paper.qr(code);
    }
    paper.feed(1).cut();
    paper
}
