//! What a till prints of itself: the Z of a closed one, the X of an open one, and the slip that
//! goes with cash that leaves the drawer.

mod cash;
mod cashiers;
mod tenders;

use counterpart_daemon::web::text::{Lang, date_time, money_plain};
use counterpart_paper::{Document, Style};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::shifts::{ShiftClosed, ShiftTotals, TillSum};

use super::rules::Reason;
use super::store::ByStaff;
use crate::context::StoreProfile;
use crate::sales::percent;

use cashiers::by_cashier;
use tenders::{counted_others, other_tenders, rounding};

pub(super) use cash::{CashSlip, cash_slip};

/// Whether a Z is printed for the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Printed {
    /// It is.
    First,
    /// It is this copy.
    Copy(u32),
}

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
    /// Which print it is.
    pub printed: Printed,
}

impl ZReport<'_> {
    /// Returns the cash that stayed from sales: what should be there less all else that moved.
    fn cash_from_sales(&self) -> Minor {
        let moved = self.closed.totals.as_ref().map_or(0, |totals| {
            let back = totals.returned.as_ref().map_or(0, |it| it.cash_minor.0);
            totals.paid_in_minor.0 - totals.paid_out_minor.0 - totals.dropped_minor.0 - back
        });
        Minor(self.closed.expected_minor.0 - self.float_minor.0 - moved)
    }
}

/// What stands on an X.
#[derive(Debug, Clone, Copy)]
pub(crate) struct XReport<'a> {
    /// The register.
    pub register: RegisterId,
    /// What the shift's facts come to.
    pub sums: &'a TillSum,
    /// What else there is to say.
    pub totals: &'a ShiftTotals,
    /// Since when the till is open, in milliseconds UTC.
    pub opened_at_ms: i64,
    /// When it is printed, in milliseconds UTC.
    pub at_ms: i64,
    /// Who asked for it.
    pub by: &'a str,
    /// What each person sold, by name.
    pub cashiers: &'a [(String, ByStaff)],
}

/// Lays a Z out.
#[must_use]
pub(crate) fn z_report(profile: &StoreProfile, lang: &Lang, z: &ZReport<'_>) -> Document {
    let amount = |minor: Minor| written(profile, lang, minor);
    let at = |at_ms: i64| date_time(at_ms, &profile.time_zone, lang.locale());
    let closed = z.closed;
    let mut paper = Document::new();
    paper.styled(&format!("Z {}", closed.z_number), Style::title());
    if let Printed::Copy(copy) = z.printed {
        paper.styled(&format!("COPY {copy}"), Style::title());
    }
    paper
        .centred(&profile.name)
        .centred(&format!("Register {}", z.register))
        .rule()
        .columns("Opened", &at(z.opened_at_ms))
        .columns("Closed", &at(z.closed_at_ms))
        .columns("By", z.closed_by);
    sold(
        &mut paper,
        profile,
        lang,
        (closed.sales, closed.sales_minor),
    );
    if let Some(totals) = &closed.totals {
        taxes(&mut paper, profile, lang, totals);
        returned(&mut paper, profile, lang, totals);
        rounding(&mut paper, profile, lang, totals);
        other_tenders(&mut paper, profile, lang, totals);
    }
    paper.rule();
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
        .columns("Cash from sales", &amount(z.cash_from_sales()));
    if let Some(totals) = &closed.totals {
        moved(&mut paper, profile, lang, totals);
    }
    paper
        .columns("Should be", &amount(closed.expected_minor))
        .columns_styled("Counted", &amount(counted), Style::bold())
        .columns_styled(
            over_or_short(closed.over_short_minor),
            &amount(closed.over_short_minor),
            Style::bold(),
        );
    counted_others(&mut paper, profile, lang, closed);
    if let Some(reason) = &closed.reason {
        match Reason::read(reason) {
            Ok(known) => paper.text(known.label()),
            Err(_) => paper.text(reason),
        };
    }
    if let Some(totals) = &closed.totals {
        ever(&mut paper, profile, lang, totals);
    }
    paper.feed(2).text("Signature").feed(1).rule().cut();
    paper
}

/// Lays an X out.
#[must_use]
pub(crate) fn x_report(profile: &StoreProfile, lang: &Lang, x: &XReport<'_>) -> Document {
    let amount = |minor: Minor| written(profile, lang, minor);
    let at = |at_ms: i64| date_time(at_ms, &profile.time_zone, lang.locale());
    let mut paper = Document::new();
    paper
        .styled("X", Style::title())
        .centred("The till stays open")
        .centred(&profile.name)
        .centred(&format!("Register {}", x.register))
        .rule()
        .columns("Opened", &at(x.opened_at_ms))
        .columns("Printed", &at(x.at_ms))
        .columns("By", x.by);
    sold(
        &mut paper,
        profile,
        lang,
        (x.sums.sales, x.sums.sales_minor),
    );
    taxes(&mut paper, profile, lang, x.totals);
    returned(&mut paper, profile, lang, x.totals);
    rounding(&mut paper, profile, lang, x.totals);
    other_tenders(&mut paper, profile, lang, x.totals);
    paper
        .rule()
        .columns("Float", &amount(x.sums.float_minor))
        .columns("Cash from sales", &amount(x.sums.cash_sales_minor));
    moved(&mut paper, profile, lang, x.totals);
    paper.columns_styled("Should be", &amount(x.sums.expected_minor()), Style::bold());
    by_cashier(&mut paper, profile, lang, x.cashiers);
    ever(&mut paper, profile, lang, x.totals);
    paper.feed(2).cut();
    paper
}

fn written(profile: &StoreProfile, lang: &Lang, minor: Minor) -> String {
    money_plain(minor.0, profile.currency.decimals(), lang.locale())
}

fn sold(
    paper: &mut Document,
    profile: &StoreProfile,
    lang: &Lang,
    (sales, sales_minor): (u32, Minor),
) {
    paper
        .rule()
        .columns("Sales", &lang.count(i64::from(sales)))
        .columns(
            &format!("Sold {}", profile.currency),
            &written(profile, lang, sales_minor),
        );
}

fn taxes(paper: &mut Document, profile: &StoreProfile, lang: &Lang, totals: &ShiftTotals) {
    for sum in &totals.taxes {
        let rate = percent(sum.rate, lang.locale());
        let gross = written(profile, lang, sum.gross_minor);
        paper.columns(
            &format!("Tax {rate} in {gross}"),
            &written(profile, lang, sum.tax_minor),
        );
    }
}

/// Names what moved outside sales; nothing did on most days.
fn moved(paper: &mut Document, profile: &StoreProfile, lang: &Lang, totals: &ShiftTotals) {
    let back = totals.returned.as_ref().map_or(0, |it| it.cash_minor.0);
    let lines = [
        ("Paid in", totals.paid_in_minor),
        ("Paid out", Minor(-totals.paid_out_minor.0)),
        ("Dropped into the safe", Minor(-totals.dropped_minor.0)),
        ("Returns in cash", Minor(-back)),
    ];
    for (label, minor) in lines {
        if minor != Minor::ZERO {
            paper.columns(label, &written(profile, lang, minor));
        }
    }
}

/// Says what came back, and the tax in it, where something did.
fn returned(paper: &mut Document, profile: &StoreProfile, lang: &Lang, totals: &ShiftTotals) {
    let Some(back) = &totals.returned else {
        return;
    };
    let total = written(profile, lang, Minor(-back.total_minor.0));
    paper
        .columns("Returns", &lang.count(i64::from(back.returns)))
        .columns(&format!("Given back {}", profile.currency), &total);
    for sum in &back.taxes {
        let label = format!("Tax back {}", percent(sum.rate, lang.locale()));
        let tax = written(profile, lang, Minor(-sum.tax_minor.0));
        paper.columns(&label, &tax);
    }
}

fn ever(paper: &mut Document, profile: &StoreProfile, lang: &Lang, totals: &ShiftTotals) {
    let total = written(profile, lang, totals.perpetual_minor);
    paper
        .rule()
        .columns("No-sales", &lang.count(i64::from(totals.no_sales)))
        .columns("Ever sold here", &total);
}

fn over_or_short(difference: Minor) -> &'static str {
    match difference.0 {
        ..0 => "Short",
        0 => "Difference",
        1.. => "Over",
    }
}

#[cfg(test)]
mod tests;
