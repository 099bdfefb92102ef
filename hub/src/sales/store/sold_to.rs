//! The SQL of whom a received sale was made to.

use counterpart_daemon::db::{DbError, FromValue, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::sales::SoldTo;

/// To whom, as JSON.
struct Whom(SoldTo);

impl FromValue for Whom {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| ValueMismatch::new(value, "to whom a sale was made"))
    }
}

/// Returns to whom a sale was made, where they were named or paid no tax.
pub(in crate::sales) fn sold_to(tx: &mut Tx, sale_id: [u8; 16]) -> Result<Option<SoldTo>, DbError> {
    let sql = "SELECT sold_to FROM sales WHERE sale_id = $1";
    let row = tx.query_one(sql, params![sale_id])?;
    Ok(row.read::<Option<Whom>>(0)?.map(|whom| whom.0))
}
