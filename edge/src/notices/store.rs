//! The view of notices.
//!
//! What is current depends on the time, which callers bring.

use std::sync::Arc;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Kind, NoticePosted};
use counterpart_protocol::time::BusinessDate;

/// Notices shown at once: more would push the sale off the screen.
const SHOWN_MAX: u32 = 5;

/// A notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Its text.
    pub text: String,
    /// When the hub posted it, in milliseconds UTC.
    pub posted_at_ms: i64,
}

/// Returns the notices to show at `now_ms` on `today`, newest first, at most five.
///
/// # Errors
///
/// Those of the database.
pub fn current(tx: &mut Tx, now_ms: i64, today: BusinessDate) -> Result<Vec<Notice>, DbError> {
    let rows = tx.query_all(
        "SELECT text, posted_at_ms FROM notices
         WHERE until_ms > $1 OR (until_ms IS NULL AND business_date >= $2)
         ORDER BY posted_at_ms DESC, fact_id DESC LIMIT $3",
        params![now_ms, today.to_string(), SHOWN_MAX],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Notice {
                text: row.read(0)?,
                posted_at_ms: row.read(1)?,
            })
        })
        .collect()
}

/// Folds the hub's notices, and calls `arrived` once one is durable.
pub(super) struct Notices {
    pub(super) arrived: Arc<dyn Fn() + Send + Sync>,
}

impl Projection for Notices {
    fn name(&self) -> &'static str {
        "notices"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::NoticePosted]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let notice: NoticePosted = projected.fact.read()?;
        let header = projected.fact.header;
        let posted_at_ms = i64::try_from(header.hlc.at_ms())
            .map_err(|_| ProjectionFailed::Content("its time is out of range".to_owned()))?;
        tx.execute(
            "INSERT INTO notices (fact_id, text, posted_at_ms, until_ms, business_date)
             VALUES ($1, $2, $3, $4, $5)",
            params![
                header.id.to_bytes(),
                &notice.text,
                posted_at_ms,
                notice.until_ms,
                header.business_date.to_string(),
            ],
        )?;
        let arrived = Arc::clone(&self.arrived);
        tx.on_commit(Box::new(move || arrived()));
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["notices"]
    }
}
