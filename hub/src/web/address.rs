//! Addresses of our own pages, written so that what people typed stays one part of them.

use std::fmt::Write;

/// How a listener is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// With TLS.
    Tls,
    /// Without, from this machine only.
    Loopback,
}

/// Writes a text so that it can stand in a path or a query: RFC 3986, section 2.3 leaves letters,
/// digits and four marks as they are.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            other => write!(escaped, "%{other:02X}").expect("a String takes every text"),
        }
    }
    escaped
}

/// Returns `path` with those parameters that are not empty.
#[must_use]
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let given = parameters.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", escaped(value)))
        .collect();
    match pairs.is_empty() {
        true => path.to_owned(),
        false => format!("{path}?{}", pairs.join("&")),
    }
}

#[cfg(test)]
mod tests {
    use super::{escaped, with_query};

    #[test]
    fn what_was_typed_stays_one_part() {
        assert_eq!(escaped("TEE-M/RED ü"), "TEE-M%2FRED%20%C3%BC");
        assert_eq!(
            with_query("/stock", &[("query", "a&b"), ("store", "")]),
            "/stock?query=a%26b"
        );
        assert_eq!(with_query("/stock", &[("store", "")]), "/stock");
    }
}
