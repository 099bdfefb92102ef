//! What the dictionary says of one application identifier, and how to find it.

use std::fmt;
use std::str::FromStr;

use super::lint::Lint;
use super::table::TABLE;

/// An application identifier that exists, such as `01` or `3103`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    digits: [u8; 4],
    count: u8,
}

/// Digits that are no application identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no application identifier {0}")]
pub struct IdentifierUnknown(pub String);

/// One line of the dictionary: an identifier, or a run of them that mean the same.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    first: &'static str,
    last: &'static str,
    flags: Flags,
    parts: &'static [Part],
    needs: &'static str,
    excludes: &'static str,
    key: Option<&'static str>,
    title: &'static str,
}

/// The dictionary's flags: `*` for a predefined length, `?` for a place in a link's query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flags {
    None,
    Fixed,
    Link,
    FixedLink,
}

/// One component of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Part {
    pub(super) letters: Letters,
    pub(super) min: usize,
    pub(super) max: usize,
    pub(super) presence: Presence,
    pub(super) lints: &'static [Lint],
}

/// Which characters a component is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Letters {
    /// Digits.
    N,
    /// GS1's 82 characters.
    X,
    /// GS1's 39 characters.
    Y,
    /// The 64 characters of base64url, with `=` for padding.
    Z,
}

/// Whether a component must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Required,
    Optional,
}

/// The constructors of `table.rs`, short so that a line of it is a line of the dictionary.
pub(super) mod make {
    use super::{Entry, Flags, Letters, Lint, Part, Presence};

    pub(crate) const __: Flags = Flags::None;
    pub(crate) const F_: Flags = Flags::Fixed;
    pub(crate) const _L: Flags = Flags::Link;
    pub(crate) const FL: Flags = Flags::FixedLink;

    pub(crate) const fn part(
        letters: Letters,
        min: usize,
        max: usize,
        lints: &'static [Lint],
    ) -> Part {
        let presence = Presence::Required;
        Part {
            letters,
            min,
            max,
            presence,
            lints,
        }
    }

    pub(crate) const fn option(
        letters: Letters,
        min: usize,
        max: usize,
        lints: &'static [Lint],
    ) -> Part {
        let presence = Presence::Optional;
        Part {
            letters,
            min,
            max,
            presence,
            lints,
        }
    }

    pub(crate) const fn row(
        run: (&'static str, &'static str),
        flags: Flags,
        parts: &'static [Part],
        (needs, excludes): (&'static str, &'static str),
        key: Option<&'static str>,
        title: &'static str,
    ) -> Entry {
        let (first, last) = run;
        Entry {
            first,
            last,
            flags,
            parts,
            needs,
            excludes,
            key,
            title,
        }
    }
}

impl Entry {
    /// Returns what the standard calls the value: `NET WEIGHT (kg)`.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// Tells whether a value ends by its length alone, so that no separator need follow it.
    #[must_use]
    pub fn has_fixed_length(&self) -> bool {
        matches!(self.flags, Flags::Fixed | Flags::FixedLink)
    }

    /// Tells whether a value may stand in the query of a Digital Link.
    #[must_use]
    pub fn may_be_in_query(&self) -> bool {
        matches!(self.flags, Flags::Link | Flags::FixedLink)
    }

    /// Returns how many characters a value has, at least and at most.
    #[must_use]
    pub fn lengths(&self) -> (usize, usize) {
        let required = self
            .parts
            .iter()
            .filter(|part| part.presence == Presence::Required);
        let max = self.parts.iter().map(|part| part.max).sum();
        (required.map(|part| part.min).sum(), max)
    }

    pub(super) fn parts(&self) -> &'static [Part] {
        self.parts
    }

    /// Returns the sets of identifiers of which one must stand beside this one; none if none must.
    pub(super) fn needs(&self) -> impl Iterator<Item = impl Iterator<Item = &'static str>> {
        let sets = self.needs.split(',').filter(|set| !set.is_empty());
        sets.map(|set| set.split('+'))
    }

    pub(super) fn excludes(&self) -> impl Iterator<Item = &'static str> {
        self.excludes.split(',').filter(|one| !one.is_empty())
    }

    /// Returns the alternative orders of qualifiers behind it in a link, if it is a key there.
    pub(super) fn qualifiers(&self) -> Option<impl Iterator<Item = &'static str>> {
        self.key.map(|key| key.split('|'))
    }
}

/// Returns every line of the dictionary, in its order.
#[must_use]
pub fn dictionary() -> &'static [Entry] {
    TABLE
}

impl Identifier {
    /// Finds the identifier `text` begins with.
    pub(super) fn at_start(text: &str) -> Option<(Self, &'static Entry)> {
        (2..=4).find_map(|count| {
            let digits = text.get(..count)?;
            let entry = TABLE.iter().find(|entry| {
                entry.first.len() == count && (entry.first..=entry.last).contains(&digits)
            })?;
            let mut known = [0; 4];
            known[..count].copy_from_slice(digits.as_bytes());
            let count = u8::try_from(count).expect("four is a byte");
            Some((
                Self {
                    digits: known,
                    count,
                },
                entry,
            ))
        })
    }

    /// Returns what the dictionary says of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        let found = Self::at_start(self.as_str()).expect("only known ones are made");
        found.1
    }

    /// Returns its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        let digits = &self.digits[..usize::from(self.count)];
        std::str::from_utf8(digits).expect("they were taken from a text")
    }

    /// Returns its last digit, which for an amount says how many decimals it has.
    #[must_use]
    pub fn last_digit(self) -> u32 {
        u32::from(self.digits[usize::from(self.count) - 1] - b'0')
    }

    /// Tells whether a pattern of the dictionary such as `310n` means it.
    pub(super) fn is_meant_by(self, pattern: &str) -> bool {
        pattern.len() == usize::from(self.count)
            && pattern
                .bytes()
                .zip(self.digits)
                .all(|(p, d)| p == b'n' || p == d)
    }
}

impl FromStr for Identifier {
    type Err = IdentifierUnknown;

    fn from_str(text: &str) -> Result<Self, IdentifierUnknown> {
        let found = Self::at_start(text).filter(|(found, _)| found.as_str() == text);
        let unknown = || IdentifierUnknown(text.chars().take(8).collect());
        found.map(|(found, _)| found).ok_or_else(unknown)
    }
}

impl fmt::Display for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "({self})")
    }
}

impl fmt::Display for Entry {
    /// Writes it in the dictionary's own syntax, one space between its columns.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.first)?;
        if self.first != self.last {
            write!(f, "-{}", self.last)?;
        }
        f.write_str(match self.flags {
            Flags::None => "",
            Flags::Fixed => " *",
            Flags::Link => " ?",
            Flags::FixedLink => " *?",
        })?;
        for part in self.parts {
            write!(f, " {part}")?;
        }
        for (name, value) in [("req", self.needs), ("ex", self.excludes)] {
            if !value.is_empty() {
                write!(f, " {name}={value}")?;
            }
        }
        match self.key {
            None => {}
            Some("") => f.write_str(" dlpkey")?,
            Some(key) => write!(f, " dlpkey={key}")?,
        }
        if self.title.is_empty() {
            return Ok(());
        }
        write!(f, " # {}", self.title)
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (open, close) = match self.presence {
            Presence::Required => ("", ""),
            Presence::Optional => ("[", "]"),
        };
        let letters = match self.letters {
            Letters::N => 'N',
            Letters::X => 'X',
            Letters::Y => 'Y',
            Letters::Z => 'Z',
        };
        let dots = if self.min == self.max { "" } else { ".." };
        write!(f, "{open}{letters}{dots}{}{close}", self.max)?;
        for lint in self.lints {
            write!(f, ",{}", lint.name())?;
        }
        Ok(())
    }
}
