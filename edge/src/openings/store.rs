//! The tables of opening balances: what the hub told, and what this store has stated of it.

use counterpart_daemon::db::{DbError, Row, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::DeliveryId;
use counterpart_protocol::rights::SkuUnits;
use counterpart_protocol::stock::{OpeningBalanceSent, ReceivedAs, StockReceived};

/// A balance that waits to be stated.
pub(super) struct Waiting {
    pub(super) delivery_id: DeliveryId,
    pub(super) reference: String,
    pub(super) lines: Vec<SkuUnits>,
}

/// Returns the next balance the store has not stated.
pub(super) fn next(tx: &mut Tx) -> Result<Option<Waiting>, DbError> {
    let row = tx.query_opt(
        "SELECT t.delivery_id, t.reference, t.lines FROM openings_told t
         LEFT JOIN openings_stated s ON s.delivery_id = t.delivery_id
         WHERE s.delivery_id IS NULL ORDER BY t.delivery_id LIMIT 1",
        params![],
    )?;
    let waiting = |row: Row| {
        let lines: String = row.read(2)?;
        let unreadable = |_| DbError::Column {
            column: 2,
            sql: "openings_told.lines".into(),
            mismatch: ValueMismatch {
                found: lines.clone(),
                expected: "what this program wrote there".to_owned(),
            },
        };
        Ok(Waiting {
            delivery_id: DeliveryId::from_bytes(row.read(0)?),
            reference: row.read(1)?,
            lines: serde_json::from_str(&lines).map_err(unreadable)?,
        })
    };
    row.map(waiting).transpose()
}

/// The view of what the hub told.
pub(super) struct Told;

impl Projection for Told {
    fn name(&self) -> &'static str {
        "openings_told"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::OpeningBalanceSent]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let told: OpeningBalanceSent = projected.fact.read()?;
        let lines = serde_json::to_string(&told.lines).expect("SKUs and quantities are JSON");
        tx.execute(
            "INSERT INTO openings_told (delivery_id, reference, lines) VALUES ($1, $2, $3)
             ON CONFLICT (delivery_id) DO NOTHING",
            params![told.delivery_id.to_bytes(), &told.reference, lines],
        )?;
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["openings_told"]
    }
}

/// The view of what this store has stated.
pub(super) struct Stated;

impl Projection for Stated {
    fn name(&self) -> &'static str {
        "openings_stated"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::StockReceived]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let received: StockReceived = projected.fact.read()?;
        if received.received_as == ReceivedAs::Opening {
            tx.execute(
                "INSERT INTO openings_stated (delivery_id) VALUES ($1)
                 ON CONFLICT (delivery_id) DO NOTHING",
                params![received.delivery_id.to_bytes()],
            )?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["openings_stated"]
    }
}
