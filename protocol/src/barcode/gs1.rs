//! GS1 element strings: several values in one symbol, each behind its application identifier.
//!
//! Which kind of symbol held them is not known here; what a value means to a shop is for whoever
//! asks. Rules: GS1 General Specifications, chapter 3 and section 7.8.

mod codes;
mod coupon;
mod entry;
mod link;
mod lint;
mod meaning;
mod table;

use std::fmt;

pub use entry::{Entry, Identifier, IdentifierUnknown, dictionary};
pub use link::LinkRefused;
pub use lint::Lint;

use super::check::SET_82;
use entry::{Letters, Presence};

/// The separator behind a value of variable length: FNC1, which scanners send as GS.
pub const SEPARATOR: char = '\u{1d}';
/// What one symbol holds at most: a DataMatrix's 3116 digits, with room for separators.
const CHARACTERS_MAX: usize = 4_096;
/// Values of one symbol; the standard's largest has a fraction of it.
const ELEMENTS_MAX: usize = 128;

/// The values of one symbol, in their order; each was checked.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Elements {
    elements: Vec<Element>,
}

/// One value.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Element {
    /// What it is.
    pub identifier: Identifier,
    /// What it says, without a separator.
    pub value: String,
}

/// Why a text is no element string.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ElementsRefused {
    /// There is nothing in it.
    #[error("the code holds nothing")]
    Empty,
    /// It is longer than any symbol.
    #[error("the code holds more than any symbol does")]
    TooMuch,
    /// A value is announced by an identifier that does not exist.
    #[error("the code holds a value behind {0}, which the standard does not know")]
    Unknown(String),
    /// A value ends early.
    #[error("({identifier}) {title} is cut short")]
    Short {
        /// Which.
        identifier: Identifier,
        /// What the standard calls it.
        title: &'static str,
    },
    /// A value is too long, or the separator behind it is missing.
    #[error("({identifier}) {title} is too long")]
    Long {
        /// Which.
        identifier: Identifier,
        /// What the standard calls it.
        title: &'static str,
    },
    /// A value has characters it cannot have.
    #[error("({identifier}) {title} has characters it cannot have")]
    Letters {
        /// Which.
        identifier: Identifier,
        /// What the standard calls it.
        title: &'static str,
    },
    /// A value fails a check of the dictionary.
    #[error("({identifier}) {title} is refused: {found} {}", .lint.words())]
    Content {
        /// Which.
        identifier: Identifier,
        /// What the standard calls it.
        title: &'static str,
        /// The check.
        lint: Lint,
        /// What was checked.
        found: String,
    },
    /// The same identifier stands twice with two values.
    #[error("({0}) stands twice with different values")]
    Twice(Identifier),
    /// Two identifiers do not go together.
    #[error("({one}) and ({other}) do not go together")]
    Apart {
        /// One of them.
        one: Identifier,
        /// The other.
        other: Identifier,
    },
    /// An identifier stands without what it needs beside it.
    #[error("({0}) does not stand alone")]
    Alone(Identifier),
}

impl Elements {
    /// Reads what a scanner sends: identifiers and values, GS behind those of variable length. A GS
    /// in front and behind, which some scanners add, is taken away.
    ///
    /// # Errors
    /// [`ElementsRefused`].
    ///
    /// ```
    /// use counterpart_protocol::barcode::gs1::Elements;
    ///
    /// let read = Elements::read("0109520123456788\u{1d}10AB-1\u{1d}17261231")?;
    /// assert_eq!(read.to_string(), "(01)09520123456788(10)AB-1(17)261231");
    /// assert_eq!(read.lot(), Some("AB-1"));
    /// # Ok::<(), counterpart_protocol::barcode::gs1::ElementsRefused>(())
    /// ```
    pub fn read(text: &str) -> Result<Self, ElementsRefused> {
        if text.len() > CHARACTERS_MAX {
            return Err(ElementsRefused::TooMuch);
        }
        let mut rest = text.trim_matches(SEPARATOR);
        let mut read = Self::default();
        while !rest.is_empty() {
            let (identifier, entry) = Identifier::at_start(rest).ok_or_else(|| {
                ElementsRefused::Unknown(rest.chars().take(4).filter(|c| !c.is_control()).collect())
            })?;
            let behind = &rest[identifier.as_str().len()..];
            let until = behind.find(SEPARATOR).unwrap_or(behind.len());
            let length = if entry.has_fixed_length() {
                until.min(entry.lengths().1)
            } else {
                until
            };
            let value = behind.get(..length).ok_or(ElementsRefused::Letters {
                identifier,
                title: entry.title(),
            })?;
            read.push(identifier, value)?;
            rest = behind[length..].trim_start_matches(SEPARATOR);
        }
        if read.elements.is_empty() {
            return Err(ElementsRefused::Empty);
        }
        Ok(read)
    }

    /// Adds a value behind the others.
    ///
    /// # Errors
    /// [`ElementsRefused`] when the value is not one of `identifier`, or that is there with
    /// another.
    pub fn push(&mut self, identifier: Identifier, value: &str) -> Result<(), ElementsRefused> {
        check_value(identifier, value)?;
        match self.value(identifier.as_str()) {
            Some(there) if there == value => return Ok(()),
            Some(_) => return Err(ElementsRefused::Twice(identifier)),
            None => {}
        }
        if self.elements.len() == ELEMENTS_MAX {
            return Err(ElementsRefused::TooMuch);
        }
        self.elements.push(Element {
            identifier,
            value: value.to_owned(),
        });
        Ok(())
    }

    /// Checks what must and must not stand beside what. A symbol may be one of several on a piece,
    /// so this is for the values of all of them, and for what we print ourselves.
    ///
    /// # Errors
    /// [`ElementsRefused::Apart`], [`ElementsRefused::Alone`].
    pub fn check_together(&self) -> Result<(), ElementsRefused> {
        for element in &self.elements {
            let one = element.identifier;
            let is_there = |pattern: &str| {
                self.identifiers()
                    .find(|other| *other != one && other.is_meant_by(pattern))
            };
            if let Some(other) = one.entry().excludes().find_map(is_there) {
                return Err(ElementsRefused::Apart { one, other });
            }
            let mut needs = one.entry().needs().peekable();
            if needs.peek().is_some()
                && !needs.any(|mut set| set.all(|pattern| is_there(pattern).is_some()))
            {
                return Err(ElementsRefused::Alone(one));
            }
        }
        Ok(())
    }

    /// Returns the values in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Element> {
        self.elements.iter()
    }

    /// Returns a value by its identifier.
    #[must_use]
    pub fn value(&self, identifier: &str) -> Option<&str> {
        let found = self
            .elements
            .iter()
            .find(|one| one.identifier.as_str() == identifier);
        found.map(|element| element.value.as_str())
    }

    /// Returns what a symbol holds, FNC1 in front left out: the reverse of [`Elements::read`].
    #[must_use]
    pub fn to_symbol(&self) -> String {
        let mut text = String::new();
        for (at, element) in self.elements.iter().enumerate() {
            text.push_str(element.identifier.as_str());
            text.push_str(&element.value);
            if !element.identifier.entry().has_fixed_length() && at + 1 < self.elements.len() {
                text.push(SEPARATOR);
            }
        }
        text
    }

    fn identifiers(&self) -> impl Iterator<Item = Identifier> {
        self.elements.iter().map(|element| element.identifier)
    }
}

impl fmt::Display for Elements {
    /// Writes them as people read them below a symbol: identifiers in brackets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for element in &self.elements {
            write!(f, "({}){}", element.identifier, element.value)?;
        }
        Ok(())
    }
}

/// Checks a value against what the dictionary says of its components.
fn check_value(identifier: Identifier, value: &str) -> Result<(), ElementsRefused> {
    let entry = identifier.entry();
    let title = entry.title();
    if !value.is_ascii() {
        return Err(ElementsRefused::Letters { identifier, title });
    }
    let mut rest = value;
    for part in entry.parts() {
        if rest.is_empty() && part.presence == Presence::Optional {
            break;
        }
        if rest.len() < part.min {
            return Err(ElementsRefused::Short { identifier, title });
        }
        let (found, behind) = rest.split_at(rest.len().min(part.max));
        if !found.bytes().all(|byte| has(part.letters, byte)) {
            return Err(ElementsRefused::Letters { identifier, title });
        }
        if let Some(lint) = part.lints.iter().copied().find(|lint| !lint.passes(found)) {
            let found = found.to_owned();
            return Err(ElementsRefused::Content {
                identifier,
                title,
                lint,
                found,
            });
        }
        rest = behind;
    }
    if rest.is_empty() {
        Ok(())
    } else {
        Err(ElementsRefused::Long { identifier, title })
    }
}

fn has(letters: Letters, byte: u8) -> bool {
    match letters {
        Letters::N => byte.is_ascii_digit(),
        Letters::X => SET_82.contains(&byte),
        Letters::Y => byte.is_ascii_digit() || byte.is_ascii_uppercase() || b"#-/".contains(&byte),
        Letters::Z => byte.is_ascii_alphanumeric() || b"-_=".contains(&byte),
    }
}

#[cfg(test)]
mod tests;
