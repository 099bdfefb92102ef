//! The other half of an exchange on its receipt: what came back above what went out, and what went
//! back beside what counted.

use counterpart_daemon::web::text::{Locale, quantity};
use counterpart_paper::{Document, Style};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{Tender, TenderKind};

use super::{Receipt, Way, percent, print_rounding, print_tenders};

/// The few words of an exchange.
struct Words {
    came_back: &'static str,
    of_receipt: &'static str,
    number: &'static str,
    credit: &'static str,
    went_out: &'static str,
    to_pay: &'static str,
    given_back: &'static str,
    tax_back: &'static str,
    net: &'static str,
}

impl Words {
    const fn of(locale: Locale) -> Self {
        match locale {
            Locale::En => Self {
                came_back: "RETURNED",
                of_receipt: "Of receipt",
                number: "Return",
                credit: "Counts for",
                went_out: "BOUGHT",
                to_pay: "TO PAY",
                given_back: "GIVEN BACK",
                tax_back: "Tax of returned",
                net: "net",
            },
            Locale::De => Self {
                came_back: "ZURÜCKGEGEBEN",
                of_receipt: "Zum Beleg",
                number: "Rückgabe",
                credit: "Zählt für",
                went_out: "GEKAUFT",
                to_pay: "ZU ZAHLEN",
                given_back: "ERSTATTET",
                tax_back: "Steuer zurück",
                net: "netto",
            },
            Locale::Fr => Self {
                came_back: "RETOURNÉ",
                of_receipt: "Du ticket",
                number: "Retour",
                credit: "Vaut",
                went_out: "ACHETÉ",
                to_pay: "À PAYER",
                given_back: "REMBOURSÉ",
                tax_back: "Taxe du retour",
                net: "HT",
            },
        }
    }
}

/// Prints what came back, each line below nothing, and what all of it counts for.
pub(super) fn came_back(paper: &mut Document, receipt: &Receipt<'_>) {
    let Some(back) = receipt.back else {
        return;
    };
    let words = Words::of(receipt.locale);
    let less = |minor: Minor| receipt.amount(Minor(minor.0.saturating_neg()));
    paper
        .styled(words.came_back, Style::bold())
        .columns(words.of_receipt, &back.receipt.to_string())
        .columns(words.number, &back.number.to_string());
    for line in &back.lines {
        let name = match line.quantity_milli {
            Milli::ONE => line.description.clone(),
            more => {
                let how_much = quantity(more.0, receipt.locale);
                format!("{how_much} × {}", line.description)
            }
        };
        paper.columns(&name, &less(line.amount_minor));
    }
    paper
        .columns(words.credit, &less(back.total_minor))
        .rule()
        .styled(words.went_out, Style::bold());
}

/// Prints what of the total the goods that came back count for, and what is left to pay; returns
/// what that was paid with.
pub(super) fn net(paper: &mut Document, receipt: &Receipt<'_>) -> Vec<Tender> {
    let sale = receipt.sale;
    let (goods, money): (Vec<Tender>, Vec<Tender>) = sale
        .tenders
        .iter()
        .cloned()
        .partition(|tender| tender.kind == TenderKind::Exchanged);
    let counts = Tender::sum_of(&goods, TenderKind::Exchanged);
    let left = Minor(sale.total_minor.0.saturating_sub(counts.0));
    let written = (sale.currency, receipt.locale);
    print_tenders(paper, &goods, Way::Paid, written);
    if !goods.is_empty() && left > Minor::ZERO {
        let words = Words::of(receipt.locale);
        let title = format!("{} {}", words.to_pay, sale.currency);
        paper.columns_styled(&title, &receipt.amount(left), Style::bold().and_tall());
    }
    money
}

/// Prints what went back of what did not count for goods that went out.
pub(super) fn went_back(paper: &mut Document, receipt: &Receipt<'_>) {
    let Some(back) = receipt.back else {
        return;
    };
    let words = Words::of(receipt.locale);
    let gone = back.tenders.iter();
    let gone = gone.filter(|tender| tender.kind != TenderKind::Exchanged);
    let gone: Vec<_> = gone.cloned().collect();
    let total = Minor::sum(gone.iter().map(|tender| tender.amount_minor));
    let rounding = back.rounded_minor();
    if gone.is_empty() && rounding == Minor::ZERO {
        return;
    }
    let written = (back.currency, receipt.locale);
    let title = format!("{} {}", words.given_back, back.currency);
    let amount = receipt.amount(total.unwrap_or_default());
    paper.columns_styled(&title, &amount, Style::bold().and_tall());
    print_rounding(paper, rounding, written);
    print_tenders(paper, &gone, Way::Back, written);
}

/// Prints the tax that goes back with what came back.
pub(super) fn taxes_back(paper: &mut Document, receipt: &Receipt<'_>) {
    let Some(back) = receipt.back else {
        return;
    };
    let words = Words::of(receipt.locale);
    for tax in &back.taxes {
        let rate = percent(tax.rate, receipt.locale);
        let net = receipt.amount(Minor(tax.net_minor().0.saturating_neg()));
        let left = format!("{} {rate}  {} {net}", words.tax_back, words.net);
        let amount = receipt.amount(Minor(tax.tax_minor.0.saturating_neg()));
        paper.columns(&left, &amount);
    }
}
