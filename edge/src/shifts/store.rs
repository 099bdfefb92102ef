//! The views of shifts, folded from facts, and the questions asked of them.

mod cash;
mod cashiers;
mod returns;
mod tenders;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::days::OpenTill;
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{RegisterId, ShiftId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::shifts::{ShiftClosed, ShiftOpened, TillSum};
use counterpart_protocol::time::BusinessDate;

use super::rules::OpenShift;

pub(super) use cash::{CashProjected, MovementRow, closing, movements, no_sales, perpetual, taxes};
pub(super) use cashiers::{ByStaff, CashiersProjected, by_staff, cashier};
pub(super) use returns::{ReturnsProjected, returned, rounding};
pub(super) use tenders::{TendersProjected, tenders};

/// A shift as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ShiftRow {
    /// The shift.
    pub shift_id: ShiftId,
    /// Since when, in milliseconds UTC.
    pub opened_at_ms: i64,
    /// Who opened it.
    pub opened_by: Option<StaffId>,
    /// What its facts come to.
    pub sums: TillSum,
    /// Its end, once it has one.
    pub closing: Option<Closing>,
}

/// How a shift ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Closing {
    /// When, in milliseconds UTC.
    pub closed_at_ms: i64,
    /// Who closed it.
    pub closed_by: Option<StaffId>,
    /// Which closing of the register it was.
    pub z_number: u32,
    /// What was counted.
    pub counted_minor: Minor,
    /// What should have been there.
    pub expected_minor: Minor,
    /// Counted less expected.
    pub over_short_minor: Minor,
    /// Why they differ.
    pub reason: Option<String>,
}

impl ShiftRow {
    /// Returns the shift as rules see it, if it is open.
    #[must_use]
    pub(crate) fn open(&self) -> Option<OpenShift> {
        self.closing.is_none().then_some(OpenShift {
            shift_id: self.shift_id,
            opened_at_ms: self.opened_at_ms,
            sums: self.sums,
        })
    }
}

const COLUMNS: &str = "s.shift_id, s.opened_at_ms, s.opened_by, s.float_minor,
    COALESCE(f.sales, 0), COALESCE(f.sales_minor, 0), COALESCE(f.cash_minor, 0),
    s.closed_at_ms, s.closed_by, s.z_number, s.counted_minor, s.expected_minor,
    s.over_short_minor, s.reason, COALESCE(c.paid_in_minor, 0), COALESCE(c.paid_out_minor, 0),
    COALESCE(c.dropped_minor, 0), COALESCE(r.cash_minor, 0)";

/// A shift with what its sales and its movements of cash come to.
const JOINED: &str = "shifts s LEFT JOIN shift_sales f ON f.shift_id = s.shift_id
    LEFT JOIN (SELECT shift_id,
            CAST(SUM(CASE movement WHEN 'paid_in' THEN amount_minor ELSE 0 END) AS BIGINT)
                AS paid_in_minor,
            CAST(SUM(CASE movement WHEN 'paid_out' THEN amount_minor ELSE 0 END) AS BIGINT)
                AS paid_out_minor,
            CAST(SUM(CASE movement WHEN 'dropped' THEN amount_minor ELSE 0 END) AS BIGINT)
                AS dropped_minor
        FROM cash_movements GROUP BY shift_id) c ON c.shift_id = s.shift_id
    LEFT JOIN shift_returns r ON r.shift_id = s.shift_id";

/// Returns the shift a register is in or was in last.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn latest(tx: &mut Tx, register: RegisterId) -> Result<Option<ShiftRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {JOINED}
         WHERE s.register = $1 ORDER BY s.closed_at_ms IS NULL DESC, s.opened_at_ms DESC LIMIT 1"
    );
    let row = tx.query_opt(&sql, params![register.0])?;
    row.as_ref().map(shift_row).transpose()
}

/// Returns a shift.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn by_id(tx: &mut Tx, shift_id: ShiftId) -> Result<Option<ShiftRow>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM {JOINED} WHERE s.shift_id = $1");
    let row = tx.query_opt(&sql, params![shift_id.to_bytes()])?;
    row.as_ref().map(shift_row).transpose()
}

/// Returns the last closed shifts of a register, newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn closed(
    tx: &mut Tx,
    register: RegisterId,
    limit: u32,
) -> Result<Vec<ShiftRow>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM {JOINED}
         WHERE s.register = $1 AND s.closed_at_ms IS NOT NULL
         ORDER BY s.opened_at_ms DESC LIMIT $2"
    );
    let rows = tx.query_all(&sql, params![register.0, limit])?;
    rows.iter().map(shift_row).collect()
}

/// Returns the tills that were opened on `date` or before and are not closed.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn open_tills(tx: &mut Tx, date: BusinessDate) -> Result<Vec<OpenTill>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS}, s.register FROM {JOINED}
         WHERE s.closed_at_ms IS NULL AND s.business_date <= $1 ORDER BY s.register"
    );
    let rows = tx.query_all(&sql, params![date.days()])?;
    rows.iter()
        .map(|row| {
            let shift = shift_row(row)?;
            Ok(OpenTill {
                register: RegisterId(row.read(18)?),
                shift_id: shift.shift_id,
                expected_minor: shift.sums.expected_minor(),
            })
        })
        .collect()
}

/// Returns the number of the next closing of a register, from 1.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn next_z_number(tx: &mut Tx, register: RegisterId) -> Result<u32, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(z_number), 0) + 1 FROM shifts WHERE register = $1",
        params![register.0],
    )?;
    row.read(0)
}

/// Folds openings, sales and closings into the views.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "shifts"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::ShiftOpened, Kind::SaleRecorded, Kind::ShiftClosed]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        let kind = fact.kind();
        if kind == Some(Kind::SaleRecorded) {
            return Ok(fold_sale(tx, &fact.read()?)?);
        }
        let register = fact
            .header
            .register
            .ok_or_else(|| ProjectionFailed::Content("a shift without a register".to_owned()))?;
        if kind == Some(Kind::ShiftOpened) {
            fold_opening(tx, fact, register, &fact.read()?)?;
        } else {
            fold_closing(tx, fact, register, &fact.read()?)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["shifts", "shift_sales"]
    }
}

fn fold_opening(
    tx: &mut Tx,
    fact: &Fact,
    register: RegisterId,
    opened: &ShiftOpened,
) -> Result<(), DbError> {
    let float = TillSum::default().opened(opened).float_minor;
    tx.execute(
        "INSERT INTO shifts (shift_id, register, business_date, opened_at_ms, opened_by,
             float_minor)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (shift_id) DO UPDATE SET business_date = excluded.business_date,
             opened_at_ms = excluded.opened_at_ms, opened_by = excluded.opened_by,
             float_minor = excluded.float_minor",
        params![
            opened.shift_id.to_bytes(),
            register.0,
            fact.header.business_date.days(),
            at_ms(fact),
            fact.header.staff.map(StaffId::to_bytes),
            float.0,
        ],
    )?;
    Ok(())
}

fn fold_sale(tx: &mut Tx, sale: &SaleRecorded) -> Result<(), DbError> {
    let sums = TillSum::default().sold(sale);
    tx.execute(
        "INSERT INTO shift_sales (shift_id, sales, sales_minor, cash_minor, rounding_minor)
         VALUES ($1, 1, $2, $3, $4)
         ON CONFLICT (shift_id) DO UPDATE SET sales = sales + 1,
             sales_minor = sales_minor + excluded.sales_minor,
             cash_minor = cash_minor + excluded.cash_minor,
             rounding_minor = rounding_minor + excluded.rounding_minor",
        params![
            sale.shift_id.to_bytes(),
            sums.sales_minor.0,
            sums.cash_sales_minor.0,
            sale.rounded_minor().0,
        ],
    )?;
    Ok(())
}

/// Notes the end of a shift, also of one whose opening could not be read.
fn fold_closing(
    tx: &mut Tx,
    fact: &Fact,
    register: RegisterId,
    closed: &ShiftClosed,
) -> Result<(), DbError> {
    let counted = closed.counted.total_minor().unwrap_or(Minor(i64::MAX));
    tx.execute(
        "INSERT INTO shifts (shift_id, register, business_date, opened_at_ms, float_minor,
             closed_at_ms, closed_by, z_number, counted_minor, expected_minor,
             over_short_minor, reason)
         VALUES ($1, $2, $3, $4, 0, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (shift_id) DO UPDATE SET closed_at_ms = excluded.closed_at_ms,
             closed_by = excluded.closed_by, z_number = excluded.z_number,
             counted_minor = excluded.counted_minor, expected_minor = excluded.expected_minor,
             over_short_minor = excluded.over_short_minor, reason = excluded.reason
         -- Two lives of a store may each have closed it: the later one says how it ended.
         WHERE shifts.closed_at_ms IS NULL OR shifts.closed_at_ms <= excluded.closed_at_ms",
        params![
            closed.shift_id.to_bytes(),
            register.0,
            fact.header.business_date.days(),
            at_ms(fact),
            fact.header.staff.map(StaffId::to_bytes),
            closed.z_number,
            counted.0,
            closed.expected_minor.0,
            closed.over_short_minor.0,
            closed.reason.clone(),
        ],
    )?;
    Ok(())
}

fn at_ms(fact: &Fact) -> i64 {
    i64::try_from(fact.header.hlc.at_ms()).expect("48 bits of milliseconds fit")
}

fn shift_row(row: &Row) -> Result<ShiftRow, DbError> {
    let closed_at_ms: Option<i64> = row.read(7)?;
    let closing = match closed_at_ms {
        None => None,
        Some(closed_at_ms) => Some(Closing {
            closed_at_ms,
            closed_by: row.read::<Option<[u8; 16]>>(8)?.map(StaffId::from_bytes),
            z_number: row.read(9)?,
            counted_minor: Minor(row.read(10)?),
            expected_minor: Minor(row.read(11)?),
            over_short_minor: Minor(row.read(12)?),
            reason: row.read(13)?,
        }),
    };
    Ok(ShiftRow {
        shift_id: ShiftId::from_bytes(row.read(0)?),
        opened_at_ms: row.read(1)?,
        opened_by: row.read::<Option<[u8; 16]>>(2)?.map(StaffId::from_bytes),
        sums: TillSum {
            float_minor: Minor(row.read(3)?),
            sales: row.read(4)?,
            sales_minor: Minor(row.read(5)?),
            cash_sales_minor: Minor(row.read(6)?),
            paid_in_minor: Minor(row.read(14)?),
            paid_out_minor: Minor(row.read(15)?),
            dropped_minor: Minor(row.read(16)?),
            returned_minor: Minor(row.read(17)?),
        },
        closing,
    })
}
