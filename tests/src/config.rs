//! The only place of the harness that reads environment variables; a journey needs none.

/// Returns the seed a person asked for with `TESTS_SEED`.
///
/// # Panics
///
/// When it is no number: a typing mistake must not pass for the usual seed.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
pub fn seed() -> Option<u64> {
    let text = std::env::var("TESTS_SEED").ok()?;
    Some(text.parse().expect("TESTS_SEED is a whole number"))
}
