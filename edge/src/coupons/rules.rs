//! What a text claims to be, and why a coupon is not taken.

use counterpart_protocol::coupons::{
    CouponAnswer, CouponCode, CouponNumber, CouponNumberRefused, CouponUsedBy, SignedCoupon,
};
use counterpart_protocol::ids::HoldId;

/// What a text claims to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Claim {
    /// The signed code of an issued coupon; whether it is genuine is not looked at yet.
    Signed(String),
    /// The number of an issued coupon, typed off its paper.
    Number(CouponNumber),
    /// A number of one that was mistyped.
    Mistyped,
    /// A code anybody may say, if a promotion asks for it.
    Code(CouponCode),
}

impl Claim {
    /// Reads a text; nothing for what is no coupon.
    #[must_use]
    pub(crate) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        if SignedCoupon::is_one(text) {
            return Some(Self::Signed(text.to_owned()));
        }
        match CouponNumber::read(text) {
            Ok(number) => Some(Self::Number(number)),
            Err(CouponNumberRefused::Check) => Some(Self::Mistyped),
            Err(CouponNumberRefused::Form) => text.parse().ok().map(Self::Code),
        }
    }

    /// Returns what may be shown of it: an issued coupon is worth money to whoever reads its code.
    #[must_use]
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Signed(_) | Self::Mistyped => "CU****".to_owned(),
            Self::Number(number) => format!("****{}", number.last_four()),
            Self::Code(code) => code.to_string(),
        }
    }
}

/// What the hub said of an issued coupon when it was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Heard {
    /// This.
    Told(CouponAnswer),
    /// The hub is away, or too slow, or was not asked.
    Away,
}

/// What is known of an issued coupon in a basket.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct CouponKnown {
    /// Who used it, if somebody did.
    pub used: Option<CouponUsedBy>,
    /// What the hub calls it while it keeps it for the sale.
    pub hold: Option<HoldId>,
}

/// Why a coupon is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CouponRefused {
    /// No promotion here takes it.
    #[error("no promotion of this store takes this coupon: read it again, or sell without it")]
    Unknown,
    /// Its number was mistyped.
    #[error(transparent)]
    Number(#[from] CouponNumberRefused),
    /// Its code was cut off or read wrong.
    #[error("the code of the coupon is damaged: scan it again, or type its number")]
    Damaged,
    /// The hub did not sign it.
    #[error("head office did not make this coupon: keep it, and sell without it")]
    Forged,
    /// Its promotion is over.
    #[error("{0} is over: sell without the coupon")]
    Over(String),
    /// One for the same promotion lies there.
    #[error("a coupon for {0} lies in this sale already: one counts in a sale, give it back")]
    Here(String),
    /// It was used.
    #[error(
        "coupon {shown} was used already{}: it is good for one sale; sell without it",
        at(place)
    )]
    Used {
        /// The end of its number.
        shown: String,
        /// The store, if it is known.
        place: Option<String>,
    },
    /// Another sale is being paid with it.
    #[error("coupon {0} is in use at another till now: ask there, or take it out of this sale")]
    HeldElsewhere(String),
    /// A number cannot be checked without the hub.
    #[error("the hub is away and cannot check a typed number: scan the coupon, or sell without it")]
    Away,
    /// It lies not in the basket.
    #[error("no coupon for {0} lies in this sale: look at what is shown now")]
    NotHere(String),
    /// It takes more off than a store may give on its own.
    #[error(
        "the hub is away, and without it {shown} may not take off that much: take the coupon out, \
         have somebody sign in who may give more, or wait for the hub"
    )]
    TooMuchAlone {
        /// What people call it.
        shown: String,
    },
}

fn at(place: &Option<String>) -> String {
    place
        .as_ref()
        .map_or_else(String::new, |place| format!(", at {place}"))
}

impl CouponRefused {
    /// Returns the refusal of a coupon that was used.
    #[must_use]
    pub(crate) fn used(shown: String, by: &CouponUsedBy) -> Self {
        Self::Used {
            shown,
            place: by.store_id.as_ref().map(ToString::to_string),
        }
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::codes::CodeSigner;
    use counterpart_protocol::coupons::{CouponNumber, SignedCoupon};
    use counterpart_protocol::time::BusinessDate;

    use super::Claim;

    #[test]
    fn a_text_is_a_code_a_number_or_a_word_and_shows_no_secret() {
        let number = CouponNumber::draw(9);
        let signed = SignedCoupon {
            promotion: "summer".to_owned(),
            number: number.clone(),
            date: BusinessDate::from_days(20_780).unwrap(),
        };
        let signed = signed.sign(&CodeSigner::from_secret(&[7; 32]));
        assert_eq!(Claim::read(&signed), Some(Claim::Signed(signed.clone())));
        let typed = Claim::read(&number.grouped()).unwrap();
        assert_eq!(typed, Claim::Number(number.clone()));
        assert!(!typed.shown().contains(&number.code()[2..8]));
        let wrong = format!("{}{}", &number.code()[..17], "0");
        let wrong = match wrong == number.code() {
            true => format!("{}1", &number.code()[..17]),
            false => wrong,
        };
        assert_eq!(Claim::read(&wrong), Some(Claim::Mistyped));
        let word = Claim::read("summer10").unwrap();
        assert_eq!(word.shown(), "SUMMER10");
        assert_eq!(Claim::read("4006381333931"), None, "goods");
    }
}
