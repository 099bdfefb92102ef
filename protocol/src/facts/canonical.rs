//! The strict token check that runs before any decoder: one meaning, one spelling.
//!
//! minicbor's derived decoders accept indefinite maps, long integers and trailing bytes, so two
//! spellings of one fact would get two hashes. This check refuses all but the shortest one.

/// Why bytes are not canonical.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NotCanonical {
    /// The bytes end inside an item.
    #[error("the bytes end too early")]
    Truncated,
    /// Bytes follow the item.
    #[error("bytes follow the end")]
    Trailing,
    /// A number or length is not written in its shortest form.
    #[error("a number is not in its shortest form")]
    LongForm,
    /// Map keys are not strictly ascending unsigned integers.
    #[error("map keys are not ascending integers")]
    KeyOrder,
    /// A text is not UTF-8.
    #[error("a text is not UTF-8")]
    NotUtf8,
    /// A tag, float, indefinite length or other form that facts never use.
    #[error("a form that facts never use")]
    Forbidden,
    /// Items are nested deeper than 16.
    #[error("items are nested too deep")]
    TooDeep,
}

/// How deep items may be nested: our deepest fact uses 5.
const DEPTH_MAX: u8 = 16;

/// Checks that `bytes` are exactly one item in the one spelling facts use: definite lengths,
/// shortest numbers, map keys that are strictly ascending unsigned integers, UTF-8 texts, no tags
/// and no floats.
///
/// # Errors
/// The first breach found, as [`NotCanonical`].
pub fn check_canonical(bytes: &[u8]) -> Result<(), NotCanonical> {
    let mut rest = bytes;
    check_item(&mut rest, DEPTH_MAX)?;
    if rest.is_empty() {
        Ok(())
    } else {
        Err(NotCanonical::Trailing)
    }
}

fn check_item(rest: &mut &[u8], depth: u8) -> Result<(), NotCanonical> {
    let depth = depth.checked_sub(1).ok_or(NotCanonical::TooDeep)?;
    let (major, argument) = read_head(rest)?;
    match major {
        0 | 1 => Ok(()),
        2 => take(rest, argument).map(|_| ()),
        3 => {
            let text = take(rest, argument)?;
            std::str::from_utf8(text)
                .map(|_| ())
                .map_err(|_| NotCanonical::NotUtf8)
        }
        4 => (0..argument).try_for_each(|_| check_item(rest, depth)),
        5 => {
            let mut last = None;
            for _ in 0..argument {
                let (major, key) = read_head(rest)?;
                if major != 0 || last.is_some_and(|last| key <= last) {
                    return Err(NotCanonical::KeyOrder);
                }
                last = Some(key);
                check_item(rest, depth)?;
            }
            Ok(())
        }
        // Of major type 7 only false, true and null.
        7 if (20..=22).contains(&argument) => Ok(()),
        _ => Err(NotCanonical::Forbidden),
    }
}

/// Reads an item's head: its major type and its argument.
fn read_head(rest: &mut &[u8]) -> Result<(u8, u64), NotCanonical> {
    let first = take(rest, 1)?[0];
    let (major, short) = (first >> 5, first & 0x1f);
    let width = match short {
        0..=23 => return Ok((major, u64::from(short))),
        // Major type 7 with an argument is a float or a simple value we never write.
        24..=27 if major != 7 => 1_u64 << (short - 24),
        _ => return Err(NotCanonical::Forbidden),
    };
    let argument = take(rest, width)?
        .iter()
        .fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let smallest = match width {
        1 => 24,
        2 => 1 << 8,
        4 => 1 << 16,
        _ => 1 << 32,
    };
    if argument < smallest {
        Err(NotCanonical::LongForm)
    } else {
        Ok((major, argument))
    }
}

fn take<'a>(rest: &mut &'a [u8], count: u64) -> Result<&'a [u8], NotCanonical> {
    let count = usize::try_from(count).map_err(|_| NotCanonical::Truncated)?;
    let (taken, left) = rest
        .split_at_checked(count)
        .ok_or(NotCanonical::Truncated)?;
    *rest = left;
    Ok(taken)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, proptest};

    use super::{NotCanonical, check_canonical};

    #[track_caller]
    fn check(bytes: &[u8], expected: Result<(), NotCanonical>) {
        assert_eq!(check_canonical(bytes), expected, "{bytes:02x?}");
    }

    #[test]
    fn one_meaning_has_one_spelling() {
        check(&[0x00], Ok(()));
        check(&[0x18, 0x18], Ok(()));
        check(&[0x18, 0x17], Err(NotCanonical::LongForm));
        check(&[0x19, 0x00, 0xff], Err(NotCanonical::LongForm));
        check(&[0xa2, 0x00, 0x01, 0x01, 0xf5], Ok(()));
        check(&[0xa2, 0x01, 0x01, 0x00, 0xf5], Err(NotCanonical::KeyOrder));
        check(&[0xa2, 0x01, 0x01, 0x01, 0xf5], Err(NotCanonical::KeyOrder));
        check(&[0xa1, 0x61, 0x61, 0x01], Err(NotCanonical::KeyOrder));
        check(&[0xbf, 0x00, 0x01, 0xff], Err(NotCanonical::Forbidden));
        check(
            &[0xfb, 0, 0, 0, 0, 0, 0, 0, 0],
            Err(NotCanonical::Forbidden),
        );
        check(&[0xc1, 0x00], Err(NotCanonical::Forbidden));
        check(&[0x00, 0x00], Err(NotCanonical::Trailing));
        check(&[], Err(NotCanonical::Truncated));
        check(&[0x62, 0x61], Err(NotCanonical::Truncated));
        check(&[0x61, 0xff], Err(NotCanonical::NotUtf8));
        check(&[0x81; 40], Err(NotCanonical::TooDeep));
        check(
            &[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            Err(NotCanonical::Truncated),
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            // Only the absence of a panic is asserted: most random bytes are refused.
            let _verdict = check_canonical(&bytes);
        }
    }
}
