//! What the environment says about the tests' server.

/// Names a server that exists already: `postgres://user@host`, without a database.
const VARIABLE: &str = "COUNTERPART_TEST_POSTGRES";

/// Returns the address of a server to use instead of one of our own.
#[expect(clippy::disallowed_methods, reason = "this is the one place that may")]
pub(crate) fn given_server() -> Option<String> {
    let given = std::env::var(VARIABLE).ok();
    given.map(|address| address.trim_end_matches('/').to_owned())
}
