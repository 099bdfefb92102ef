//! The taxes on a receipt: a table below the total where prices bear them; where they are added,
//! what leads from the prices to the total. Each tax is named where the jurisdiction names it.

use counterpart_daemon::web::text::Locale;
use counterpart_paper::Document;
use counterpart_protocol::money::Minor;
use counterpart_protocol::tax::{Rate, TaxSum};

use super::{Receipt, percent};

/// The few words of it.
struct Words {
    before: &'static str,
    added: &'static str,
    within: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                before: "Before tax",
                added: "Tax",
                within: "VAT",
            },
            Locale::De => Self {
                before: "Vor Steuern",
                added: "Steuer",
                within: "MwSt.",
            },
            Locale::Fr => Self {
                before: "Hors taxes",
                added: "Taxe",
                within: "TVA",
            },
        }
    }
}

/// A tax as it is printed.
struct Printed<'a> {
    name: &'a str,
    rate: Rate,
    net_minor: Minor,
    tax_minor: Minor,
}

/// Prints how prices before tax and their taxes lead to the total; nothing where prices bear them.
pub(super) fn added(paper: &mut Document, receipt: &Receipt<'_>) {
    if !is_added(receipt) {
        return;
    }
    let words = Words::of(receipt.locale);
    let marked = receipt.sale.lines.iter().map(|line| line.marked_minor());
    let marked = Minor::sum(marked).unwrap_or_default();
    paper.columns(words.before, &receipt.amount(marked));
    for tax in &receipt.sale.taxes {
        for printed in printed(receipt, tax, words.added) {
            // What is not taxed is told by no tax.
            if printed.tax_minor != Minor::ZERO {
                let left = format!("{} {}", printed.name, percent(printed.rate, receipt.locale));
                paper.columns(&left, &receipt.amount(printed.tax_minor));
            }
        }
    }
}

/// Prints the table of the taxes within the prices; nothing where they were added.
pub(super) fn table(paper: &mut Document, receipt: &Receipt<'_>) {
    if is_added(receipt) {
        return;
    }
    let (words, common) = (Words::of(receipt.locale), receipt.words());
    paper.rule();
    for tax in &receipt.sale.taxes {
        for printed in printed(receipt, tax, words.within) {
            let left = format!(
                "{} {}  {} {}",
                printed.name,
                percent(printed.rate, receipt.locale),
                common.net,
                receipt.amount(printed.net_minor)
            );
            paper.columns(&left, &receipt.amount(printed.tax_minor));
        }
    }
}

fn is_added(receipt: &Receipt<'_>) -> bool {
    let mut lines = receipt.sale.lines.iter();
    lines.any(|line| line.added_tax_minor.is_some())
}

/// Returns the taxes that make up a rate, or the rate as one tax under the word for it.
fn printed<'a>(receipt: &Receipt<'a>, tax: &TaxSum, unnamed: &'a str) -> Vec<Printed<'a>> {
    let net_minor = tax.net_minor();
    let parts = receipt.sale.parts_of(tax.rate).map(|part| Printed {
        name: &part.name,
        rate: part.rate,
        net_minor,
        tax_minor: part.tax_minor,
    });
    let mut all: Vec<Printed<'a>> = parts.collect();
    if all.is_empty() {
        all.push(Printed {
            name: unnamed,
            rate: tax.rate,
            net_minor,
            tax_minor: tax.tax_minor,
        });
    }
    all
}
