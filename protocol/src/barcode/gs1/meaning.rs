//! What a shop asks of an element string: which goods, which box, how much, from which lot, how
//! long good.

use jiff::civil::Date;

use super::Elements;
use crate::barcode::{Gtin, Sscc};

/// A trade item number stands in front of a piece number here (section 3.9.3).
const ITIP: &str = "8006";

impl Elements {
    /// Returns the trade item number of the thing that carries the symbol. What a box contains (02)
    /// is another question: [`Elements::contents`].
    #[must_use]
    pub fn gtin(&self) -> Option<Gtin> {
        let whole = self.value("01").or_else(|| self.value("03"));
        let digits = whole.or_else(|| self.value(ITIP)?.get(..14))?;
        Gtin::read(digits).ok()
    }

    /// Returns what a box contains: the trade item number and how many of them, if both are said.
    #[must_use]
    pub fn contents(&self) -> Option<(Gtin, u32)> {
        let gtin = Gtin::read(self.value("02")?).ok()?;
        Some((gtin, self.value("37")?.parse().ok()?))
    }

    /// Returns the number of the box or pallet.
    #[must_use]
    pub fn sscc(&self) -> Option<Sscc> {
        Sscc::read(self.value("00")?).ok()
    }

    /// Returns the batch or lot.
    #[must_use]
    pub fn lot(&self) -> Option<&str> {
        self.value("10")
    }

    /// Returns the serial number.
    #[must_use]
    pub fn serial(&self) -> Option<&str> {
        self.value("21")
    }

    /// Returns the last day the thing may be used, if it says one; `year` is the one we live in.
    #[must_use]
    pub fn use_by(&self, year: i16) -> Option<Date> {
        date(
            self.value("17").or_else(|| self.value("7003")?.get(..6))?,
            year,
        )
    }

    /// Returns the last day the thing is at its best; `year` is the one we live in.
    #[must_use]
    pub fn best_before(&self, year: i16) -> Option<Date> {
        date(self.value("15")?, year)
    }

    /// Returns the net weight in whole grams, if it is said in kilograms and is a whole number of
    /// them.
    #[must_use]
    pub fn net_weight_grams(&self) -> Option<u32> {
        let element = self.iter().find(|one| one.identifier.is_meant_by("310n"))?;
        let thousandths: u64 = element.value.parse::<u64>().ok()? * 1_000;
        let one = 10_u64.pow(element.identifier.last_digit());
        thousandths
            .is_multiple_of(one)
            .then(|| u32::try_from(thousandths / one).ok())?
    }

    /// Returns how many pieces the thing is made of, where that varies from one to the next.
    #[must_use]
    pub fn pieces(&self) -> Option<u32> {
        self.value("30")?.parse().ok()
    }

    /// Returns the price of the thing in minor units of the shop's currency, which has so many
    /// `decimals`; nothing when the symbol's own do not fit them.
    #[must_use]
    pub fn price_minor(&self, decimals: u32) -> Option<i64> {
        let element = self.iter().find(|one| one.identifier.is_meant_by("392n"))?;
        let said = element.identifier.last_digit();
        let value: i64 = element.value.parse().ok()?;
        match decimals.checked_sub(said) {
            Some(more) => value.checked_mul(10_i64.checked_pow(more)?),
            None => {
                let too_fine = 10_i64.checked_pow(said - decimals)?;
                (value % too_fine == 0).then(|| value / too_fine)
            }
        }
    }
}

/// Reads six digits as a day. Day 00 is the month's last; the century is the one that brings the
/// year within 49 years back and 50 ahead (GS1 General Specifications, section 7.12).
fn date(digits: &str, year: i16) -> Option<Date> {
    let part = |from: usize| digits.get(from..from + 2)?.parse::<i8>().ok();
    let (short, month, day) = (i16::from(part(0)?), part(2)?, part(4)?);
    let century = year - year.rem_euclid(100);
    let full = match short - year.rem_euclid(100) {
        51..=99 => century - 100 + short,
        -99..=-50 => century + 100 + short,
        _ => century + short,
    };
    match day {
        0 => Some(Date::new(full, month, 1).ok()?.last_of_month()),
        day => Date::new(full, month, day).ok(),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date as day;

    use super::{Elements, date};

    #[test]
    fn a_day_stands_in_the_nearest_century() {
        // GS1 General Specifications, figure 7.12-1.
        assert_eq!(date("261231", 2026), Some(day(2026, 12, 31)));
        assert_eq!(date("760101", 2026), Some(day(2076, 1, 1)));
        assert_eq!(date("770101", 2026), Some(day(1977, 1, 1)));
        assert_eq!(date("020101", 2099), Some(day(2102, 1, 1)));
        assert_eq!(date("240200", 2026), Some(day(2024, 2, 29)));
        assert_eq!(date("261301", 2026), None);
    }

    #[track_caller]
    fn read(text: &str) -> Elements {
        Elements::read(text).unwrap()
    }

    #[test]
    fn a_shop_s_questions_are_answered() {
        let cheese = read("0109520123456788310300123517261231\u{1d}10L7\u{1d}21S9");
        assert_eq!(cheese.gtin().unwrap().to_14(), "09520123456788");
        assert_eq!(cheese.net_weight_grams(), Some(1_235));
        assert_eq!(cheese.use_by(2026), Some(day(2026, 12, 31)));
        assert_eq!((cheese.lot(), cheese.serial()), (Some("L7"), Some("S9")));
        assert_eq!((cheese.pieces(), cheese.price_minor(2)), (None, None));

        let box_of = read("02095201234567883724\u{1d}00376104250021234569");
        assert_eq!(box_of.gtin(), None);
        assert_eq!(box_of.contents().unwrap().1, 24);
        assert_eq!(box_of.sscc().unwrap().to_string(), "376104250021234569");
    }

    #[test]
    fn an_amount_that_does_not_fit_is_not_rounded() {
        // 1.2345 kg is no whole number of grams, 1.2350 kg is.
        assert_eq!(read("01095201234567883104012345").net_weight_grams(), None);
        assert_eq!(
            read("01095201234567883104012350").net_weight_grams(),
            Some(1_235)
        );
        assert_eq!(
            read("01095201234567883101000012").net_weight_grams(),
            Some(1_200)
        );
        assert_eq!(read("0109520123456788392299").price_minor(2), Some(99));
        assert_eq!(read("0109520123456788392099").price_minor(2), Some(9_900));
        assert_eq!(read("01095201234567883923995").price_minor(2), None);
        assert_eq!(read("01095201234567883923990").price_minor(2), Some(99));
    }
}
