//! What a scanned code means: one function from bytes and an AIM identifier to [`Scanned`].
//!
//! ```text
//! bytes, AIM identifier ─► read ─► Gtin      EAN, UPC, ITF-14, ISBN, ISSN
//!                                  InStore   a retailer's own number with a weight or a price in
//! it                                  Elements  GS1-128, DataBar, DataMatrix, QR, Digital Link
//!                                  Text      a SKU, a receipt, a badge, any other address
//! ```
//! It knows codes, not products: whether anything is sold under a number is the catalogue's answer.

mod aim;
mod book;
mod check;
pub mod gs1;
mod gtin;
mod instore;
mod sscc;

pub use aim::{Aim, AimRefused};
pub use book::{AddOn, BookRefused, Isbn, Issn};
pub use check::check_digit;
pub use gtin::{Gtin, GtinRefused};
pub use instore::{Amount, InStore, Template, TemplateRefused};
pub use sscc::{Sscc, SsccRefused};

use aim::Holds;
use gs1::{Elements, ElementsRefused, LinkRefused, SEPARATOR};

/// What a scan says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scanned {
    /// A trade item number with a right check digit.
    Gtin(Gtin),
    /// A number a retailer's own scale printed: an item, and how much of it.
    InStore(InStore),
    /// Values behind application identifiers: goods, a box, a lot, a weight, a day.
    Elements(Elements),
    /// Any other printable code: a SKU, a receipt number, a badge.
    Text(String),
}

/// Why a scan says nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScanRefused {
    /// Nothing was read.
    #[error("nothing was read: scan again")]
    Empty,
    /// The symbol holds a trade item number whose check digit is wrong.
    #[error("{code} has a wrong check digit: scan again, or type the number below the bars")]
    CheckDigit {
        /// What was read.
        code: String,
    },
    /// The symbol is one of a fixed length, and a part of it was read.
    #[error("{code} is a part of a number: scan again, or type the number below the bars")]
    CutShort {
        /// What was read.
        code: String,
    },
    /// The price or weight inside an in-store number has a wrong check digit of its own.
    #[error("the price or weight in {code} was read wrong: scan again, or weigh it again")]
    Amount {
        /// What was read.
        code: String,
    },
    /// The symbol should hold GS1 element strings and does not.
    #[error("{0}: scan again, or scan another code on the item")]
    Elements(#[source] ElementsRefused),
    /// The address is made like a Digital Link and is none.
    #[error("{0}: scan another code on the item")]
    Link(#[source] LinkRefused),
    /// The code is not text a shop uses.
    #[error("the code holds {bytes} bytes that are not text: scan again")]
    NotText {
        /// How many bytes were read.
        bytes: usize,
    },
}

impl Scanned {
    /// Returns the trade item number goods are looked up by, if it holds one. The number of an
    /// in-store code is the one without its value.
    #[must_use]
    pub fn gtin(&self) -> Option<Gtin> {
        match self {
            Self::Gtin(gtin) => Some(*gtin),
            Self::InStore(found) => Some(found.item),
            Self::Elements(elements) => elements.gtin(),
            Self::Text(_) => None,
        }
    }

    /// Returns the code as text, if it is nothing but that.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Gtin(_) | Self::InStore(_) | Self::Elements(_) => None,
        }
    }

    /// Returns how much the code says it is, if it says so: in-store numbers, and element strings
    /// with a net weight, a number of pieces or a price. `decimals` are those of the shop's
    /// currency.
    #[must_use]
    pub fn amount(&self, decimals: u32) -> Option<Amount> {
        match self {
            Self::InStore(found) => Some(found.amount),
            Self::Elements(found) => {
                let price = || u32::try_from(found.price_minor(decimals)?).ok();
                let grams = found.net_weight_grams().map(Amount::Grams);
                grams
                    .or_else(|| price().map(Amount::PriceMinor))
                    .or_else(|| found.pieces().map(Amount::Pieces))
            }
            Self::Gtin(_) | Self::Text(_) => None,
        }
    }
}

/// Reads what a scanner delivered, where no number is the shop's own. `aim` is what it says it
/// read, if it says so.
///
/// # Errors
/// [`ScanRefused`], in a sentence for the person who scanned.
pub fn read(bytes: &[u8], aim: Option<Aim>) -> Result<Scanned, ScanRefused> {
    read_with(bytes, aim, &[])
}

/// Reads what a scanner delivered. The first of `templates` a trade item number fits takes it
/// apart.
///
/// Without an identifier, 8, 12, 13 or 14 digits are a trade item number, `ISBN` or `ISSN` in front
/// announce one, and what holds a separator or is made like an element string of goods or of a box
/// is one.
///
/// # Errors
/// [`ScanRefused`], in a sentence for the person who scanned.
///
/// ```
/// use counterpart_protocol::barcode::{Amount, Scanned, Template, read_with};
///
/// let ours: Vec<Template> = vec!["21IIIIIWWWWWC".parse()?];
/// let read = read_with(b"2112345012353", Some("]E0".parse()?), &ours)?;
/// assert_eq!(read.amount(2), Some(Amount::Grams(1_235)));
/// assert_eq!(read.gtin().ok_or("it is goods")?.to_string(), "2112345000008");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_with(
    bytes: &[u8],
    aim: Option<Aim>,
    templates: &[Template],
) -> Result<Scanned, ScanRefused> {
    let text = std::str::from_utf8(bytes)
        .ok()
        .map(str::trim)
        .filter(|text| !text.chars().any(|c| c.is_control() && c != SEPARATOR))
        .ok_or(ScanRefused::NotText { bytes: bytes.len() })?;
    if text.is_empty() {
        return Err(ScanRefused::Empty);
    }
    let numbered = |result| number(text, result, templates);
    match aim.map(Aim::holds) {
        None => unannounced(text, templates),
        Some(Holds::Text) => address(text),
        Some(Holds::Elements) => Elements::read(text)
            .map(Scanned::Elements)
            .map_err(ScanRefused::Elements),
        Some(Holds::Digits) => match numbered(Gtin::read(text)) {
            Err(ScanRefused::CutShort { .. }) => Ok(Scanned::Text(text.to_owned())),
            other => other,
        },
        Some(Holds::Ean8) => numbered(Gtin::read_8(text)),
        Some(Holds::Ean) if matches!(text.len(), 6 | 8) => numbered(Gtin::read_upc_e(text)),
        Some(Holds::Ean) => numbered(ean(text)),
        Some(Holds::EanWithAddOn) => {
            let number = AddOn::split(text).map_or(text, |(number, _)| number);
            numbered(ean(number))
        }
    }
}

/// Returns what else a code may be that came without an identifier, from a scanner that types it as
/// a keyboard does or one nobody set right: the identifier it begins with, and the rest.
///
/// A product's own number may begin like that, so ask for the whole code first.
#[must_use]
pub fn split_aim(code: &[u8]) -> Option<(Aim, &[u8])> {
    let (aim, rest) = code.split_at_checked(3)?;
    let aim = std::str::from_utf8(aim).ok()?;
    let aim = aim.starts_with(']').then(|| aim.parse().ok())??;
    (!rest.is_empty()).then_some((aim, rest))
}

/// EAN-13 and UPC-A; 14 digits are in neither.
fn ean(text: &str) -> Result<Gtin, GtinRefused> {
    match text.len() {
        12 | 13 => Gtin::read(text),
        _ if check::digits(text).is_some() => Err(GtinRefused::Length),
        _ => Err(GtinRefused::NotDigits),
    }
}

fn number(
    text: &str,
    read: Result<Gtin, GtinRefused>,
    templates: &[Template],
) -> Result<Scanned, ScanRefused> {
    let code = || text.chars().take(24).collect();
    match read {
        Ok(gtin) => {
            for template in templates {
                match template.split(gtin) {
                    Ok(Some(found)) => return Ok(Scanned::InStore(found)),
                    Ok(None) => {}
                    Err(instore::ValueMisread) => return Err(ScanRefused::Amount { code: code() }),
                }
            }
            Ok(Scanned::Gtin(gtin))
        }
        Err(GtinRefused::CheckDigit { .. }) => Err(ScanRefused::CheckDigit { code: code() }),
        Err(GtinRefused::Length) => Err(ScanRefused::CutShort { code: code() }),
        Err(GtinRefused::NotDigits) => Ok(Scanned::Text(text.to_owned())),
    }
}

/// A code of which no scanner said what it is.
fn unannounced(text: &str, templates: &[Template]) -> Result<Scanned, ScanRefused> {
    let prefix = text.get(..4).unwrap_or_default();
    let named = text
        .get(4..)
        .unwrap_or_default()
        .trim_start_matches([' ', ':']);
    let book = if prefix.eq_ignore_ascii_case("ISBN") {
        Some(Isbn::read(named).map(Isbn::gtin))
    } else if prefix.eq_ignore_ascii_case("ISSN") {
        Some(Issn::read(named).map(|issn| issn.gtin(0)))
    } else {
        None
    };
    match book {
        Some(Ok(gtin)) => return Ok(Scanned::Gtin(gtin)),
        Some(Err(BookRefused::CheckCharacter { .. })) => {
            let code = text.chars().take(24).collect();
            return Err(ScanRefused::CheckDigit { code });
        }
        Some(Err(BookRefused::Length | BookRefused::NotBook)) | None => {}
    }
    if matches!(text.len(), 8 | 12 | 13 | 14) && check::digits(text).is_some() {
        return number(text, Gtin::read(text), templates);
    }
    // Goods or a box, whole and with right check digits: too much to be another shop's code.
    let read = Elements::read(text);
    if let Ok(elements) = read
        && (text.contains(SEPARATOR) || elements.gtin().is_some() || elements.sscc().is_some())
    {
        return Ok(Scanned::Elements(elements));
    }
    address(text)
}

fn address(text: &str) -> Result<Scanned, ScanRefused> {
    match Elements::from_link(text) {
        Ok(elements) => Ok(Scanned::Elements(elements)),
        Err(LinkRefused::NotOne) => Ok(Scanned::Text(text.to_owned())),
        Err(refused) => Err(ScanRefused::Link(refused)),
    }
}

#[cfg(test)]
mod tests;
