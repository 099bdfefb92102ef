//! The store server's state in words, for the command line.

use counterpart_protocol::condition::{Concern, Measured, size, words};
use serde_json::Value;

/// Returns what needs a person, as a store server answered it.
///
/// # Errors
///
/// When the answer is another version's.
pub fn concerns_of(status: &Value) -> Result<Vec<Concern>, serde_json::Error> {
    serde_json::from_value(status["concerns"].clone())
}

/// Returns a store's state as a person reads it: what needs somebody first, then the rest.
///
/// # Errors
///
/// When the answer is another version's.
pub fn status_words(status: &Value) -> Result<String, serde_json::Error> {
    let measured: Measured = serde_json::from_value(status["machine"].clone())?;
    let known = |bytes: Option<u64>| bytes.map_or_else(|| "not known".to_owned(), size);
    let hub = &status["hub"];
    let mut text = format!(
        "{}\n\
         Hub        {}, last seen {}, {} records wait to be sent\n\
         Disk       {} free\n\
         Database   {}\n",
        words(&concerns_of(status)?),
        hub["standing"].as_str().unwrap_or("not known"),
        hub["last_seen_at"].as_str().unwrap_or("never"),
        status["unsent"].as_u64().unwrap_or(0),
        known(measured.disk_free_bytes),
        known(measured.database_bytes),
    );
    for register in status["registers"].as_array().into_iter().flatten() {
        let device = |what: &str| register[what]["word"].as_str().unwrap_or("none").to_owned();
        text.push_str(&format!(
            "{}: scanner {}, printer {}\n",
            register["name"].as_str().unwrap_or("Register"),
            device("scanner"),
            device("printer"),
        ));
    }
    Ok(text)
}
