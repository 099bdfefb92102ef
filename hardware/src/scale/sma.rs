//! The serial protocol of the Scale Manufacturers Association, level 1.
//!
//! Source: SMA SCP-0499, first edition with mod 1, section "Standard scale response message":
//! `LF s r n m f xxxxxx.xxx uuu CR`, twenty bytes at fixed places.

use super::{NoWeight, Parsed, Said, Weight, WeightKind, grams_of_kilograms};

/// Asks for the displayed weight.
pub(super) const WEIGH: &[u8] = b"\nW\r";

const LF: u8 = b'\n';
const CR: u8 = b'\r';
const LENGTH: usize = 20;

/// Reads what came so far.
pub(super) fn parse(heard: &[u8]) -> Parsed {
    match heard {
        [] => Parsed::More,
        // It does not know the question: no scale of this protocol.
        [LF, b'?', ..] => Parsed::Garbage,
        [LF, .., CR] if heard.len() == LENGTH => read(heard),
        [LF, begun @ ..] if heard.len() < LENGTH && !begun.contains(&CR) => Parsed::More,
        _ => Parsed::Garbage,
    }
}

fn read(answer: &[u8]) -> Parsed {
    let Ok(text) = std::str::from_utf8(answer) else {
        return Parsed::Garbage;
    };
    if !text.is_ascii() {
        return Parsed::Garbage;
    }
    let (status, net, motion) = (answer[1], answer[3], answer[4]);
    let (weight, unit) = (text[6..16].trim(), text[16..19].trim());
    let kind = match net {
        b'G' | b'g' => WeightKind::Gross,
        b'N' | b'n' => WeightKind::Net,
        _ => return Parsed::Garbage,
    };
    let not = |why| Parsed::Answer(Said::Not(why));
    match (status, motion) {
        (b'E' | b'I', _) => return not(NoWeight::NotZeroed),
        (b'O', _) => return not(NoWeight::TooHeavy),
        (b'U', _) => return not(NoWeight::BelowZero),
        (b'T' | b'e', _) => return not(NoWeight::Unclear),
        (b' ' | b'Z', b'M') => return not(NoWeight::Moving),
        (b' ' | b'Z', b' ') => {}
        _ => return Parsed::Garbage,
    }
    if weight.starts_with('-') {
        return not(NoWeight::BelowZero);
    }
    let grams = match unit {
        "kg" => grams_of_kilograms(weight),
        "g" => weight.strip_suffix(".0").unwrap_or(weight).parse().ok(),
        other => return Parsed::Answer(Said::OtherUnit(other.to_owned())),
    };
    match grams {
        Some(grams) => Parsed::Answer(Said::Stable(Weight { grams, kind })),
        None => Parsed::Garbage,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(heard: &str, expected: Parsed) {
        assert_eq!(parse(heard.as_bytes()), expected, "{heard:?}");
    }

    fn weight(grams: u32, kind: WeightKind) -> Parsed {
        Parsed::Answer(Said::Stable(Weight { grams, kind }))
    }

    #[test]
    fn a_weight_is_read_when_it_is_whole() {
        let whole = "\n 1G       7.025kg \r";
        for cut in 0..whole.len() {
            check(&whole[..cut], Parsed::More);
        }
        check(whole, weight(7_025, WeightKind::Gross));
        check("\n 1N       0.350kg \r", weight(350, WeightKind::Net));
        check("\nZ1G       0.000kg \r", weight(0, WeightKind::Gross));
        check("\n 1G        1235g  \r", weight(1_235, WeightKind::Gross));
    }

    #[test]
    fn a_status_says_why_there_is_no_weight() {
        let says = |why| Parsed::Answer(Said::Not(why));
        check("\n 1GM      7.650kg \r", says(NoWeight::Moving));
        check("\nO1G      15.100kg \r", says(NoWeight::TooHeavy));
        check("\nU1G      -0.005kg \r", says(NoWeight::BelowZero));
        check("\n 1G      -0.005kg \r", says(NoWeight::BelowZero));
        check("\nE1G  ----------kg \r", says(NoWeight::NotZeroed));
        check("\ne1G       0.000kg \r", says(NoWeight::Unclear));
    }

    #[test]
    fn another_unit_is_named_not_converted() {
        let unit = Parsed::Answer(Said::OtherUnit("lb".to_owned()));
        check("\n 1G       5.025lb \r", unit);
    }

    #[test]
    fn what_is_no_answer_is_not_guessed_at() {
        for noise in [
            "hello",
            "\n?\r",
            "\n 1G  7.025kg\r",
            "\n 1X       7.025kg \r",
            "\n?1G       7.025kg \r",
            "\n 1G       7.x25kg \r",
            "\n 1G      7.0251kg \r",
            "\n 1G       é.02kg \r",
        ] {
            check(noise, Parsed::Garbage);
        }
    }
}
