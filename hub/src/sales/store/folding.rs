//! The SQL by which received sales are folded into the views.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{CustomerId, EdgeNumber, RegisterId, SaleId};
use counterpart_protocol::sales::{ReceiptNumber, SaleRecorded, Tender};
use counterpart_protocol::time::BusinessDate;

use super::taxes::put_taxes;

/// When and by whom a received sale was stated.
#[derive(Debug, Clone, Copy)]
pub(in crate::sales) struct Stated {
    pub(in crate::sales) edge: EdgeNumber,
    pub(in crate::sales) business_date: BusinessDate,
    pub(in crate::sales) at_ms: i64,
    pub(in crate::sales) hlc: i64,
    pub(in crate::sales) staff_id: Option<[u8; 16]>,
}

pub(in crate::sales) fn is_known(tx: &mut Tx, sale_id: [u8; 16]) -> Result<bool, DbError> {
    let row = tx.query_opt("SELECT 1 FROM sales WHERE sale_id = $1", params![sale_id])?;
    Ok(row.is_some())
}

/// Tells whether a receipt of this number has arrived from this edge.
pub(in crate::sales) fn has_number(
    tx: &mut Tx,
    edge: EdgeNumber,
    number: &ReceiptNumber,
) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT 1 FROM sales WHERE edge = $1 AND register = $2 AND series = $3 AND number = $4
         LIMIT 1",
        params![edge.0, number.register.0, number.series, number.number],
    )?;
    Ok(row.is_some())
}

/// Returns the sale of an edge's receipt; of a number that was printed twice, the first.
///
/// # Errors
/// Those of the database.
pub(crate) fn sale_of_receipt(
    tx: &mut Tx,
    edge: EdgeNumber,
    number: ReceiptNumber,
) -> Result<Option<SaleId>, DbError> {
    let row = tx.query_opt(
        "SELECT sale_id FROM sales
         WHERE edge = $1 AND register = $2 AND series = $3 AND number = $4
         ORDER BY hlc, sale_id LIMIT 1",
        params![edge.0, number.register.0, number.series, number.number],
    )?;
    row.map(|row| Ok(SaleId::from_bytes(row.read(0)?)))
        .transpose()
}

/// Returns which edge made a sale, and the number on its receipt; nothing before it arrived.
///
/// # Errors
/// Those of the database.
pub(crate) fn receipt_of_sale(
    tx: &mut Tx,
    sale_id: SaleId,
) -> Result<Option<(EdgeNumber, ReceiptNumber)>, DbError> {
    let row = tx.query_opt(
        "SELECT edge, register, series, number FROM sales WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    row.map(|row| {
        let receipt = ReceiptNumber {
            register: RegisterId(row.read(1)?),
            series: row.read(2)?,
            number: row.read(3)?,
        };
        Ok((EdgeNumber(row.read(0)?), receipt))
    })
    .transpose()
}

pub(in crate::sales) fn put_sale(
    tx: &mut Tx,
    stated: &Stated,
    sale: &SaleRecorded,
) -> Result<(), DbError> {
    let lines = i64::try_from(sale.lines.len()).unwrap_or(i64::MAX);
    let catalog_version = i64::try_from(sale.catalog_version).unwrap_or(i64::MAX);
    let sold_to = sale.sold_to.as_ref().filter(|it| !it.is_nobody());
    tx.execute(
        "INSERT INTO sales (sale_id, edge, register, series, number, business_date, at_ms, hlc,
             staff_id, currency, total_minor, change_minor, lines, catalog_version, rounding_minor,
             customer_id, sold_to)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        params![
            sale.sale_id.to_bytes(),
            stated.edge.0,
            sale.receipt.register.0,
            sale.receipt.series,
            sale.receipt.number,
            stated.business_date.days(),
            stated.at_ms,
            stated.hlc,
            stated.staff_id,
            sale.currency.code(),
            sale.total_minor.0,
            sale.change_minor.0,
            lines,
            catalog_version,
            sale.rounded_minor().0,
            sold_to
                .and_then(|it| it.customer_id)
                .map(CustomerId::to_bytes),
            sold_to.map(|it| serde_json::to_string(it).expect("it has texts as keys")),
        ],
    )?;
    put_lines(tx, sale)?;
    put_taxes(tx, sale)?;
    for (place, tender) in (0_u32..).zip(&sale.tenders) {
        tx.execute(
            "INSERT INTO sale_tenders (sale_id, place, kind, amount_minor, card, other)
             VALUES ($1, $2, $3, $4, $5, $6)",
            params![
                sale.sale_id.to_bytes(),
                place,
                tender.kind.word(),
                tender.amount_minor.0,
                tender
                    .card
                    .as_ref()
                    .map(|card| serde_json::to_string(card).expect("it has texts as keys")),
                other(tender),
            ],
        )?;
    }
    Ok(())
}

/// Returns what is known of a tender that is neither cash nor a card, as JSON.
fn other(tender: &Tender) -> Option<String> {
    let is_paper = tender.voucher.is_some() || tender.stored.is_some();
    let is_other = is_paper || tender.foreign.is_some() || tender.account.is_some();
    is_other.then(|| serde_json::to_string(tender).expect("it has texts as keys"))
}

fn put_lines(tx: &mut Tx, sale: &SaleRecorded) -> Result<(), DbError> {
    for line in &sale.lines {
        // A line number twice would be its writer's fault; the first one stays.
        tx.execute(
            "INSERT INTO sale_lines (sale_id, line, sku, description, quantity_milli,
                 unit_price_minor, amount_minor, tax_rate)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (sale_id, line) DO NOTHING",
            params![
                sale.sale_id.to_bytes(),
                line.line,
                line.sku.as_str(),
                &line.description,
                line.quantity_milli.0,
                line.unit_price_minor.0,
                line.amount_minor.0,
                line.tax_rate.0,
            ],
        )?;
    }
    Ok(())
}

/// Adds a sale to its day, in one statement; false, and nothing is added, if no number holds the
/// sum. Failing in SQL instead, it would fail the whole batch, for ever.
pub(in crate::sales) fn count_in_day(
    tx: &mut Tx,
    edge: EdgeNumber,
    business_date: BusinessDate,
    total_minor: i64,
) -> Result<bool, DbError> {
    let (least, most) = match total_minor < 0 {
        true => (i64::MIN - total_minor, i64::MAX),
        false => (i64::MIN, i64::MAX - total_minor),
    };
    let counted = tx.execute(
        "INSERT INTO sale_days (edge, business_date, sales, total_minor) VALUES ($1, $2, 1, $3)
         ON CONFLICT (edge, business_date) DO UPDATE
         SET sales = sale_days.sales + 1, total_minor = sale_days.total_minor + excluded.total_minor
         WHERE sale_days.total_minor BETWEEN $4 AND $5",
        params![edge.0, business_date.days(), total_minor, least, most],
    )?;
    Ok(counted == 1)
}

/// Counts a receipt into its series.
pub(in crate::sales) fn count_receipt(
    tx: &mut Tx,
    edge: EdgeNumber,
    number: &ReceiptNumber,
    arrived: u32,
    doubled: u32,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO receipt_series (edge, register, series, highest, arrived, doubled)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (edge, register, series) DO UPDATE SET
             highest = CASE WHEN excluded.highest > receipt_series.highest
                 THEN excluded.highest ELSE receipt_series.highest END,
             arrived = receipt_series.arrived + excluded.arrived,
             doubled = receipt_series.doubled + excluded.doubled",
        params![
            edge.0,
            number.register.0,
            number.series,
            number.number,
            arrived,
            doubled
        ],
    )?;
    Ok(())
}

pub(in crate::sales) fn count_copy(tx: &mut Tx, sale_id: [u8; 16]) -> Result<(), DbError> {
    let sql = "UPDATE sales SET copies = copies + 1 WHERE sale_id = $1";
    tx.execute(sql, params![sale_id]).map(|_| ())
}

/// The tables of the views.
pub(in crate::sales) const VIEWS: &[&str] = &[
    "sales",
    "sale_lines",
    "sale_tenders",
    "sale_taxes",
    "sale_days",
    "receipt_series",
];
