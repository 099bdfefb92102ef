//! Taxes in the POSLog: those of a transaction by rate and, where the store's jurisdiction names
//! them, by authority; sales tax where it is added to prices, else value added tax.

use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{SaleLine, SaleRecorded};
use counterpart_protocol::tax::{Rate, TaxSum};

use super::{Xml, amount, percent};

/// A tax as the POSLog states it.
pub(super) struct Stated<'a> {
    kind: &'static str,
    authority: Option<&'a str>,
    taxable_minor: Minor,
    tax_minor: Minor,
    rate: Rate,
}

/// Returns the taxes of a sale.
pub(super) fn of_sale(sale: &SaleRecorded) -> Vec<Stated<'_>> {
    let is_added = sale.lines.iter().any(|line| line.added_tax_minor.is_some());
    let kind = kind(is_added);
    let mut all = Vec::new();
    for tax in &sale.taxes {
        let before = all.len();
        all.extend(sale.parts_of(tax.rate).map(|part| Stated {
            kind,
            authority: Some(&part.name),
            taxable_minor: tax.net_minor(),
            tax_minor: part.tax_minor,
            rate: part.rate,
        }));
        if all.len() == before {
            all.push(unnamed(kind, tax));
        }
    }
    all
}

/// Returns the taxes of a return: by rate alone, as it states them.
pub(super) fn of_return(back: &ReturnRecorded) -> Vec<Stated<'_>> {
    let each = back.taxes.iter();
    each.map(|tax| unnamed(kind(false), tax)).collect()
}

const fn kind(is_added: bool) -> &'static str {
    match is_added {
        true => "Sales",
        false => "VAT",
    }
}

fn unnamed<'a>(kind: &'static str, tax: &TaxSum) -> Stated<'a> {
    Stated {
        kind,
        authority: None,
        taxable_minor: tax.net_minor(),
        tax_minor: tax.tax_minor,
        rate: tax.rate,
    }
}

/// Writes one of them.
pub(super) fn taxed(xml: &mut Xml, tax: &Stated<'_>, currency: Currency) {
    xml.element("Tax", &[("TaxType", tax.kind)], |xml| {
        xml.maybe("TaxAuthority", tax.authority);
        amount(xml, "TaxableAmount", tax.taxable_minor, currency);
        amount(xml, "Amount", tax.tax_minor, currency);
        xml.leaf("Percent", percent(tax.rate));
    });
}

/// Writes the tax of a line: its rate, and how much where it was added to the price.
pub(super) fn of_line(xml: &mut Xml, line: &SaleLine, currency: Currency) {
    let added = line.added_tax_minor;
    xml.element("Tax", &[("TaxType", kind(added.is_some()))], |xml| {
        if let Some(added) = added {
            amount(xml, "Amount", added, currency);
        }
        xml.leaf("Percent", percent(line.tax_rate));
    });
}
