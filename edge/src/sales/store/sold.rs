//! The views of sales: one row a sale with its fact, its copies, and what sells best.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{RegisterId, SaleId, Sku, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{ReceiptNumber, ReceiptReprinted, SaleRecorded};
use counterpart_protocol::time::BusinessDate;

use crate::returns;

/// A completed sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sold {
    /// What was sold.
    pub sale: SaleRecorded,
    /// What came back in the same transaction, when it was an exchange.
    pub back: Option<ReturnRecorded>,
    /// Who sold it.
    pub staff: Option<StaffId>,
    /// The day it counts for.
    pub business_date: BusinessDate,
    /// When, in milliseconds UTC.
    pub sold_at_ms: i64,
}

/// A sale as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SoldLine {
    /// The sale.
    pub sale_id: SaleId,
    /// Its receipt.
    pub receipt: ReceiptNumber,
    /// Who sold it.
    pub staff: Option<StaffId>,
    /// When, in milliseconds UTC.
    pub sold_at_ms: i64,
    /// How many items: pieces, and one for each weighed line.
    pub items: i64,
    /// What it came to.
    pub total_minor: Minor,
}

/// Returns a sale.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// When the stored fact is not the one that was folded.
pub(crate) fn sold(tx: &mut Tx, sale_id: SaleId) -> Result<Option<Sold>, DbError> {
    let row = tx.query_opt(
        "SELECT fact FROM sales WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let bytes: Vec<u8> = row.read(0)?;
    let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
    let sale = fact.read().expect("a folded fact could be read");
    Ok(Some(Sold {
        back: returns::other_half(tx, &sale)?,
        sale,
        staff: fact.header.staff,
        business_date: fact.header.business_date,
        sold_at_ms: at_ms(&fact),
    }))
}

/// Returns the sale of a receipt, if this store printed it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn sale_of_receipt(
    tx: &mut Tx,
    receipt: ReceiptNumber,
) -> Result<Option<SaleId>, DbError> {
    let row = tx.query_opt(
        "SELECT sale_id FROM sales WHERE register = $1 AND series = $2 AND number = $3",
        params![receipt.register.0, receipt.series, receipt.number],
    )?;
    row.map(|row| Ok(SaleId::from_bytes(row.read(0)?)))
        .transpose()
}

/// Returns the latest sales of the store, newest first, at most `limit`, those before
/// `before` (its moment and id) if that is given.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn latest(
    tx: &mut Tx,
    before: Option<(i64, SaleId)>,
    limit: u32,
) -> Result<Vec<SoldLine>, DbError> {
    let (before_ms, before_id) = match before {
        Some((at_ms, sale_id)) => (at_ms, sale_id.to_bytes()),
        None => (i64::MAX, [0xff; 16]),
    };
    let rows = tx.query_all(
        "SELECT sale_id, register, series, number, staff_id, sold_at_ms, items, total_minor
         FROM sales WHERE (sold_at_ms, sale_id) < ($1, $2)
         ORDER BY sold_at_ms DESC, sale_id DESC LIMIT $3",
        params![before_ms, before_id, limit],
    )?;
    rows.iter().map(sold_line).collect()
}

/// Returns the number of the next receipt of a register's series, from 1: gap-free, because it is
/// one more than the highest that was given.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn next_number(tx: &mut Tx, register: RegisterId, series: u32) -> Result<u32, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(number), 0) + 1 FROM sales WHERE register = $1 AND series = $2",
        params![register.0, series],
    )?;
    row.read(0)
}

/// Returns how many copies of a receipt were printed.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn copies(tx: &mut Tx, sale_id: SaleId) -> Result<u16, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(copy), 0) FROM receipt_copies WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    row.read(0)
}

/// Returns the products sold most often, the most often first.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn best_sellers(tx: &mut Tx, limit: u32) -> Result<Vec<Sku>, DbError> {
    let rows = tx.query_all(
        "SELECT sku FROM product_sales ORDER BY lines DESC, sku LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            let sku: String = row.read(0)?;
            Ok(sku.parse().expect("only checked SKUs are stored"))
        })
        .collect()
}

/// Folds sales and their copies into the views.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "sales"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded, Kind::ReceiptReprinted]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        if fact.kind() == Some(Kind::SaleRecorded) {
            fold_sale(tx, fact, &fact.read()?)?;
        } else {
            fold_copy(tx, fact, &fact.read()?)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["sales", "product_sales", "receipt_copies"]
    }
}

fn fold_sale(tx: &mut Tx, fact: &Fact, sale: &SaleRecorded) -> Result<(), DbError> {
    let items: i64 = sale
        .lines
        .iter()
        .map(|line| items_of(line.quantity_milli))
        .sum();
    tx.execute(
        "INSERT INTO sales (sale_id, register, series, number, staff_id, business_date,
             sold_at_ms, items, total_minor, fact)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            sale.sale_id.to_bytes(),
            sale.receipt.register.0,
            sale.receipt.series,
            sale.receipt.number,
            fact.header.staff.map(StaffId::to_bytes),
            fact.header.business_date.days(),
            at_ms(fact),
            items,
            sale.total_minor.0,
            fact.encode_said(),
        ],
    )?;
    for line in sale.lines.iter().filter(|line| line.sku.is_goods()) {
        tx.execute(
            "INSERT INTO product_sales (sku, lines) VALUES ($1, 1)
             ON CONFLICT (sku) DO UPDATE SET lines = lines + 1",
            params![line.sku.as_str()],
        )?;
    }
    Ok(())
}

fn fold_copy(tx: &mut Tx, fact: &Fact, reprinted: &ReceiptReprinted) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO receipt_copies (sale_id, copy, staff_id, copied_at_ms)
         VALUES ($1, $2, $3, $4) ON CONFLICT (sale_id, copy) DO NOTHING",
        params![
            reprinted.sale_id.to_bytes(),
            reprinted.copy,
            fact.header.staff.map(StaffId::to_bytes),
            at_ms(fact),
        ],
    )?;
    Ok(())
}

/// Whole units count one by one; what is weighed counts once.
fn items_of(quantity: Milli) -> i64 {
    if quantity.is_whole() {
        quantity.0 / Milli::ONE.0
    } else {
        1
    }
}

pub(super) fn at_ms(fact: &Fact) -> i64 {
    i64::try_from(fact.header.hlc.at_ms()).expect("48 bits of milliseconds fit")
}

fn sold_line(row: &Row) -> Result<SoldLine, DbError> {
    Ok(SoldLine {
        sale_id: SaleId::from_bytes(row.read(0)?),
        receipt: ReceiptNumber {
            register: RegisterId(row.read(1)?),
            series: row.read(2)?,
            number: row.read(3)?,
        },
        staff: row.read::<Option<[u8; 16]>>(4)?.map(StaffId::from_bytes),
        sold_at_ms: row.read(5)?,
        items: row.read(6)?,
        total_minor: Minor(row.read(7)?),
    })
}
