//! Money: whole minor units of one currency. There is no floating point and no silent overflow.
//!
//! How an amount looks to a reader belongs to the pages' locale tables.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An ISO 4217 currency: three capital letters and the number of decimals of its minor unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = "iso4217", pattern = "^[A-Z]{3}$", example = "EUR")]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// A text that is no currency code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a currency code of three capital letters, such as EUR")]
pub struct CurrencyRefused(pub String);

impl Currency {
    /// The euro.
    pub const EUR: Self = Self(*b"EUR");

    /// Returns the code, such as `EUR`.
    #[must_use]
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a currency is made of ASCII letters only")
    }

    /// Returns how many decimals the minor unit has: 0, 2 or 3 (ISO 4217 list one, 2026).
    #[must_use]
    pub fn decimals(&self) -> u8 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = CurrencyRefused;

    fn from_str(text: &str) -> Result<Self, CurrencyRefused> {
        <[u8; 3]>::try_from(text.as_bytes())
            .ok()
            .filter(|code| code.iter().all(u8::is_ascii_uppercase))
            .map(Self)
            .ok_or_else(|| CurrencyRefused(text.to_owned()))
    }
}

impl TryFrom<String> for Currency {
    type Error = CurrencyRefused;

    fn try_from(text: String) -> Result<Self, CurrencyRefused> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl<C> Encode<C> for Currency {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(self.code())?.ok()
    }
}

impl<'b, C> Decode<'b, C> for Currency {
    fn decode(d: &mut minicbor::Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.str()?.parse().map_err(minicbor::decode::Error::custom)
    }
}

/// An amount in whole minor units (cents); the currency stands once beside a group of amounts.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Default,
    Serialize,
    Deserialize,
    Encode,
    Decode,
    ToSchema,
)]
#[schema(value_type = i64, example = 1299)]
#[serde(transparent)]
#[cbor(transparent)]
pub struct Minor(#[n(0)] pub i64);

impl Minor {
    /// No money.
    pub const ZERO: Self = Self(0);

    /// Returns the sum, or nothing on overflow of an `i64`.
    #[must_use]
    pub fn plus(self, other: Self) -> Option<Self> {
        self.0.checked_add(other.0).map(Self)
    }

    /// Returns the difference, or nothing on overflow of an `i64`.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).map(Self)
    }

    /// Returns the sum of many amounts, or nothing on overflow of an `i64`.
    #[must_use]
    pub fn sum(amounts: impl IntoIterator<Item = Self>) -> Option<Self> {
        amounts.into_iter().try_fold(Self::ZERO, Self::plus)
    }

    /// Returns this amount × `numerator` ÷ `denominator`, halves away from zero (commercial
    /// rounding), or nothing on overflow or a denominator of zero.
    #[must_use]
    pub fn scaled(self, numerator: i64, denominator: i64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let product = i128::from(self.0) * i128::from(numerator);
        let divisor = u128::from(denominator.unsigned_abs());
        // Unsigned: twice the product of two smallest numbers is 2¹²⁷.
        let magnitude = (product.unsigned_abs() * 2 + divisor) / (divisor * 2);
        let sign = product.signum() * i128::from(denominator.signum());
        let rounded = i128::try_from(magnitude).ok()? * sign;
        i64::try_from(rounded).ok().map(Self)
    }

    /// Splits the amount over `weights` so that the parts add up to it exactly: largest remainder
    /// first, then the earlier part. Weights are not negative.
    ///
    /// Returns nothing when all weights are zero or one is negative.
    #[must_use]
    pub fn split(self, weights: &[i64]) -> Option<Vec<Self>> {
        let total: i128 = weights.iter().map(|w| i128::from(*w)).sum();
        if total <= 0 || weights.iter().any(|w| *w < 0) {
            return None;
        }
        let whole = i128::from(self.0).abs();
        let sign = i128::from(self.0.signum());
        let mut parts: Vec<(i128, i128, usize)> = weights
            .iter()
            .enumerate()
            .map(|(at, w)| {
                let share = whole * i128::from(*w);
                (share / total, share % total, at)
            })
            .collect();
        let mut left = whole - parts.iter().map(|part| part.0).sum::<i128>();
        parts.sort_by(|a, b| b.1.cmp(&a.1).then(a.2.cmp(&b.2)));
        for part in &mut parts {
            if left == 0 {
                break;
            }
            part.0 += 1;
            left -= 1;
        }
        parts.sort_by_key(|part| part.2);
        parts
            .into_iter()
            .map(|part| i64::try_from(part.0 * sign).ok().map(Self))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, prop_assume, proptest};

    use super::{Currency, Minor};

    #[test]
    fn a_currency_knows_its_decimals() {
        for (code, decimals) in [("EUR", 2), ("JPY", 0), ("KWD", 3), ("ISK", 0)] {
            assert_eq!(
                code.parse::<Currency>().unwrap().decimals(),
                decimals,
                "{code}"
            );
        }
        for bad in ["eur", "EU", "EURO", "E1R", ""] {
            assert!(bad.parse::<Currency>().is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn halves_are_rounded_away_from_zero() {
        for (minor, numerator, denominator, expected) in [
            (5, 1, 2, 3),
            (-5, 1, 2, -3),
            (4, 1, 3, 1),
            (199, 333, 1000, 66),
            (5, -1, 2, -3),
        ] {
            assert_eq!(
                Minor(minor).scaled(numerator, denominator),
                Some(Minor(expected))
            );
        }
        assert_eq!(Minor(i64::MAX).scaled(2, 1), None);
        assert_eq!(Minor(1).scaled(1, 0), None);
        assert_eq!(Minor(i64::MIN).scaled(i64::MIN, 1), None);
        let smallest = Minor(i64::MIN);
        assert_eq!(smallest.scaled(i64::MIN, i64::MIN), Some(smallest));
    }

    proptest! {
        #[test]
        fn the_parts_of_a_split_are_the_whole(
            amount in -1_000_000_000_i64..1_000_000_000,
            weights in prop::collection::vec(0_i64..1_000_000, 1..30),
        ) {
            prop_assume!(weights.iter().any(|w| *w > 0));
            let parts = Minor(amount).split(&weights).unwrap();
            prop_assert_eq!(Minor::sum(parts), Some(Minor(amount)));
        }

        #[test]
        fn scaling_up_and_down_comes_back(amount in any::<i32>(), by in 1_i64..100_000) {
            let up = Minor(i64::from(amount)).scaled(by, 1).unwrap();
            prop_assert_eq!(up.scaled(1, by), Some(Minor(i64::from(amount))));
        }
    }
}
