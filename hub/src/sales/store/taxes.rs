//! The SQL of the taxes of sales whose taxes do not simply follow from their lines: they were added
//! to prices, rounded by line, or have names.

use counterpart_daemon::db::{DbError, FromValue, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::tax::{Rate, TaxPart, TaxSum, summarise};

/// The tax of a sale at one rate, as the till stated it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sales) struct StatedTax {
    pub(in crate::sales) sum: TaxSum,
    /// The taxes that make it up, none where they have no names.
    pub(in crate::sales) parts: Vec<TaxPart>,
}

/// Taxes by name, as JSON.
struct Parts(Vec<TaxPart>);

impl FromValue for Parts {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        let read = serde_json::from_str(&text).map(Self);
        read.map_err(|_| ValueMismatch::new(value, "taxes by name"))
    }
}

/// Writes what a sale states of its taxes, unless that follows from its lines.
pub(super) fn put_taxes(tx: &mut Tx, sale: &SaleRecorded) -> Result<(), DbError> {
    let lines = sale.lines.iter();
    let within = summarise(lines.map(|line| (line.tax_rate, line.amount_minor)));
    if sale.tax_parts.is_none() && within.as_ref() == Some(&sale.taxes) {
        return Ok(());
    }
    for tax in &sale.taxes {
        let parts: Vec<&TaxPart> = sale.parts_of(tax.rate).collect();
        // A rate twice would be its writer's fault; the first one stays.
        tx.execute(
            "INSERT INTO sale_taxes (sale_id, rate, gross_minor, tax_minor, parts)
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sale_id, rate) DO NOTHING",
            params![
                sale.sale_id.to_bytes(),
                tax.rate.0,
                tax.gross_minor.0,
                tax.tax_minor.0,
                serde_json::to_string(&parts).expect("taxes by name have text keys only"),
            ],
        )?;
    }
    Ok(())
}

/// Returns what a sale stated of its taxes by ascending rate, none where that follows from its
/// lines.
pub(in crate::sales) fn stated_taxes(
    tx: &mut Tx,
    sale_id: [u8; 16],
) -> Result<Vec<StatedTax>, DbError> {
    let rows = tx.query_all(
        "SELECT rate, gross_minor, tax_minor, parts FROM sale_taxes
         WHERE sale_id = $1 ORDER BY rate LIMIT 100",
        params![sale_id],
    )?;
    rows.iter()
        .map(|row| {
            Ok(StatedTax {
                sum: TaxSum {
                    rate: Rate(row.read(0)?),
                    gross_minor: Minor(row.read(1)?),
                    tax_minor: Minor(row.read(2)?),
                },
                parts: row.read::<Parts>(3)?.0,
            })
        })
        .collect()
}
