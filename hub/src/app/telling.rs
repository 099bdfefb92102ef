//! The hub's state in words, for the command line.

use anyhow::Context as _;
use counterpart_protocol::condition::{Concern, Measured, size, words};
use serde_json::Value;

/// Returns what needs a person, as a hub answered it.
///
/// # Errors
///
/// When the answer is another version's.
pub fn concerns_of(status: &Value) -> anyhow::Result<Vec<Concern>> {
    let concerns = status["concerns"].clone();
    serde_json::from_value(concerns).context("could not read the hub's answer")
}

/// Returns a hub's state as a person reads it: what needs somebody first, then the numbers.
///
/// # Errors
///
/// When the answer is another version's.
pub fn status_words(status: &Value) -> anyhow::Result<String> {
    let measured: Measured = serde_json::from_value(status["machine"].clone())
        .context("could not read the hub's answer")?;
    let number = |field: &str| status[field].as_i64().unwrap_or(0);
    let known = |bytes: Option<u64>| bytes.map_or_else(|| "not known".to_owned(), size);
    let text = |field: &str| status[field].as_str().unwrap_or("not known").to_owned();
    Ok(format!(
        "{}\n\
         Stores        {} of {} on the line, {} records still to come\n\
         Disk          {} free\n\
         Database      {}\n\
         Certificates  the hub's until {}, its authority's until {}\n",
        words(&concerns_of(status)?),
        number("stores_connected"),
        number("stores"),
        number("lag"),
        known(measured.disk_free_bytes),
        known(measured.database_bytes),
        text("certificate_until"),
        text("authority_until"),
    ))
}
