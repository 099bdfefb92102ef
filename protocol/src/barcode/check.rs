//! Check digits and check characters of printed numbers: arithmetic on digits.
//!
//! It knows no kind of number; who needs which check is said where the number is read.

/// The last digit is not the check digit of the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) found: u8,
    pub(super) expected: u8,
}

/// The characters of GS1's 82-character set, in the order of their values (GS1 General
/// Specifications, figure 7.11-1).
pub(super) const SET_82: &[u8; 82] =
    b"!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// The characters a check character pair is written with (the same, section 7.9.5).
const PAIR_32: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// Weights of a check character pair from the right: the first primes (the same section).
const PRIMES: [u32; 23] = [
    2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83,
];

/// Returns the values of a text of digits, or nothing if there is anything else in it.
pub(super) fn digits(text: &str) -> Option<Vec<u8>> {
    text.bytes()
        .map(|byte| byte.is_ascii_digit().then(|| byte - b'0'))
        .collect()
}

/// Returns the check digit of all digits before it: weights 3 and 1 from the right (GS1 General
/// Specifications, section 7.9.1).
pub(super) fn mod_10(body: &[u8]) -> u8 {
    let sum: u32 = body
        .iter()
        .rev()
        .enumerate()
        .map(|(at, digit)| u32::from(*digit) * if at % 2 == 0 { 3 } else { 1 })
        .sum();
    u8::try_from((10 - sum % 10) % 10).expect("a number below ten fits a byte")
}

/// Returns the check digit of a text of digits (GS1 General Specifications, section 7.9.1); nothing
/// if there is anything else in it.
#[must_use]
pub fn check_digit(body: &str) -> Option<u8> {
    digits(body).map(|body| mod_10(&body))
}

/// Checks that the last of `digits` is the check digit of the others; nothing ends in nothing.
pub(super) fn ends_in_mod_10(digits: &[u8]) -> Result<(), Wrong> {
    let (found, body) = digits.split_last().unwrap_or((&0, &[]));
    let expected = mod_10(body);
    if *found == expected {
        Ok(())
    } else {
        Err(Wrong {
            found: *found,
            expected,
        })
    }
}

/// Returns the check character of an ISBN-10 or an ISSN: weights from 2 at the right, modulo 11
/// (ISO 2108:1992, ISO 3297).
pub(super) fn mod_11(body: &[u8]) -> char {
    let sum: u32 = body
        .iter()
        .rev()
        .zip(2..)
        .map(|(digit, weight)| u32::from(*digit) * weight)
        .sum();
    match (11 - sum % 11) % 11 {
        10 => 'X',
        digit => char::from_digit(digit, 10).expect("a number below ten is a digit"),
    }
}

/// Returns the check digit of a price or weight of four or five digits inside an in-store number
/// (GS1 General Specifications, sections 7.9.2 to 7.9.4); other lengths have none.
pub(super) fn price(value: &[u8]) -> Option<u8> {
    // Section 7.9.2: what each digit counts under each weighting factor.
    const TWO_MINUS: [u8; 10] = [0, 2, 4, 6, 8, 9, 1, 3, 5, 7];
    const THREE: [u8; 10] = [0, 3, 6, 9, 2, 5, 8, 1, 4, 7];
    const FIVE_PLUS: [u8; 10] = [0, 5, 1, 6, 2, 7, 3, 8, 4, 9];
    const FIVE_MINUS: [u8; 10] = [0, 5, 9, 4, 8, 3, 7, 2, 6, 1];
    let sum = |weights: &[&[u8; 10]]| -> Option<u8> {
        let weighted = value.iter().zip(weights);
        let each: Option<Vec<u8>> = weighted
            .map(|(digit, weight)| weight.get(usize::from(*digit)).copied())
            .collect();
        Some(each?.iter().sum())
    };
    match value.len() {
        4 => Some(sum(&[&TWO_MINUS, &TWO_MINUS, &THREE, &FIVE_MINUS])? * 3 % 10),
        5 => {
            let sum = sum(&[&FIVE_PLUS, &TWO_MINUS, &FIVE_MINUS, &FIVE_PLUS, &TWO_MINUS])?;
            let wanted = (10 - sum % 10) % 10;
            let at = FIVE_MINUS.iter().position(|weighted| *weighted == wanted)?;
            u8::try_from(at).ok()
        }
        _ => None,
    }
}

/// Returns the check character pair of a text in the 82-character set (GS1 General Specifications,
/// section 7.9.5); nothing for another character or a text longer than a model number.
pub(super) fn pair(body: &str) -> Option<[u8; 2]> {
    if body.len() > PRIMES.len() {
        return None;
    }
    let mut sum = 0;
    for (byte, prime) in body.bytes().rev().zip(PRIMES) {
        let value = SET_82.iter().position(|known| *known == byte)?;
        sum += u32::try_from(value).ok()? * prime;
    }
    let sum = usize::try_from(sum % 1021).ok()?;
    Some([PAIR_32[sum >> 5], PAIR_32[sum & 31]])
}

/// Tells whether an account number has right check digits: modulo 97 (ISO 13616).
pub(super) fn is_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = matches!(bytes, [a, b, c, d, _, ..]
        if a.is_ascii_uppercase() && b.is_ascii_uppercase()
            && c.is_ascii_digit() && d.is_ascii_digit());
    if !shaped
        || !bytes
            .iter()
            .all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
    {
        return false;
    }
    let turned = bytes[4..].iter().chain(&bytes[..4]);
    turned.fold(0_u32, |rest, byte| match byte {
        b'0'..=b'9' => (rest * 10 + u32::from(byte - b'0')) % 97,
        letter => (rest * 100 + u32::from(letter - b'A') + 10) % 97,
    }) == 1
}

#[cfg(test)]
mod tests {
    use super::{digits, ends_in_mod_10, is_iban, mod_11, pair, price};

    #[test]
    fn published_numbers_check() {
        // GS1 General Specifications, section 7.9.1, and numbers printed on goods.
        for number in [
            "6291041500213",
            "96385074",
            "036000291452",
            "106141411234567897",
        ] {
            assert_eq!(ends_in_mod_10(&digits(number).unwrap()), Ok(()), "{number}");
        }
        // ISO 2108 and ISO 3297: their own examples.
        assert_eq!(mod_11(&digits("316148410").unwrap()), 'X');
        assert_eq!(mod_11(&digits("080442957").unwrap()), 'X');
        assert_eq!(mod_11(&digits("0378595").unwrap()), '5');
        assert_eq!(mod_11(&digits("2434561").unwrap()), 'X');
    }

    #[test]
    fn a_price_has_a_digit_of_its_own() {
        // GS1 General Specifications, sections 7.9.3 and 7.9.4.
        assert_eq!(price(&digits("2875").unwrap()), Some(9));
        assert_eq!(price(&digits("14685").unwrap()), Some(6));
        assert_eq!(price(&digits("123").unwrap()), None);
    }

    #[test]
    fn a_model_number_has_a_pair() {
        // GS1 General Specifications, section 7.9.5.
        assert_eq!(pair("1987654Ad4X4bL5ttr2310c"), Some(*b"2K"));
        assert_eq!(pair("1987654Ad4X4bL5ttr2310~"), None);
    }

    #[test]
    fn an_account_number_checks() {
        // ISO 13616's registry.
        assert!(is_iban("GB29NWBK60161331926819"));
        assert!(is_iban("DE89370400440532013000"));
        for bad in [
            "GB29NWBK60161331926818",
            "GB",
            "",
            "gb29NWBK60161331926819",
            "GB2!",
        ] {
            assert!(!is_iban(bad), "{bad}");
        }
    }
}
