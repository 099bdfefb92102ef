//! Joins a letter and a following combining mark into the one character code pages have.
//!
//! Not a Unicode normaliser: it knows the Latin letters of the code pages a receipt printer has
//! (437, 775, 850, 852, 857, 858), and leaves everything else as it came.

/// Returns the composed character of a letter and a mark, if a code page could have it.
pub(crate) fn compose(base: char, mark: char) -> Option<char> {
    let (bases, composed) = pairs(mark)?;
    let place = bases.chars().position(|candidate| candidate == base)?;
    composed.chars().nth(place)
}

fn pairs(mark: char) -> Option<(&'static str, &'static str)> {
    Some(match mark {
        '\u{300}' => ("aeiouAEIOU", "àèìòùÀÈÌÒÙ"),
        '\u{301}' => ("aeiouyclnrszAEIOUYCLNRSZ", "áéíóúýćĺńŕśźÁÉÍÓÚÝĆĹŃŔŚŹ"),
        '\u{302}' => ("aeiouAEIOU", "âêîôûÂÊÎÔÛ"),
        '\u{303}' => ("anoANO", "ãñõÃÑÕ"),
        '\u{304}' => ("aeiouAEIOU", "āēīōūĀĒĪŌŪ"),
        '\u{306}' => ("agAG", "ăğĂĞ"),
        '\u{307}' => ("ezIEZ", "ėżİĖŻ"),
        '\u{308}' => ("aeiouyAEIOU", "äëïöüÿÄËÏÖÜ"),
        '\u{30A}' => ("auAU", "åůÅŮ"),
        '\u{30B}' => ("ouOU", "őűŐŰ"),
        '\u{30C}' => ("cdenrstzCDENRSTZ", "čďěňřšťžČĎĚŇŘŠŤŽ"),
        '\u{327}' => ("cstgklnrCSTGKLNR", "çşţģķļņŗÇŞŢĢĶĻŅŖ"),
        '\u{328}' => ("aeiuAEIU", "ąęįųĄĘĮŲ"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_base_has_its_composed_character() {
        for mark in '\u{300}'..='\u{36F}' {
            if let Some((bases, composed)) = pairs(mark) {
                assert_eq!(bases.chars().count(), composed.chars().count(), "{mark:?}");
            }
        }
    }

    #[test]
    fn an_unknown_pair_stays_as_it_came() {
        assert_eq!(compose('q', '\u{301}'), None);
        assert_eq!(compose('e', 'x'), None);
    }
}
