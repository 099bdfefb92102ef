//! The Z on paper: what a closed till held, should have held, and why they differ.

use counterpart_daemon::web::text::{Lang, date_time, money_plain};
use counterpart_paper::{Document, Style};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::shifts::ShiftClosed;

use super::rules::Reason;
use crate::context::StoreProfile;

/// What stands on a Z.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ZReport<'a> {
    /// The register.
    pub register: RegisterId,
    /// The closing.
    pub closed: &'a ShiftClosed,
    /// Since when the till was open, in milliseconds UTC.
    pub opened_at_ms: i64,
    /// When it was closed, in milliseconds UTC.
    pub closed_at_ms: i64,
    /// The float.
    pub float_minor: Minor,
    /// Who closed it.
    pub closed_by: &'a str,
}

/// Lays a Z out.
#[must_use]
pub(crate) fn z_report(profile: &StoreProfile, lang: &Lang, z: &ZReport<'_>) -> Document {
    let locale = lang.locale();
    let decimals = profile.currency.decimals();
    let amount = |minor: Minor| money_plain(minor.0, decimals, locale);
    let at = |at_ms: i64| date_time(at_ms, &profile.time_zone, locale);
    let closed = z.closed;
    let mut paper = Document::new();
    paper
        .styled(&format!("Z {}", closed.z_number), Style::title())
        .centred(&profile.name)
        .centred(&format!("Register {}", z.register))
        .rule()
        .columns("Opened", &at(z.opened_at_ms))
        .columns("Closed", &at(z.closed_at_ms))
        .columns("By", z.closed_by)
        .rule()
        .columns("Sales", &lang.count(i64::from(closed.sales)))
        .columns(
            &format!("Sold {}", profile.currency),
            &amount(closed.sales_minor),
        )
        .rule();
    for pieces in &closed.counted.pieces {
        let worth = Minor(pieces.value_minor.0 * i64::from(pieces.count));
        paper.columns(
            &format!("{} x {}", pieces.count, amount(pieces.value_minor)),
            &amount(worth),
        );
    }
    let counted = closed.counted.total_minor().unwrap_or(Minor(i64::MAX));
    paper
        .rule()
        .columns("Float", &amount(z.float_minor))
        .columns("Should be", &amount(closed.expected_minor))
        .columns_styled("Counted", &amount(counted), Style::bold())
        .columns_styled(
            over_or_short(closed.over_short_minor),
            &amount(closed.over_short_minor),
            Style::bold(),
        );
    if let Some(reason) = &closed.reason {
        match Reason::read(reason) {
            Ok(known) => paper.text(known.label()),
            Err(_) => paper.text(reason),
        };
    }
    paper.feed(2).text("Signature").feed(1).rule().cut();
    paper
}

fn over_or_short(difference: Minor) -> &'static str {
    match difference.0 {
        ..0 => "Short",
        0 => "Difference",
        1.. => "Over",
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use counterpart_daemon::web::text::{Lang, Locale, Texts};
    use counterpart_protocol::ids::{RegisterId, ShiftId};
    use counterpart_protocol::money::{Currency, Minor};
    use counterpart_protocol::shifts::{CashCount, Pieces, ShiftClosed};
    use jiff::tz::TimeZone;

    use super::{ZReport, z_report};
    use crate::context::StoreProfile;

    #[test]
    fn a_z_says_what_was_counted_and_what_should_have_been_there() {
        let profile = StoreProfile {
            store_id: "ghent-1".parse().unwrap(),
            name: "Ghent Korenmarkt".to_owned(),
            address_lines: vec!["Korenmarkt 1".to_owned()],
            currency: Currency::EUR,
            time_zone: TimeZone::UTC,
            tax_number: None,
            locale: "en".to_owned(),
            details: counterpart_protocol::stores::StoreDetails::default(),
            receipt_footer: None,
        };
        let closed = ShiftClosed {
            shift_id: ShiftId::from_parts(1, 1),
            currency: Currency::EUR,
            z_number: 12,
            counted: CashCount {
                pieces: vec![
                    Pieces {
                        value_minor: Minor(5_000),
                        count: 6,
                    },
                    Pieces {
                        value_minor: Minor(100),
                        count: 3,
                    },
                ],
            },
            expected_minor: Minor(30_500),
            over_short_minor: Minor(-200),
            reason: Some("wrong_change".to_owned()),
            sales: 41,
            sales_minor: Minor(123_450),
        };
        let texts = Arc::new(Texts::new(&[]).unwrap());
        let z = ZReport {
            register: RegisterId(1),
            closed: &closed,
            opened_at_ms: 1_795_424_400_000,
            closed_at_ms: 1_795_456_800_000,
            float_minor: Minor(20_000),
            closed_by: "Ada",
        };
        let paper = z_report(&profile, &Lang::new(texts, Locale::En), &z);
        insta::assert_snapshot!(counterpart_paper::text(&paper, 42));
    }
}
