//! Decides to whom an invoice may be made out, and whether pressing again makes a copy.

use counterpart_protocol::entities::NumberPrefix;
use counterpart_protocol::ids::{EdgeNumber, RegisterId, StoreId};
use counterpart_protocol::sales::{PaperKind, PaperNumber};
use counterpart_protocol::stores::StoreDetails;

/// What a line of paper takes (hardware.md: 42 or 48 columns).
const LINE_CHARS_MAX: usize = 42;
const ADDRESS_LINES_MAX: usize = 4;

/// The company an invoice is made out to: on paper only, never stored.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Buyer {
    /// Its name.
    pub name: String,
    /// Its address, a line each.
    pub address_lines: Vec<String>,
    /// Its tax number, where the customer gave one.
    pub tax_number: Option<String>,
}

/// Why no invoice was made out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvoiceRefused {
    /// Nobody was named.
    #[error(
        "name the company the invoice is for, in one line of at most {LINE_CHARS_MAX} characters"
    )]
    Name,
    /// It is not said where it is, or in too many words.
    #[error(
        "write the company's address, at most {ADDRESS_LINES_MAX} lines of {LINE_CHARS_MAX} \
         characters"
    )]
    Address,
    /// The tax number does not fit.
    #[error("a tax number has at most {LINE_CHARS_MAX} characters, in one line")]
    TaxNumber,
    /// The paper could not say who sells.
    #[error(
        "this store has no tax number, and an invoice must show the seller's: have it set at the \
         hub, at the store's company; the receipt is good meanwhile"
    )]
    SellerUnknown,
    /// There is nothing to print it with, and it is shown nowhere else.
    #[error(
        "register {0} has no printer, and an invoice is on paper only: ask for it at a register \
         that has one"
    )]
    NoPrinter(RegisterId),
}

/// Checks whom an invoice is for (Directive 2006/112/EC, article 226, points 4 and 5: name and
/// address of the customer, its tax number where it counts).
///
/// # Errors
///
/// [`InvoiceRefused`], naming the first field that is wrong.
pub(crate) fn buyer(name: &str, address: &str, tax_number: &str) -> Result<Buyer, InvoiceRefused> {
    let fits =
        |text: &str| text.chars().count() <= LINE_CHARS_MAX && !text.chars().any(char::is_control);
    let (name, tax_number) = (name.trim(), tax_number.trim());
    if name.is_empty() || !fits(name) {
        return Err(InvoiceRefused::Name);
    }
    let lines = address.lines().map(str::trim);
    let address_lines: Vec<String> = lines
        .filter(|line| !line.is_empty())
        .map(str::to_owned)
        .collect();
    let counted = (1..=ADDRESS_LINES_MAX).contains(&address_lines.len());
    if !counted || !address_lines.iter().all(|line| fits(line)) {
        return Err(InvoiceRefused::Address);
    }
    if !fits(tax_number) {
        return Err(InvoiceRefused::TaxNumber);
    }
    Ok(Buyer {
        name: name.to_owned(),
        address_lines,
        tax_number: (!tax_number.is_empty()).then(|| tax_number.to_owned()),
    })
}

/// Refuses to make out an invoice that could not name its seller's tax number (article 226,
/// point 3).
///
/// # Errors
///
/// [`InvoiceRefused::SellerUnknown`].
pub(crate) fn seller_known(
    own_number: Option<&str>,
    details: &StoreDetails,
) -> Result<(), InvoiceRefused> {
    let entity = details.entity.as_ref();
    let companys = entity.and_then(|entity| entity.tax_number.as_deref());
    match own_number.or(companys) {
        Some(_) => Ok(()),
        None => Err(InvoiceRefused::SellerUnknown),
    }
}

/// Returns what the numbers of a store's papers begin with: its own word, its company's, or the
/// letters and digits of its short name.
pub(crate) fn prefix(store_id: &StoreId, details: &StoreDetails) -> NumberPrefix {
    let companys = || details.entity.as_ref()?.number_prefix.clone();
    details
        .number_prefix
        .clone()
        .or_else(companys)
        .unwrap_or_else(|| NumberPrefix::of_store(store_id))
}

/// Where the store server's next paper of a kind stands in its range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Range {
    /// What its numbers begin with.
    pub prefix: NumberPrefix,
    /// The store server.
    pub edge: EdgeNumber,
    /// Its incarnation.
    pub series: u32,
    /// The next number, from 1.
    pub next: u32,
}

/// What pressing for an invoice comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Invoicing {
    /// The sale's one invoice, under a new number.
    Issue(PaperNumber),
    /// A copy of it, under the number it has.
    Copy(PaperNumber, u16),
}

/// Decides what pressing for an invoice comes to: a sale has one invoice, and every further press
/// is a copy. `issued` is the number it has and how many copies were printed.
pub(crate) fn invoicing(issued: Option<(PaperNumber, u16)>, range: Range) -> Invoicing {
    match issued {
        Some((number, copies)) => Invoicing::Copy(number, copies.saturating_add(1)),
        None => Invoicing::Issue(PaperNumber {
            kind: PaperKind::Invoice,
            prefix: range.prefix,
            edge: range.edge,
            series: range.series,
            number: range.next,
        }),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::ids::EdgeNumber;
    use counterpart_protocol::stores::StoreDetails;

    use super::{InvoiceRefused, Invoicing, Range, buyer, invoicing, prefix, seller_known};

    #[test]
    fn an_invoice_is_made_out_to_somebody_somewhere() {
        #[track_caller]
        fn check(name: &str, address: &str, tax_number: &str, refused: InvoiceRefused) {
            assert_eq!(buyer(name, address, tax_number).err(), Some(refused));
        }
        check(" ", "Dok 1", "", InvoiceRefused::Name);
        check("Bakker\nBV", "Dok 1", "", InvoiceRefused::Name);
        check("Bakker BV", " \n", "", InvoiceRefused::Address);
        check("Bakker BV", "1\n2\n3\n4\n5", "", InvoiceRefused::Address);
        check("Bakker BV", &"x".repeat(43), "", InvoiceRefused::Address);
        check(
            "Bakker BV",
            "Dok 1",
            &"9".repeat(43),
            InvoiceRefused::TaxNumber,
        );
        let made = buyer(" Bakker BV ", "Dok 1\r\n\r\n9000 Gent", "").unwrap();
        assert_eq!((made.name.as_str(), made.tax_number), ("Bakker BV", None));
        assert_eq!(made.address_lines, ["Dok 1", "9000 Gent"]);
    }

    #[test]
    fn an_invoice_needs_the_sellers_tax_number() {
        let details = StoreDetails::default();
        assert_eq!(seller_known(Some("BE 1"), &details), Ok(()));
        assert_eq!(
            seller_known(None, &details),
            Err(InvoiceRefused::SellerUnknown)
        );
    }

    #[test]
    fn a_second_press_is_a_copy_under_the_same_number() {
        let range = |next| Range {
            prefix: "GHE".parse().unwrap(),
            edge: EdgeNumber(7),
            series: 2,
            next,
        };
        let Invoicing::Issue(number) = invoicing(None, range(17)) else {
            panic!("the first press issues");
        };
        assert_eq!(number.to_string(), "GHE-I-7.2-000017");
        let again = invoicing(Some((number.clone(), 0)), range(18));
        assert_eq!(again, Invoicing::Copy(number.clone(), 1));
        let third = invoicing(Some((number.clone(), 1)), range(18));
        assert_eq!(third, Invoicing::Copy(number, 2));
    }

    #[test]
    fn a_store_without_a_prefix_is_named_by_its_short_name() {
        let store = "ghent-1".parse().unwrap();
        let mut details = StoreDetails::default();
        assert_eq!(prefix(&store, &details).as_str(), "GHENT1");
        details.number_prefix = Some("GHE".parse().unwrap());
        assert_eq!(prefix(&store, &details).as_str(), "GHE");
    }
}
