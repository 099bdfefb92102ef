//! The receipt on paper: store, lines, total, taxes, what was given, what went back, its number.
//!
//! Laid out once; the printer, the preview and the mail show the same lines. The invoice of a sale
//! is made of the same pieces.

mod coupons;
mod exchange;
mod gift;
mod invoice;

pub(crate) use gift::{GiftReceipt, gift_receipt};
pub(crate) use invoice::{Invoice, invoice};
pub(crate) use tenders::{Way, print_rounding, print_tenders};

mod reductions;
mod signature;
mod sold_to;
mod taxes;
mod tenders;

use counterpart_daemon::web::text::{Locale, date_time, money_plain, quantity};
use counterpart_paper::{Document, Qr, Style};
use counterpart_protocol::catalog::Traced;
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{SaleLine, SaleRecorded};
use counterpart_protocol::tax::Rate;

use crate::context::StoreProfile;
use crate::signing::Mark;

/// What stands on a receipt.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Receipt<'a> {
    /// Whose.
    pub profile: &'a StoreProfile,
    /// Its language.
    pub locale: Locale,
    /// What was sold.
    pub sale: &'a SaleRecorded,
    /// What came back in the same transaction, when it was an exchange.
    pub back: Option<&'a ReturnRecorded>,
    /// When, in milliseconds UTC.
    pub sold_at_ms: i64,
    /// Who sold it; only the first name is printed.
    pub cashier: Option<&'a str>,
    /// Which copy it is; nothing for the one original.
    pub copy: Option<CopyOf>,
    /// What it says of its fiscal signature.
    pub mark: &'a Mark,
    /// What its picture says: the signed code of what was paid.
    pub code: &'a str,
}

/// What makes a copy one.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CopyOf {
    /// Counts the copies of a receipt from 1.
    pub number: u16,
    /// When it was printed, in milliseconds UTC.
    pub printed_at_ms: i64,
}

/// Lays a receipt out.
#[must_use]
pub(crate) fn receipt(receipt: &Receipt<'_>) -> Document {
    let mut paper = Document::new();
    head(&mut paper, receipt);
    exchange::came_back(&mut paper, receipt);
    for line in &receipt.sale.lines {
        sale_line(&mut paper, receipt, line);
    }
    sums(&mut paper, receipt);
    taxes::table(&mut paper, receipt);
    exchange::taxes_back(&mut paper, receipt);
    foot(&mut paper, receipt);
    paper
}

/// The few words of a receipt.
struct Words {
    copy: &'static str,
    printed_again: &'static str,
    total: &'static str,
    change: &'static str,
    net: &'static str,
    register: &'static str,
    receipt: &'static str,
    tax_number: &'static str,
    serial: &'static str,
    lot: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                copy: "COPY",
                printed_again: "Printed again",
                total: "TOTAL",
                change: "Change",
                net: "net",
                register: "Register",
                receipt: "Receipt",
                tax_number: "VAT no.",
                serial: "S/N",
                lot: "Lot",
            },
            Locale::De => Self {
                copy: "KOPIE",
                printed_again: "Nachdruck",
                total: "SUMME",
                change: "Rückgeld",
                net: "netto",
                register: "Kasse",
                receipt: "Beleg",
                tax_number: "USt-IdNr.",
                serial: "S/N",
                lot: "Charge",
            },
            Locale::Fr => Self {
                copy: "DUPLICATA",
                printed_again: "Réimprimé",
                total: "TOTAL",
                change: "Rendu",
                net: "HT",
                register: "Caisse",
                receipt: "Ticket",
                tax_number: "N° TVA",
                serial: "N° de série",
                lot: "Lot",
            },
        }
    }
}

impl Receipt<'_> {
    fn amount(&self, minor: Minor) -> String {
        money_plain(minor.0, self.sale.currency.decimals(), self.locale)
    }

    fn at(&self, at_ms: i64) -> String {
        date_time(at_ms, &self.profile.time_zone, self.locale)
    }

    fn words(&self) -> Words {
        Words::of(self.locale)
    }
}

fn head(paper: &mut Document, receipt: &Receipt<'_>) {
    let (profile, words) = (receipt.profile, receipt.words());
    if let Some(copy) = receipt.copy {
        paper
            .styled(&format!("{} {}", words.copy, copy.number), Style::title())
            .centred(&format!(
                "{} {}",
                words.printed_again,
                receipt.at(copy.printed_at_ms)
            ))
            .rule();
    }
    paper.styled(&profile.name, Style::centred().and_bold().and_tall());
    for line in &profile.address_lines {
        paper.centred(line);
    }
    let entity = profile.details.entity.as_ref();
    if let Some(entity) = entity {
        paper.centred(&entity.name);
        if let Some(number) = &entity.registration_number {
            paper.centred(number);
        }
    }
    // A store's own number counts before that of the company that runs it.
    let companys = || entity.and_then(|entity| entity.tax_number.as_ref());
    if let Some(number) = profile.tax_number.as_ref().or_else(companys) {
        paper.centred(&format!("{} {number}", words.tax_number));
    }
    if let Some(phone) = &profile.details.phone {
        paper.centred(phone);
    }
    paper.rule();
}

/// One piece stands on one line; anything else says how much of it and at what price below. What
/// came off stands below that, so that the amounts of a line add up to what it costs.
fn sale_line(paper: &mut Document, receipt: &Receipt<'_>, line: &SaleLine) {
    // Lines of which nothing came off state what is paid, also those of before there was more to
    // it.
    let gross = line.gross_minor().filter(|_| !line.reductions().is_empty());
    let amount = receipt.amount(gross.unwrap_or_else(|| line.marked_minor()));
    if line.quantity_milli == Milli::ONE {
        paper.columns(&line.description, &amount);
        reductions::print(paper, receipt, line);
        return note(paper, receipt, line);
    }
    let how_much = format!(
        "  {} × {}",
        quantity(line.quantity_milli.0, receipt.locale),
        receipt.amount(line.unit_price_minor)
    );
    paper.text(&line.description).columns(&how_much, &amount);
    reductions::print(paper, receipt, line);
    note(paper, receipt, line);
}

/// Which piece it is and what somebody noted of it stand below all else of a line.
fn note(paper: &mut Document, receipt: &Receipt<'_>, line: &SaleLine) {
    let remarks = line.remarks.as_ref();
    let traced = remarks.and_then(|remarks| remarks.traced.as_ref());
    if let Some(traced) = traced
        && let Some(number) = &traced.number
    {
        let word = match traced.traced {
            Traced::Serial => receipt.words().serial,
            Traced::Lot => receipt.words().lot,
        };
        paper.text(&format!("  {word} {number}"));
    }
    if let Some(note) = remarks.and_then(|remarks| remarks.note.as_ref()) {
        paper.text(&format!("  {note}"));
    }
}

fn sums(paper: &mut Document, receipt: &Receipt<'_>) {
    let (sale, words) = (receipt.sale, receipt.words());
    let total = format!("{} {}", words.total, sale.currency);
    let amount = receipt.amount(sale.total_minor);
    paper.rule();
    taxes::added(paper, receipt);
    paper.columns_styled(&total, &amount, Style::bold().and_tall());
    reductions::sum(paper, receipt);
    coupons::print(paper, receipt);
    sold_to::print(paper, receipt);
    let written = (sale.currency, receipt.locale);
    let money = exchange::net(paper, receipt);
    print_rounding(paper, sale.rounded_minor(), written);
    print_tenders(paper, &money, Way::Paid, written);
    exchange::went_back(paper, receipt);
    if sale.change_minor > Minor::ZERO {
        paper.columns(words.change, &receipt.amount(sale.change_minor));
    }
}

fn foot(paper: &mut Document, receipt: &Receipt<'_>) {
    let (sale, words) = (receipt.sale, receipt.words());
    let number = sale.receipt.to_string();
    let first_name = receipt
        .cashier
        .and_then(|name| name.split_whitespace().next());
    let mut place = format!("{} {}", words.register, sale.receipt.register);
    if let Some(first_name) = first_name {
        place = format!("{place} / {first_name}");
    }
    paper
        .rule()
        .columns(&receipt.at(receipt.sold_at_ms), &place)
        .columns(words.receipt, &number)
        .feed(1);
    if let Ok(code) = Qr::new(receipt.code) {
        paper.qr(code);
    }
    signature::signature(paper, receipt);
    if let Some(footer) = &receipt.profile.receipt_footer {
        paper.feed(1).centred(footer);
    }
    paper.feed(1).cut();
}

/// Writes a rate: 21 000 thousandths of a percent are `21 %`.
pub(crate) fn percent(rate: Rate, locale: Locale) -> String {
    format!("{} %", quantity(i64::from(rate.0), locale))
}

#[cfg(test)]
mod tests;
