//! What an installer types to bring a store into a hub: a one-time secret and whom to trust.
//!
//! It holds no address and no store; the hub knows for which store it gave out the secret, and
//! keeps only the secret's hash.
//!
//! Ten groups of five characters of Crockford's base 32 (no I, L, O, U): four carry 20 bits, the
//! fifth checks the group and its place. The first 80 bits are the secret, the other 120 the
//! beginning of the authority's fingerprint.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::fingerprint::Fingerprint;
use crate::entropy::Entropy;

/// Crockford's base 32: <https://www.crockford.com/base32.html>.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUPS: usize = 10;
const GROUP_LENGTH: usize = 5;
const SECRET_BYTES: usize = 10;
const AUTHORITY_BYTES: usize = 15;

/// An enrolment code.
#[derive(Clone, PartialEq, Eq)]
pub struct EnrolmentCode {
    secret: [u8; SECRET_BYTES],
    authority: [u8; AUTHORITY_BYTES],
}

/// Why a typed code is not one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// The code is longer or shorter than it should be.
    #[error("the code has {found} characters instead of 50: check that all ten groups are there")]
    Length {
        /// Characters found, without spaces and dashes.
        found: usize,
    },
    /// One group is longer or shorter than five characters.
    #[error("group {group} has {found} characters instead of 5")]
    GroupLength {
        /// The group, counted from 1.
        group: usize,
        /// Characters found.
        found: usize,
    },
    /// A character never occurs in a code.
    #[error("group {group} has the character \"{character}\", which no code has")]
    Character {
        /// The group, counted from 1.
        group: usize,
        /// The character.
        character: char,
    },
    /// A group's check character does not fit.
    #[error("group {group} is mistyped or in the wrong place")]
    Group {
        /// The group, counted from 1.
        group: usize,
    },
}

impl EnrolmentCode {
    /// Makes a new code for the hub whose authority has this fingerprint.
    #[must_use]
    pub fn new(authority: &Fingerprint, entropy: &dyn Entropy) -> Self {
        let mut secret = [0; SECRET_BYTES];
        entropy.fill(&mut secret);
        let mut prefix = [0; AUTHORITY_BYTES];
        prefix.copy_from_slice(&authority.0[..AUTHORITY_BYTES]);
        Self {
            secret,
            authority: prefix,
        }
    }

    /// Tells whether the code names the authority with this fingerprint.
    #[must_use]
    pub fn names(&self, authority: &Fingerprint) -> bool {
        authority.0[..AUTHORITY_BYTES] == self.authority
    }

    /// Returns the hash of the secret, which the hub keeps and looks up instead of the secret.
    ///
    /// It is unsalted: 80 random bits can't be guessed from their hash.
    #[must_use]
    pub fn secret_hash(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(b"counterpart enrolment 1\0")
            .chain_update(self.secret)
            .finalize()
            .into()
    }

    fn symbols(&self) -> Vec<u8> {
        let bytes: Vec<u8> = self.secret.iter().chain(&self.authority).copied().collect();
        let mut symbols = Vec::with_capacity(GROUPS * GROUP_LENGTH);
        // Five bytes are eight symbols: two groups.
        for (index, chunk) in bytes.chunks(5).enumerate() {
            let bits = chunk
                .iter()
                .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
            for half in 0..2 {
                let group: [u8; 4] =
                    std::array::from_fn(|place| (bits >> (35 - 5 * (half * 4 + place)) & 31) as u8);
                symbols.extend(group);
                symbols.push(check_symbol(&group, index * 2 + half));
            }
        }
        symbols
    }
}

/// Writes the code as people read it: `AAAAA-BBBBB-…`, ten groups.
impl fmt::Display for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, symbol) in self.symbols().into_iter().enumerate() {
            if index > 0 && index % GROUP_LENGTH == 0 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(ALPHABET[usize::from(symbol)]))?;
        }
        Ok(())
    }
}

/// Never shows the secret.
impl fmt::Debug for EnrolmentCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnrolmentCode").finish_non_exhaustive()
    }
}

/// Reads a code in either case, with spaces, dashes or nothing between groups; O stands for 0, and
/// I and L for 1, as Crockford has it.
impl FromStr for EnrolmentCode {
    type Err = CodeRefused;

    fn from_str(text: &str) -> Result<Self, CodeRefused> {
        let groups = split(text)?;
        let mut bytes = Vec::with_capacity(SECRET_BYTES + AUTHORITY_BYTES);
        let mut bits = 0_u64;
        for (index, group) in groups.iter().enumerate() {
            let mut symbols = [0; GROUP_LENGTH];
            for (symbol, character) in symbols.iter_mut().zip(group) {
                *symbol = symbol_of(*character).ok_or(CodeRefused::Character {
                    group: index + 1,
                    character: *character,
                })?;
            }
            let [carried @ .., check] = symbols;
            if check_symbol(&carried, index) != check {
                return Err(CodeRefused::Group { group: index + 1 });
            }
            bits = carried
                .iter()
                .fold(bits, |bits, symbol| bits << 5 | u64::from(*symbol));
            if index % 2 == 1 {
                bytes.extend_from_slice(&bits.to_be_bytes()[3..]);
                bits = 0;
            }
        }
        let (secret, authority) = bytes.split_at(SECRET_BYTES);
        Ok(Self {
            secret: secret.try_into().expect("ten groups are 25 bytes"),
            authority: authority.try_into().expect("ten groups are 25 bytes"),
        })
    }
}

/// Splits what was typed into ten groups of five, by its own separators if it has ten parts.
fn split(text: &str) -> Result<Vec<Vec<char>>, CodeRefused> {
    // Word processors turn a dash into longer ones.
    let separates = |character: char| {
        character.is_whitespace() || matches!(character, '-' | '_' | '\u{2010}'..='\u{2015}')
    };
    let parts: Vec<&str> = text
        .split(separates)
        .filter(|part| !part.is_empty())
        .collect();
    if parts.len() == GROUPS {
        for (index, part) in parts.iter().enumerate() {
            let found = part.chars().count();
            if found != GROUP_LENGTH {
                return Err(CodeRefused::GroupLength {
                    group: index + 1,
                    found,
                });
            }
        }
    }
    let characters: Vec<char> = parts.concat().chars().collect();
    if characters.len() != GROUPS * GROUP_LENGTH {
        return Err(CodeRefused::Length {
            found: characters.len(),
        });
    }
    Ok(characters
        .chunks(GROUP_LENGTH)
        .map(<[char]>::to_vec)
        .collect())
}

fn symbol_of(character: char) -> Option<u8> {
    let character = match character.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET
        .iter()
        .position(|known| char::from(*known) == character)?;
    u8::try_from(place).ok()
}

/// Returns the check symbol of a group: a polynomial over the field of 32 elements, so that every
/// single wrong character, every two swapped ones and every two swapped groups are noticed.
fn check_symbol(group: &[u8; 4], index: usize) -> u8 {
    let place = u8::try_from(index + 1).expect("there are ten groups");
    // Every character has its own weight, the check character 1 and the others 2, 4, 8 and 16.
    times_two(
        group
            .iter()
            .fold(place, |sum, symbol| times_two(sum) ^ symbol),
    )
}

/// Doubles in GF(2⁵) modulo x⁵ + x² + 1.
fn times_two(element: u8) -> u8 {
    let doubled = element << 1;
    if doubled & 0b10_0000 == 0 {
        doubled
    } else {
        doubled ^ 0b10_0101
    }
}
