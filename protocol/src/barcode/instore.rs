//! Codes a shop's own scale or butcher prints: the item and its weight or price in one number.
//!
//! What stands where is each retailer's own choice (GS1 General Specifications, section 2.1.12), so
//! it is written as a [`Template`]. Which product the item is, is the catalogue's answer.

use std::fmt;
use std::str::FromStr;

use super::check;
use super::gtin::Gtin;

/// How a retailer's in-store numbers are made, written such as `21IIIIIWWWWWC`.
///
/// Digits stand for themselves, `I` for the item, `W` for a weight in grams, `P` for a price in
/// minor units, `Q` for a number of pieces, `V` for the check digit of the weight or price, `C` for
/// the check digit of it all. Eight, twelve or thirteen places. `x10` behind it says that one step
/// of the value is ten grams or ten cents: `21IIIIIWWWWVC x10`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// Fourteen places; shorter ones have zeros in front, as the numbers themselves.
    places: [u8; 14],
    written: usize,
    step: u32,
    kind: Kind,
}

/// A scanned in-store number, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InStore {
    /// The whole number, as printed.
    pub code: Gtin,
    /// The number the item is in the catalogue under: the same, without a value.
    pub item: Gtin,
    /// What the item's places say, such as 12345: the number on the scale's key.
    pub item_number: u32,
    /// How much of it.
    pub amount: Amount,
}

/// How much an in-store number says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amount {
    /// So many grams.
    Grams(u32),
    /// This price in minor units of the shop's currency, for what is in the bag.
    PriceMinor(u32),
    /// So many pieces.
    Pieces(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Weight,
    Price,
    Pieces,
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateRefused {
    /// It has a wrong number of places.
    #[error("'{0}' has not 8, 12 or 13 places")]
    Length(String),
    /// It has a character that stands for nothing.
    #[error("'{0}' has a place that is no digit and none of I, W, P, Q, V, C")]
    Place(String),
    /// It has no item, no value, or several kinds of values, or is not whole.
    #[error(
        "'{0}' needs, each in one piece: a digit in front, I for the item, one of W, P or Q for \
         the value, and C at the end"
    )]
    Parts(String),
    /// The check digit of a value needs four or five places of value.
    #[error("'{0}' has a V, which four or five places of W or P have")]
    ValueDigit(String),
    /// What stands behind it is no step.
    #[error("'{0}' has no step of x1 to x1000 behind its places")]
    Step(String),
}

/// The check digit of the price or weight is wrong, though that of the whole number is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ValueMisread;

impl Template {
    /// Takes a number apart if it is one of this template's.
    pub(super) fn split(&self, code: Gtin) -> Result<Option<InStore>, ValueMisread> {
        let mut digits = check::digits(&code.to_14()).unwrap_or_default();
        let fits = self
            .places
            .iter()
            .zip(&digits)
            .all(|(place, digit)| !place.is_ascii_digit() || *place == b'0' + digit);
        if !fits {
            return Ok(None);
        }
        let (item_number, value) = (self.number(b'I', &digits), self.value(&digits));
        if let Some(at) = self.places.iter().position(|place| *place == b'V')
            && check::price(&value) != Some(digits[at])
        {
            return Err(ValueMisread);
        }
        let steps = value
            .iter()
            .fold(0, |sum, digit| sum * 10 + u32::from(*digit));
        let amount = steps.saturating_mul(self.step);
        for (place, digit) in self.places.iter().zip(&mut digits) {
            if matches!(place, b'W' | b'P' | b'Q' | b'V') {
                *digit = 0;
            }
        }
        let body: String = digits[..13]
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect();
        let Ok(item) = Gtin::with_check_digit(&body) else {
            return Ok(None);
        };
        Ok(Some(InStore {
            code,
            item,
            item_number,
            amount: match self.kind {
                Kind::Weight => Amount::Grams(amount),
                Kind::Price => Amount::PriceMinor(amount),
                Kind::Pieces => Amount::Pieces(amount),
            },
        }))
    }

    /// Makes the number a scale prints; `steps` counts grams, minor units or pieces by the
    /// template's step. Nothing when the item or the value has too many digits.
    #[must_use]
    pub fn print(&self, item_number: u32, steps: u32) -> Option<Gtin> {
        let mut digits = [0_u8; 14];
        for (place, digit) in self.places.iter().zip(&mut digits) {
            if place.is_ascii_digit() {
                *digit = place - b'0';
            }
        }
        let mut fill = |is: fn(u8) -> bool, mut number: u32| {
            for (place, digit) in self.places.iter().zip(&mut digits).rev() {
                if is(*place) {
                    *digit = u8::try_from(number % 10).expect("a number below ten fits a byte");
                    number /= 10;
                }
            }
            (number == 0).then_some(())
        };
        fill(|place| place == b'I', item_number)?;
        fill(is_value, steps)?;
        if let Some(at) = self.places.iter().position(|place| *place == b'V') {
            digits[at] = check::price(&self.value(&digits))?;
        }
        let body: String = digits[..13]
            .iter()
            .map(|digit| char::from(b'0' + digit))
            .collect();
        Gtin::with_check_digit(&body).ok()
    }

    fn number(&self, letter: u8, digits: &[u8]) -> u32 {
        let marked = self
            .places
            .iter()
            .zip(digits)
            .filter(|(place, _)| **place == letter);
        marked.fold(0, |sum, (_, digit)| sum * 10 + u32::from(*digit))
    }

    fn value(&self, digits: &[u8]) -> Vec<u8> {
        let marked = self
            .places
            .iter()
            .zip(digits)
            .filter(|(place, _)| is_value(**place));
        marked.map(|(_, digit)| *digit).collect()
    }
}

fn is_value(place: u8) -> bool {
    matches!(place, b'W' | b'P' | b'Q')
}

impl FromStr for Template {
    type Err = TemplateRefused;

    fn from_str(text: &str) -> Result<Self, TemplateRefused> {
        let refused = |why: fn(String) -> TemplateRefused| why(text.chars().take(24).collect());
        let (pattern, step) = match text.trim().split_once(" x") {
            Some((pattern, step)) => {
                let step = step.parse().ok().filter(|step| (1..=1000).contains(step));
                (pattern, step.ok_or_else(|| refused(TemplateRefused::Step))?)
            }
            None => (text.trim(), 1),
        };
        let written = pattern.as_bytes();
        if !matches!(written.len(), 8 | 12 | 13) {
            return Err(refused(TemplateRefused::Length));
        }
        if !written
            .iter()
            .all(|place| place.is_ascii_digit() || b"IWPQVC".contains(place))
        {
            return Err(refused(TemplateRefused::Place));
        }
        let mut places = [b'0'; 14];
        places[14 - written.len()..].copy_from_slice(written);
        let of = |letter| written.iter().filter(|place| **place == letter).count();
        let mut runs = written.to_vec();
        runs.dedup();
        let run = |letter| runs.iter().filter(|place| **place == letter).count();
        let whole = b"IWPQVC".iter().all(|letter| run(*letter) <= 1);
        let (kind, count) = match (of(b'W'), of(b'P'), of(b'Q')) {
            (count @ 1..=7, 0, 0) => (Kind::Weight, count),
            (0, count @ 1..=7, 0) => (Kind::Price, count),
            (0, 0, count @ 1..=7) => (Kind::Pieces, count),
            _ => return Err(refused(TemplateRefused::Parts)),
        };
        let ends = written.ends_with(b"C") && of(b'C') == 1 && written[0].is_ascii_digit();
        if !whole || !ends || !(1..=9).contains(&of(b'I')) {
            return Err(refused(TemplateRefused::Parts));
        }
        if of(b'V') > 1 || (of(b'V') == 1 && !matches!(count, 4 | 5)) {
            return Err(refused(TemplateRefused::ValueDigit));
        }
        Ok(Self {
            places,
            written: written.len(),
            step,
            kind,
        })
    }
}

impl fmt::Display for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for place in &self.places[14 - self.written..] {
            write!(f, "{}", char::from(*place))?;
        }
        if self.step == 1 {
            return Ok(());
        }
        write!(f, " x{}", self.step)
    }
}

#[cfg(test)]
mod tests;
