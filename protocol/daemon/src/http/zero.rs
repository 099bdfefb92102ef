//! Texts without U+0000: no database keeps it (PostgreSQL refuses it in `TEXT`), no printer prints
//! it, and what one engine takes the other must take too.
//!
//! It looks at what is sent, before anything is made of it.

use axum::http::Uri;

use super::problem::Problem;

/// Refuses a path or a query with a zero byte in it.
pub(super) fn none_in_address(uri: &Uri) -> Result<(), Problem> {
    let query = uri.query().unwrap_or_default();
    match uri.path().contains("%00") || query.contains("%00") {
        true => Err(refused("the address")),
        false => Ok(()),
    }
}

/// Refuses JSON with U+0000 in a text, where it can stand only as `\u0000`.
pub(super) fn none_in_json(json: &[u8]) -> Result<(), Problem> {
    let mut escaped = false;
    for (at, byte) in json.iter().enumerate() {
        if escaped && json[at..].starts_with(b"u0000") {
            return Err(refused("the body"));
        }
        // A backslash after a backslash is a letter.
        escaped = *byte == b'\\' && !escaped;
    }
    Ok(())
}

/// Refuses a form with a zero byte in a field.
pub(super) fn none_in_form(form: &[u8]) -> Result<(), Problem> {
    match form.windows(3).any(|part| part == b"%00") || form.contains(&0) {
        true => Err(refused("the form")),
        false => Ok(()),
    }
}

fn refused(place: &str) -> Problem {
    Problem::unreadable(format!(
        "{place} has a zero byte (U+0000) in it, which is part of no text: leave it out"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(json: &str, good: bool) {
        assert_eq!(none_in_json(json.as_bytes()).is_ok(), good, "{json}");
    }

    #[test]
    fn a_zero_byte_in_a_text_is_refused_and_its_spelling_is_not() {
        check(r#"{"name":"a\u0000b"}"#, false);
        check(r#"{"name":"\\\u0000"}"#, false);
        check(r#"{"\u0000":1}"#, false);
        check(r#"{"name":"\\u0000"}"#, true);
        check(r#"{"name":"u0000 \u0001 \n"}"#, true);
        check(r#"{"name":"\"#, true);
    }

    #[test]
    fn a_zero_byte_in_an_address_or_a_form_is_refused() {
        let address = |text: &str| none_in_address(&text.parse().unwrap()).is_ok();
        assert!(!address("/v1/stock/a%00b") && !address("/v1/stock?query=%00"));
        assert!(address("/v1/stock/a%20b?query=100%2500"));
        assert!(none_in_form(b"name=a%00").is_err() && none_in_form(b"name=\0").is_err());
        assert!(none_in_form(b"name=a%0A&price=100").is_ok());
    }
}
