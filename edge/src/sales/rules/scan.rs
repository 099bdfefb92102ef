//! What a scan becomes: an item for the basket, or something that waits for a person.
//!
//! A scan is never dropped: goods that were passed over the scanner are in somebody's hand.

use counterpart_protocol::barcode::{Amount, ScanRefused};
use counterpart_protocol::catalog::{Product, Unit};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::tax::Rate;

use super::basket::Item;

/// Why a scan waits instead of being in the basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
    /// Nothing is sold under the code.
    Unknown,
    /// The product has no price.
    Unpriced,
    /// The product's tax class is not in the catalogue.
    Untaxed,
    /// The code has a wrong check digit.
    Misread,
    /// The code is not text, or empty.
    NotText,
    /// The scanner read something and could not deliver it.
    Lost,
    /// The basket is full.
    Full,
    /// It is the code of a receipt of this store.
    Receipt,
    /// It is a gift card or a credit, and no money is being taken.
    Stored,
    /// It claims to be a coupon and is none of head office's.
    CouponForged,
    /// It is a coupon no promotion here takes.
    CouponUnknown,
    /// It is the number of a coupon, and the hub cannot be asked.
    CouponUnchecked,
    /// It is a coupon whose promotion is over.
    CouponOver,
    /// It is a coupon for a promotion one lies in the basket for.
    CouponHere,
    /// It is a coupon that was used.
    CouponUsed,
    /// Nobody is signed in at the register.
    NobodySignedIn,
    /// The till is not open.
    TillClosed,
}

impl Why {
    const ALL: [Self; 17] = [
        Self::Unknown,
        Self::Unpriced,
        Self::Untaxed,
        Self::Misread,
        Self::NotText,
        Self::Lost,
        Self::Full,
        Self::Receipt,
        Self::Stored,
        Self::CouponForged,
        Self::CouponUnknown,
        Self::CouponUnchecked,
        Self::CouponOver,
        Self::CouponHere,
        Self::CouponUsed,
        Self::NobodySignedIn,
        Self::TillClosed,
    ];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Unpriced => "unpriced",
            Self::Untaxed => "untaxed",
            Self::Misread => "misread",
            Self::NotText => "not_text",
            Self::Lost => "lost",
            Self::Full => "full",
            Self::Receipt => "receipt",
            Self::Stored => "stored",
            Self::CouponForged => "coupon_forged",
            Self::CouponUnknown => "coupon_unknown",
            Self::CouponUnchecked => "coupon_unchecked",
            Self::CouponOver => "coupon_over",
            Self::CouponHere => "coupon_here",
            Self::CouponUsed => "coupon_used",
            Self::NobodySignedIn => "nobody_signed_in",
            Self::TillClosed => "till_closed",
        }
    }

    /// Returns what a word stands for.
    #[must_use]
    pub(crate) fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.word() == word)
    }

    /// Tells whether the scan is only kept until selling can go on; then it becomes a line by
    /// itself. The others need a person.
    #[must_use]
    pub(crate) const fn is_held(self) -> bool {
        match self {
            Self::NobodySignedIn | Self::TillClosed => true,
            Self::Unknown
            | Self::Unpriced
            | Self::Untaxed
            | Self::Misread
            | Self::NotText
            | Self::Lost
            | Self::Full
            | Self::Receipt
            | Self::Stored
            | Self::CouponForged
            | Self::CouponUnknown
            | Self::CouponUnchecked
            | Self::CouponOver
            | Self::CouponHere
            | Self::CouponUsed => false,
        }
    }

    /// Returns what happened and what to do, for the person at the till.
    #[must_use]
    pub(crate) const fn sentence(self) -> &'static str {
        match self {
            Self::Unknown => "Not in the catalogue: find it by name (F2), or put the item aside.",
            Self::Unpriced => "It has no price yet: ask the manager, or put the item aside.",
            Self::Untaxed => "Its tax class is missing: ask the manager, or put the item aside.",
            Self::Misread => {
                "Read wrong: scan the item again, or type the number below the bars, then put this \
                 one aside."
            }
            Self::NotText => "Not a code of goods: scan another code on the item.",
            Self::Lost => "The scanner read something it could not make out: scan the item again.",
            Self::Full => "The sale has 500 lines: take payment, then scan the item again.",
            Self::Receipt => {
                "A receipt: choose what comes back of it, to exchange or to refund it, or put it \
                 aside."
            }
            Self::Stored => {
                "A gift card or credit pays while money is taken (F9), if something is on it: put \
                  this aside."
            }
            Self::CouponForged => {
                "A coupon that head office did not make: keep it, and put this aside."
            }
            Self::CouponUnknown => {
                "A coupon that no promotion of this store takes: put this aside, and sell without \
                 it."
            }
            Self::CouponUnchecked => {
                "The hub is away and cannot check a typed number: scan the coupon itself, or put \
                 this aside."
            }
            Self::CouponOver => "The promotion of this coupon is over: put this aside.",
            Self::CouponHere => {
                "A coupon for the same promotion lies in this sale already: give it back, and put \
                 this aside."
            }
            Self::CouponUsed => {
                "This coupon was used already and is good for one sale: put this aside."
            }
            Self::NobodySignedIn => "Kept until somebody signs in at this register.",
            Self::TillClosed => "Kept until the till is opened.",
        }
    }
}

/// Decides what a code becomes, given what the catalogue says about it.
///
/// # Errors
/// [`Why`] it is not an item for the basket.
pub(crate) fn item_of(product: Option<Product>, tax_rate: Option<Rate>) -> Result<Item, Why> {
    let product = product.ok_or(Why::Unknown)?;
    let unit_price_minor = product.price_minor.ok_or(Why::Unpriced)?;
    Ok(Item {
        sku: product.sku,
        description: product.name,
        department: product.department,
        unit: product.unit,
        unit_price_minor,
        tax_rate: tax_rate.ok_or(Why::Untaxed)?,
    })
}

/// An item, and how much of it if its code said so.
pub(crate) type Measured = (Item, Option<Milli>);

/// Decides what an amount in a code does: a weight is the quantity of goods sold by weight, a price
/// the price of goods sold by the piece. What does not fit the goods is left to the person.
#[must_use]
pub(crate) fn measured(mut item: Item, amount: Option<Amount>) -> Measured {
    match (amount, item.unit) {
        (Some(Amount::Grams(grams)), Unit::Kilogram) => (item, Some(Milli(i64::from(grams)))),
        (Some(Amount::PriceMinor(price)), Unit::Piece) => {
            item.unit_price_minor = Minor(i64::from(price));
            (item, None)
        }
        (Some(Amount::Grams(_)), Unit::Piece)
        | (Some(Amount::PriceMinor(_)), Unit::Kilogram)
        | (Some(Amount::Pieces(_)) | None, _) => (item, None),
    }
}

/// Returns why a scan that says nothing waits.
#[must_use]
pub(crate) fn unread(refused: &ScanRefused) -> Why {
    match refused {
        ScanRefused::CheckDigit { .. }
        | ScanRefused::CutShort { .. }
        | ScanRefused::Amount { .. } => Why::Misread,
        ScanRefused::Empty
        | ScanRefused::Elements(_)
        | ScanRefused::Link(_)
        | ScanRefused::NotText { .. } => Why::NotText,
    }
}

/// Returns a code as a person can read it: control characters are shown as their pictures.
#[must_use]
pub(crate) fn legible(code: &str) -> String {
    code.chars()
        .take(120)
        .map(|c| match u32::from(c) {
            // Unicode, block Control Pictures: U+2400 stands for U+0000 and so on.
            low @ 0..=0x1f => char::from_u32(0x2400 + low).unwrap_or('\u{fffd}'),
            0x7f => '\u{2421}',
            _ => c,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Item, Why, item_of, legible, measured};
    use counterpart_protocol::barcode::Amount;
    use counterpart_protocol::catalog::{GENERAL_CLASS, Product, Unit};
    use counterpart_protocol::money::Minor;
    use counterpart_protocol::quantity::Milli;
    use counterpart_protocol::tax::Rate;

    fn milk() -> Product {
        Product {
            sku: "MILK".parse().unwrap(),
            gtins: Vec::new(),
            name: "Milk 1 l".to_owned(),
            department: "Dairy".to_owned(),
            class: GENERAL_CLASS.to_owned(),
            variant: None,
            picture: None,
            age_min: None,
            goes_with: None,
            traced: None,
            unit: Unit::Piece,
            price_minor: Some(Minor(129)),
            tax_class: "reduced".to_owned(),
        }
    }

    #[test]
    fn goods_without_price_or_tax_are_not_sold_by_guessing() {
        let rate = Some(Rate(6_000));
        assert_eq!(
            item_of(Some(milk()), rate).unwrap().unit_price_minor,
            Minor(129)
        );
        assert_eq!(item_of(None, rate), Err(Why::Unknown));
        assert_eq!(item_of(Some(milk()), None), Err(Why::Untaxed));
        let unpriced = Product {
            price_minor: None,
            ..milk()
        };
        assert_eq!(item_of(Some(unpriced), rate), Err(Why::Unpriced));
    }

    #[test]
    fn an_amount_in_a_code_fits_its_goods_or_does_nothing() {
        let piece = item_of(Some(milk()), Some(Rate(6_000))).unwrap();
        let weighed = Item {
            unit: Unit::Kilogram,
            ..piece.clone()
        };
        let (item, quantity) = measured(weighed.clone(), Some(Amount::Grams(350)));
        assert_eq!((item, quantity), (weighed.clone(), Some(Milli(350))));
        let (item, quantity) = measured(piece.clone(), Some(Amount::PriceMinor(499)));
        assert_eq!((item.unit_price_minor, quantity), (Minor(499), None));
        for (item, amount) in [
            (piece.clone(), Amount::Grams(350)),
            (piece, Amount::Pieces(3)),
            (weighed, Amount::PriceMinor(499)),
        ] {
            assert_eq!(measured(item.clone(), Some(amount)), (item, None));
        }
    }

    #[test]
    fn every_reason_has_its_own_word_and_says_what_to_do() {
        for why in Why::ALL {
            assert_eq!(Why::from_word(why.word()), Some(why));
            assert!(why.sentence().ends_with('.'), "{why:?}");
        }
        assert_eq!(Why::from_word("somehow"), None);
    }

    #[test]
    fn a_code_with_control_characters_can_be_read_aloud() {
        assert_eq!(legible("0104\u{1d}21A\u{7f}"), "0104␝21A␡");
        assert_eq!(legible(&"9".repeat(500)).len(), 120);
    }
}
