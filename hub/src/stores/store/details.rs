//! What is known of a store beyond its name, as its row holds it.

use counterpart_daemon::db::{FromValue, Value, ValueMismatch};
use counterpart_protocol::stores::StoreDetails;

/// What is known of a store beyond its name, as JSON.
pub(super) struct Details(pub(super) StoreDetails);

impl FromValue for Details {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| ValueMismatch::new(value, "a store's details"))
    }
}

/// Writes a store's details; what its company and its jurisdiction are stands in their records.
pub(super) fn details(details: &StoreDetails) -> String {
    let own = StoreDetails {
        entity: None,
        jurisdiction: None,
        ..details.clone()
    };
    serde_json::to_string(&own).expect("details have text keys only")
}
