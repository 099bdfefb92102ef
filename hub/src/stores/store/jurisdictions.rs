//! The SQL of the places where stores are taxed.

use counterpart_daemon::db::{DbError, FromValue, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::JurisdictionId;
use counterpart_protocol::tax::Jurisdiction;

/// A jurisdiction as JSON.
pub(super) struct Body(pub(super) Jurisdiction);

impl FromValue for Body {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| ValueMismatch::new(value, "a jurisdiction"))
    }
}

fn body(jurisdiction: &Jurisdiction) -> String {
    serde_json::to_string(jurisdiction).expect("a jurisdiction has text keys only")
}

/// Returns every jurisdiction, by slug.
pub(in crate::stores) fn jurisdictions(tx: &mut Tx) -> Result<Vec<Jurisdiction>, DbError> {
    let sql = "SELECT body FROM jurisdictions ORDER BY jurisdiction_id";
    let rows = tx.query_all(sql, params![])?;
    rows.iter().map(|row| Ok(row.read::<Body>(0)?.0)).collect()
}

pub(in crate::stores) fn jurisdiction(
    tx: &mut Tx,
    id: &JurisdictionId,
) -> Result<Option<Jurisdiction>, DbError> {
    let sql = "SELECT body FROM jurisdictions WHERE jurisdiction_id = $1";
    let row = tx.query_opt(sql, params![id.as_str()])?;
    row.map(|row| Ok(row.read::<Body>(0)?.0)).transpose()
}

pub(in crate::stores) fn add_jurisdiction(
    tx: &mut Tx,
    jurisdiction: &Jurisdiction,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO jurisdictions (jurisdiction_id, body, added_at_ms) VALUES ($1, $2, $3)",
        params![
            jurisdiction.jurisdiction_id.as_str(),
            body(jurisdiction),
            now_ms
        ],
    )?;
    Ok(())
}

pub(in crate::stores) fn change_jurisdiction(
    tx: &mut Tx,
    jurisdiction: &Jurisdiction,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE jurisdictions SET body = $2 WHERE jurisdiction_id = $1",
        params![jurisdiction.jurisdiction_id.as_str(), body(jurisdiction)],
    )?;
    Ok(())
}
