//! The checks the dictionary asks of a value's components, each under the dictionary's name.
//!
//! Characters and lengths are checked before; here a component has what its shape says. Rules: GS1
//! General Specifications, chapter 3, and the dictionary's description of each check. Package types
//! are checked by their shape only: their list (UN/ECE Recommendation 21) changes twice a year.

use super::super::check;
use super::{codes, coupon};

/// One check of a component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(
    missing_docs,
    reason = "each is the dictionary's own word; `words` says what it checks"
)]
pub enum Lint {
    Csum,
    Csumalpha,
    Gcppos1,
    Gcppos2,
    Yymmd0,
    Yymmdd,
    Yyyymmdd,
    Hhmi,
    Hh,
    Mi,
    Ss,
    Iso3166,
    Iso3166999,
    Iso3166alpha2,
    Iso4217,
    Iso5218,
    Iban,
    Pcenc,
    Latitude,
    Longitude,
    Yesno,
    Zero,
    Nonzero,
    Nozeroprefix,
    Hasnondigit,
    Hyphen,
    Winding,
    Importeridx,
    Mediatype,
    Packagetype,
    Pieceoftotal,
    Posinseqslash,
    Couponcode,
    Couponposoffer,
}

/// The shortest company prefix (GS1 General Specifications, section 1.4.4).
const COMPANY_PREFIX_MIN: usize = 4;

impl Lint {
    /// Returns its name in the dictionary.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csum => "csum",
            Self::Csumalpha => "csumalpha",
            Self::Gcppos1 => "gcppos1",
            Self::Gcppos2 => "gcppos2",
            Self::Yymmd0 => "yymmd0",
            Self::Yymmdd => "yymmdd",
            Self::Yyyymmdd => "yyyymmdd",
            Self::Hhmi => "hhmi",
            Self::Hh => "hh",
            Self::Mi => "mi",
            Self::Ss => "ss",
            Self::Iso3166 => "iso3166",
            Self::Iso3166999 => "iso3166999",
            Self::Iso3166alpha2 => "iso3166alpha2",
            Self::Iso4217 => "iso4217",
            Self::Iso5218 => "iso5218",
            Self::Iban => "iban",
            Self::Pcenc => "pcenc",
            Self::Latitude => "latitude",
            Self::Longitude => "longitude",
            Self::Yesno => "yesno",
            Self::Zero => "zero",
            Self::Nonzero => "nonzero",
            Self::Nozeroprefix => "nozeroprefix",
            Self::Hasnondigit => "hasnondigit",
            Self::Hyphen => "hyphen",
            Self::Winding => "winding",
            Self::Importeridx => "importeridx",
            Self::Mediatype => "mediatype",
            Self::Packagetype => "packagetype",
            Self::Pieceoftotal => "pieceoftotal",
            Self::Posinseqslash => "posinseqslash",
            Self::Couponcode => "couponcode",
            Self::Couponposoffer => "couponposoffer",
        }
    }

    /// Returns what is wrong with a value that fails it, to stand behind "it".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Csum | Self::Csumalpha | Self::Iban => "has a wrong check digit",
            Self::Gcppos1 | Self::Gcppos2 => "has no company prefix where one must stand",
            Self::Yymmd0 | Self::Yymmdd | Self::Yyyymmdd => "is no date",
            Self::Hhmi | Self::Hh | Self::Mi | Self::Ss => "is no time",
            Self::Iso3166 | Self::Iso3166999 | Self::Iso3166alpha2 => "names no country",
            Self::Iso4217 => "names no currency",
            Self::Iso5218 => "is no code for a sex",
            Self::Pcenc => "has a per cent sign without two hexadecimal digits",
            Self::Latitude | Self::Longitude => "is no place on earth",
            Self::Yesno => "is neither 0 nor 1",
            Self::Zero => "is not zero",
            Self::Nonzero => "is zero",
            Self::Nozeroprefix => "begins with a zero",
            Self::Hasnondigit => "is made of digits only",
            Self::Hyphen => "is no hyphen",
            Self::Winding => "is no winding direction",
            Self::Importeridx => "is no importer index",
            Self::Mediatype => "is no media type",
            Self::Packagetype => "is no package type",
            Self::Pieceoftotal | Self::Posinseqslash => "is no piece of a total",
            Self::Couponcode | Self::Couponposoffer => "is no coupon",
        }
    }

    /// Tells whether a component passes.
    #[must_use]
    pub fn passes(self, text: &str) -> bool {
        match self {
            Self::Csum => check::digits(text)
                .is_some_and(|digits| !digits.is_empty() && check::ends_in_mod_10(&digits).is_ok()),
            Self::Csumalpha => match text
                .len()
                .checked_sub(2)
                .and_then(|at| text.split_at_checked(at))
            {
                Some((body, pair)) if !body.is_empty() => {
                    check::pair(body).is_some_and(|right| right == pair.as_bytes())
                }
                _ => false,
            },
            Self::Gcppos1 => has_prefix_at(text, 0),
            Self::Gcppos2 => has_prefix_at(text, 1),
            Self::Yymmd0 => is_date(text, DayZero::Allowed),
            Self::Yymmdd => is_date(text, DayZero::Refused),
            Self::Yyyymmdd => text.len() == 8 && whole_date(text),
            Self::Hhmi => text.len() == 4 && below(&text[..2], 24) && below(&text[2..], 60),
            Self::Hh => below(text, 24),
            Self::Mi | Self::Ss => below(text, 60),
            Self::Iso3166 => codes::is_country(text),
            Self::Iso3166999 => text == "999" || codes::is_country(text),
            Self::Iso3166alpha2 => codes::is_country_letters(text),
            Self::Iso4217 => codes::is_currency(text),
            Self::Iso5218 => matches!(text, "0" | "1" | "2" | "9"),
            Self::Iban => check::is_iban(text),
            Self::Pcenc => is_percent_encoded(text),
            Self::Latitude => at_most(text, 1_800_000_000),
            Self::Longitude => at_most(text, 3_600_000_000),
            Self::Yesno => matches!(text, "0" | "1"),
            Self::Zero => text.bytes().all(|byte| byte == b'0'),
            Self::Nonzero => !text.bytes().all(|byte| byte == b'0'),
            Self::Nozeroprefix => text.len() == 1 || !text.starts_with('0'),
            Self::Hasnondigit => !text.bytes().all(|byte| byte.is_ascii_digit()),
            Self::Hyphen => text.bytes().all(|byte| byte == b'-'),
            Self::Winding => matches!(text, "0" | "1" | "9"),
            Self::Importeridx => {
                matches!(text.as_bytes(), [b'-' | b'_'])
                    || matches!(text.as_bytes(), [one] if one.is_ascii_alphanumeric())
            }
            Self::Mediatype => {
                matches!(text.parse::<u8>(), Ok(1..=10 | 80..=99)) && text.len() == 2
            }
            Self::Packagetype => text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()),
            Self::Pieceoftotal => is_piece(text.split_at_checked(text.len() / 2)),
            Self::Posinseqslash => is_piece(text.split_once('/')),
            Self::Couponcode => coupon::is_north_american(text),
            Self::Couponposoffer => coupon::is_positive_offer(text),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DayZero {
    Allowed,
    Refused,
}

fn has_prefix_at(text: &str, at: usize) -> bool {
    let prefix = text.as_bytes().get(at..at + COMPANY_PREFIX_MIN);
    prefix.is_some_and(|prefix| prefix.iter().all(u8::is_ascii_digit))
}

fn is_date(text: &str, zero: DayZero) -> bool {
    if text.len() != 6 {
        return false;
    }
    if zero == DayZero::Allowed && text.ends_with("00") {
        return (1..=12).contains(&number(&text[2..4]));
    }
    // Which century does not matter for a day to exist but on a 29 February of 1900 or 2100, and
    // those are more than fifty years away (section 7.12).
    whole_date(&format!("20{text}"))
}

fn whole_date(text: &str) -> bool {
    let part = |from: usize, to: usize| number(&text[from..to]);
    let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
    let date = jiff::civil::Date::new(
        i16::try_from(year).unwrap_or(0),
        i8::try_from(month).unwrap_or(0),
        i8::try_from(day).unwrap_or(0),
    );
    year > 0 && date.is_ok()
}

fn below(text: &str, limit: u64) -> bool {
    text.len() == 2 && number(text) < limit
}

fn at_most(text: &str, limit: u64) -> bool {
    number(text) <= limit
}

/// Digits were checked before; a text that is none counts as too much.
fn number(text: &str) -> u64 {
    text.parse().unwrap_or(u64::MAX)
}

fn is_percent_encoded(text: &str) -> bool {
    let mut parts = text.split('%');
    let _before_the_first = parts.next();
    parts.all(|part| {
        let digits = part.as_bytes().get(..2);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

fn is_piece(parts: Option<(&str, &str)>) -> bool {
    let Some((piece, total)) = parts else {
        return false;
    };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(piece) && digits(total) && number(piece) > 0 && number(piece) <= number(total)
}

#[cfg(test)]
mod tests {
    use super::Lint;

    #[track_caller]
    fn check(lint: Lint, passing: &[&str], failing: &[&str]) {
        for text in passing {
            assert!(lint.passes(text), "{lint:?} {text}");
        }
        for text in failing {
            assert!(!lint.passes(text), "{lint:?} {text}");
        }
        assert!(!lint.words().is_empty());
    }

    #[test]
    fn numbers_have_check_digits_and_prefixes() {
        check(Lint::Csum, &["9520123456788"], &["9520123456789", "", "x"]);
        check(
            Lint::Csumalpha,
            &["1987654Ad4X4bL5ttr2310c2K"],
            &["1987654Ad4X4bL5ttr2310c2J", "2K"],
        );
        check(Lint::Gcppos1, &["9520"], &["952", "a520", ""]);
        check(Lint::Gcppos2, &["x9520"], &["9520"]);
        check(
            Lint::Iban,
            &["GB29NWBK60161331926819"],
            &["GB29NWBK60161331926818"],
        );
    }

    #[test]
    fn dates_and_times_exist() {
        check(
            Lint::Yymmd0,
            &["261231", "260200", "240229"],
            &["261301", "260230", "260000"],
        );
        check(Lint::Yymmdd, &["260228"], &["260200", "250229", "26022"]);
        check(
            Lint::Yyyymmdd,
            &["20260228"],
            &["00000101", "20260229", "2026022"],
        );
        check(Lint::Hhmi, &["0000", "2359"], &["2400", "2360", "235"]);
        check(Lint::Hh, &["23"], &["24"]);
        check(Lint::Mi, &["59"], &["60"]);
        check(Lint::Ss, &["59"], &["60"]);
    }

    #[test]
    fn codes_are_known() {
        check(Lint::Iso3166, &["056"], &["999"]);
        check(Lint::Iso3166999, &["056", "999"], &["998"]);
        check(Lint::Iso3166alpha2, &["BE"], &["XX"]);
        check(Lint::Iso4217, &["978"], &["000"]);
        check(Lint::Iso5218, &["0", "9"], &["3"]);
        check(
            Lint::Mediatype,
            &["01", "10", "80", "99"],
            &["00", "11", "79"],
        );
        check(Lint::Packagetype, &["PX", "201"], &["px"]);
        check(Lint::Winding, &["0", "1", "9"], &["2"]);
        check(Lint::Importeridx, &["-", "_", "a", "Z", "7"], &["+"]);
    }

    #[test]
    fn small_shapes_hold() {
        check(Lint::Pcenc, &["A%20B", "AB", ""], &["A%2", "%", "A%2G"]);
        check(Lint::Latitude, &["1800000000"], &["1800000001"]);
        check(Lint::Longitude, &["3600000000"], &["3600000001"]);
        check(Lint::Yesno, &["0", "1"], &["2"]);
        check(Lint::Zero, &["0"], &["1"]);
        check(Lint::Nonzero, &["0001"], &["0000"]);
        check(Lint::Nozeroprefix, &["0", "10"], &["01"]);
        check(Lint::Hasnondigit, &["12A"], &["123"]);
        check(Lint::Hyphen, &["-"], &["+"]);
        check(Lint::Pieceoftotal, &["0102", "0202"], &["0302", "0002"]);
        check(Lint::Posinseqslash, &["1/3"], &["4/3", "0/3", "103", "/3"]);
    }
}
