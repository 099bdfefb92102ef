//! GS1 Digital Link: the same values as an address on the web.
//!
//! It resolves nothing: what stands behind the address is not asked. The compressed form and the
//! words that old versions had for identifiers are not read. Rules: GS1 Digital Link standard, URI
//! syntax, release 1.6.

use std::fmt::Write as _;

use super::{Elements, ElementsRefused, Identifier};

/// Why an address is no Digital Link.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LinkRefused {
    /// It is no web address, or one without a key of GS1 in its path.
    #[error("the address names no goods")]
    NotOne,
    /// Behind the key stands what does not belong there, or in another order.
    #[error("({0}) does not belong where it stands in the address")]
    Misplaced(String),
    /// A part of it has a per cent sign without two hexadecimal digits, or is not text.
    #[error("the address is written wrong")]
    Spelling,
    /// A value is refused.
    #[error(transparent)]
    Value(#[from] ElementsRefused),
}

impl Elements {
    /// Reads a web address. Other things than values of GS1 in its query are left aside.
    ///
    /// # Errors
    /// [`LinkRefused`]; `NotOne` for any other address.
    ///
    /// ```
    /// use counterpart_protocol::barcode::gs1::Elements;
    ///
    /// let read = Elements::from_link("https://id.gs1.org/01/9520123456788/10/AB%2F1?17=261231")?;
    /// assert_eq!(read.to_string(), "(01)09520123456788(10)AB/1(17)261231");
    /// # Ok::<(), counterpart_protocol::barcode::gs1::LinkRefused>(())
    /// ```
    pub fn from_link(address: &str) -> Result<Self, LinkRefused> {
        let (scheme, rest) = address.split_once("://").ok_or(LinkRefused::NotOne)?;
        if !["http", "https"]
            .iter()
            .any(|known| scheme.eq_ignore_ascii_case(known))
        {
            return Err(LinkRefused::NotOne);
        }
        let rest = rest.split('#').next().unwrap_or(rest);
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (_host, path) = place.split_once('/').ok_or(LinkRefused::NotOne)?;
        let segments: Vec<&str> = path.trim_end_matches('/').split('/').collect();
        let start = key_at(&segments).ok_or(LinkRefused::NotOne)?;

        let mut read = Self::default();
        let mut path = segments[start..].chunks_exact(2);
        let key = path.next().ok_or(LinkRefused::NotOne)?;
        let identifier: Identifier = key[0].parse().map_err(|_| LinkRefused::NotOne)?;
        read.push(identifier, &padded(identifier, decode(key[1])?))?;
        let mut behind = Vec::new();
        for pair in path {
            let misplaced = || LinkRefused::Misplaced(pair[0].chars().take(8).collect());
            let qualifier: Identifier = pair[0].parse().map_err(|_| misplaced())?;
            behind.push(qualifier);
            if !may_follow(identifier, &behind) {
                return Err(misplaced());
            }
            read.push(qualifier, &decode(pair[1])?)?;
        }
        for pair in query.split(['&', ';']) {
            let Some((name, value)) = pair.split_once('=') else {
                continue;
            };
            if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_digit()) {
                continue;
            }
            let misplaced = || LinkRefused::Misplaced(name.chars().take(8).collect());
            let attribute: Identifier = name.parse().map_err(|_| misplaced())?;
            if !attribute.entry().may_be_in_query() {
                return Err(misplaced());
            }
            read.push(attribute, &padded(attribute, decode(value)?))?;
        }
        Ok(read)
    }

    /// Writes the values as an address below `stem`, such as `https://id.gs1.org`.
    ///
    /// # Errors
    /// [`LinkRefused::NotOne`] without a key among the values, [`LinkRefused::Misplaced`] for one
    /// that stands in no link.
    pub fn to_link(&self, stem: &str) -> Result<String, LinkRefused> {
        let key = self
            .identifiers()
            .find(|one| one.entry().qualifiers().is_some());
        let key = key.ok_or(LinkRefused::NotOne)?;
        let mut address = stem.trim_end_matches('/').to_owned();
        let mut said = vec![key];
        let value = |identifier: Identifier| self.value(identifier.as_str()).unwrap_or_default();
        let mut write = |identifier: Identifier, before: char, between: char| {
            let _infallible = write!(address, "{before}{identifier}{between}");
            encode(value(identifier), &mut address);
        };
        write(key, '/', '/');
        // The alternative that takes most of the values that are there.
        let orders = key.entry().qualifiers().into_iter().flatten();
        let best =
            orders.max_by_key(|order| order.split(',').filter(|q| self.value(q).is_some()).count());
        for name in best.unwrap_or_default().split(',') {
            if let Some(found) = self.identifiers().find(|one| one.as_str() == name) {
                write(found, '/', '/');
                said.push(found);
            }
        }
        let mut before = '?';
        for identifier in self.identifiers().filter(|one| !said.contains(one)) {
            if !identifier.entry().may_be_in_query() {
                return Err(LinkRefused::Misplaced(identifier.to_string()));
            }
            write(identifier, before, '=');
            before = '&';
        }
        Ok(address)
    }
}

/// Finds the last key of a path: pairs are counted from its end, so that a value that looks like a
/// key is not taken for one.
fn key_at(segments: &[&str]) -> Option<usize> {
    let mut at = segments.len().checked_sub(2)?;
    loop {
        let identifier = segments[at].parse::<Identifier>();
        if identifier.is_ok_and(|found| found.entry().qualifiers().is_some()) {
            return Some(at);
        }
        at = at.checked_sub(2)?;
    }
}

/// Tells whether qualifiers stand in an order the key allows; any may be left out.
fn may_follow(key: Identifier, behind: &[Identifier]) -> bool {
    let Some(mut orders) = key.entry().qualifiers() else {
        return false;
    };
    orders.any(|order| {
        let mut places = order.split(',');
        behind
            .iter()
            .all(|one| places.any(|place| place == one.as_str()))
    })
}

/// A trade item number may be written in a link with as many digits as it has.
fn padded(identifier: Identifier, value: String) -> String {
    match (identifier.as_str(), value.len()) {
        ("01" | "02", 8 | 12 | 13) => format!("{value:0>14}"),
        _ => value,
    }
}

fn decode(text: &str) -> Result<String, LinkRefused> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let mut digit = || bytes.next().and_then(|byte| char::from(byte).to_digit(16));
        let (high, low) = digit().zip(digit()).ok_or(LinkRefused::Spelling)?;
        decoded.push(u8::try_from(high * 16 + low).expect("two hexadecimal digits are a byte"));
    }
    String::from_utf8(decoded).map_err(|_| LinkRefused::Spelling)
}

/// Writes what RFC 3986 leaves unreserved as it is, and all else by its number.
fn encode(value: &str, address: &mut String) {
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            let _infallible = write!(address, "%{byte:02X}");
        }
    }
}
