//! The views of cash that moved outside sales, of tax by shift, and of closings to print again.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{FactId, RegisterId, ShiftId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::shifts::{CashMoved, DrawerOpened, ReportReprinted, ShiftClosed};
use counterpart_protocol::tax::{Rate, TaxSum};

use super::at_ms;
use crate::shifts::rules::NO_SALE;

/// One time cash moved, or a drawer was opened for no sale.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct MovementRow {
    /// The fact.
    pub fact_id: FactId,
    /// The word of what it was.
    pub movement: String,
    /// How much; nothing for a no-sale.
    pub amount_minor: Minor,
    /// The word of why.
    pub reason: Option<String>,
    /// The number of a bag or a bill.
    pub reference: Option<String>,
    /// When, in milliseconds UTC.
    pub at_ms: i64,
    /// Who did it.
    pub staff: Option<StaffId>,
}

/// A closing that can be printed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closed {
    /// The register.
    pub register: Option<RegisterId>,
    /// Who closed it.
    pub by: Option<StaffId>,
    /// When, in milliseconds UTC.
    pub closed_at_ms: i64,
    /// What was stated.
    pub closed: ShiftClosed,
    /// How often it was printed again.
    pub copies: u32,
}

/// Returns the movements of a shift, the newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn movements(
    tx: &mut Tx,
    shift_id: ShiftId,
    limit: u32,
) -> Result<Vec<MovementRow>, DbError> {
    let rows = tx.query_all(
        "SELECT fact_id, movement, amount_minor, reason, reference, at_ms, staff_id
         FROM cash_movements WHERE shift_id = $1 ORDER BY at_ms DESC, fact_id DESC LIMIT $2",
        params![shift_id.to_bytes(), limit],
    )?;
    rows.iter().map(movement).collect()
}

/// Returns how often the drawer was opened for no sale in a shift.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn no_sales(tx: &mut Tx, shift_id: ShiftId) -> Result<u32, DbError> {
    let sql = "SELECT COUNT(*) FROM cash_movements WHERE shift_id = $1 AND movement = $2";
    tx.query_one(sql, params![shift_id.to_bytes(), NO_SALE])?
        .read(0)
}

/// Returns the tax in the sales of a shift, by rate.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn taxes(tx: &mut Tx, shift_id: ShiftId) -> Result<Vec<TaxSum>, DbError> {
    let sql = "SELECT rate, gross_minor, tax_minor FROM shift_taxes WHERE shift_id = $1
         ORDER BY rate DESC";
    let rows = tx.query_all(sql, params![shift_id.to_bytes()])?;
    let sums = rows.iter().map(|row| {
        Ok(TaxSum {
            rate: Rate(row.read(0)?),
            gross_minor: Minor(row.read(1)?),
            tax_minor: Minor(row.read(2)?),
        })
    });
    sums.collect()
}

/// Returns what a register ever sold.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn perpetual(tx: &mut Tx, register: RegisterId) -> Result<Minor, DbError> {
    let sql = "SELECT CAST(COALESCE(SUM(f.sales_minor), 0) AS BIGINT) FROM shift_sales f
         JOIN shifts s ON s.shift_id = f.shift_id WHERE s.register = $1";
    tx.query_one(sql, params![register.0])?.read(0).map(Minor)
}

/// Returns the closing of a shift, if this store knows it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn closing(tx: &mut Tx, shift_id: ShiftId) -> Result<Option<Closed>, DbError> {
    let sql = "SELECT fact, copies FROM z_reports WHERE shift_id = $1 AND fact IS NOT NULL";
    let Some(row) = tx.query_opt(sql, params![shift_id.to_bytes()])? else {
        return Ok(None);
    };
    let bytes: Vec<u8> = row.read(0)?;
    let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
    Ok(Some(Closed {
        register: fact.header.register,
        by: fact.header.staff,
        closed_at_ms: at_ms(&fact),
        closed: fact.read().expect("a folded closing has its form"),
        copies: row.read(1)?,
    }))
}

fn movement(row: &Row) -> Result<MovementRow, DbError> {
    Ok(MovementRow {
        fact_id: FactId::from_bytes(row.read(0)?),
        movement: row.read(1)?,
        amount_minor: Minor(row.read(2)?),
        reason: row.read(3)?,
        reference: row.read(4)?,
        at_ms: row.read(5)?,
        staff: row.read::<Option<[u8; 16]>>(6)?.map(StaffId::from_bytes),
    })
}

/// Folds movements, no-sales, taxes and closings into the views.
pub(crate) struct CashProjected;

impl Projection for CashProjected {
    fn name(&self) -> &'static str {
        "cash"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::CashMoved,
            Kind::DrawerOpened,
            Kind::SaleRecorded,
            Kind::ShiftClosed,
            Kind::ReportReprinted,
        ]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        match fact.kind() {
            Some(Kind::CashMoved) => fold_movement(tx, fact, &fact.read()?)?,
            Some(Kind::DrawerOpened) => fold_opening(tx, fact, &fact.read()?)?,
            Some(Kind::SaleRecorded) => fold_taxes(tx, &fact.read()?)?,
            Some(Kind::ShiftClosed) => fold_closing(tx, fact, &fact.read()?)?,
            Some(Kind::ReportReprinted) => fold_copy(tx, &fact.read()?)?,
            Some(_) | None => {}
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["cash_movements", "shift_taxes", "z_reports"]
    }
}

fn fold_movement(tx: &mut Tx, fact: &Fact, moved: &CashMoved) -> Result<(), DbError> {
    put(
        tx,
        fact,
        moved.shift_id,
        (moved.movement.word(), moved.amount_minor),
        (moved.reason.as_deref(), moved.reference.as_deref()),
        moved.approved_by,
    )
}

/// Other openings are part of a sale or of a shift's own facts.
fn fold_opening(tx: &mut Tx, fact: &Fact, opened: &DrawerOpened) -> Result<(), DbError> {
    if opened.cause != NO_SALE {
        return Ok(());
    }
    let what = (NO_SALE, Minor::ZERO);
    put(
        tx,
        fact,
        opened.shift_id,
        what,
        (opened.reason.as_deref(), None),
        None,
    )
}

fn put(
    tx: &mut Tx,
    fact: &Fact,
    shift_id: ShiftId,
    (movement, amount): (&str, Minor),
    (reason, reference): (Option<&str>, Option<&str>),
    approved_by: Option<StaffId>,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO cash_movements (fact_id, shift_id, movement, amount_minor, reason, reference,
             at_ms, staff_id, approved_by)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            fact.header.id.to_bytes(),
            shift_id.to_bytes(),
            movement,
            amount.0,
            reason,
            reference,
            at_ms(fact),
            fact.header.staff.map(StaffId::to_bytes),
            approved_by.map(StaffId::to_bytes),
        ],
    )?;
    Ok(())
}

fn fold_taxes(tx: &mut Tx, sale: &SaleRecorded) -> Result<(), DbError> {
    for sum in &sale.taxes {
        tx.execute(
            "INSERT INTO shift_taxes (shift_id, rate, gross_minor, tax_minor)
             VALUES ($1, $2, $3, $4)
             ON CONFLICT (shift_id, rate) DO UPDATE SET
                 gross_minor = gross_minor + excluded.gross_minor,
                 tax_minor = tax_minor + excluded.tax_minor",
            params![
                sale.shift_id.to_bytes(),
                sum.rate.0,
                sum.gross_minor.0,
                sum.tax_minor.0,
            ],
        )?;
    }
    Ok(())
}

fn fold_closing(tx: &mut Tx, fact: &Fact, closed: &ShiftClosed) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO z_reports (shift_id, fact, copies) VALUES ($1, $2, 0)
         ON CONFLICT (shift_id) DO UPDATE SET fact = excluded.fact",
        params![closed.shift_id.to_bytes(), fact.encode_said()],
    )?;
    Ok(())
}

fn fold_copy(tx: &mut Tx, reprinted: &ReportReprinted) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO z_reports (shift_id, fact, copies) VALUES ($1, NULL, 1)
         ON CONFLICT (shift_id) DO UPDATE SET copies = copies + 1",
        params![reprinted.shift_id.to_bytes()],
    )?;
    Ok(())
}
