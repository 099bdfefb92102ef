//! The views of who works a drawer, and of what each person sold in a shift.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{ShiftId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::shifts::CashierChanged;

use super::at_ms;

/// What one person did in a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ByStaff {
    /// Who.
    pub staff_id: StaffId,
    /// How many sales.
    pub sales: u32,
    /// What they came to.
    pub sales_minor: Minor,
    /// How many returns.
    pub returns: u32,
    /// What went back for them.
    pub returned_minor: Minor,
    /// The cash that stayed in the drawer of it, less what went back.
    pub cash_minor: Minor,
}

/// Returns who took a drawer over last, if anybody did since it was opened.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn cashier(tx: &mut Tx, shift_id: ShiftId) -> Result<Option<StaffId>, DbError> {
    let row = tx.query_opt(
        "SELECT staff_id FROM shift_cashiers WHERE shift_id = $1 AND staff_id IS NOT NULL
         ORDER BY at_ms DESC, fact_id DESC LIMIT 1",
        params![shift_id.to_bytes()],
    )?;
    row.map(|row| row.read(0).map(StaffId::from_bytes))
        .transpose()
}

/// Returns what each person did in a shift, who sold most first.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn by_staff(tx: &mut Tx, shift_id: ShiftId) -> Result<Vec<ByStaff>, DbError> {
    let rows = tx.query_all(
        "SELECT staff_id, sales, sales_minor, returns, returned_minor, cash_minor
         FROM shift_staff WHERE shift_id = $1 ORDER BY sales_minor DESC, staff_id LIMIT 100",
        params![shift_id.to_bytes()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(ByStaff {
                staff_id: StaffId::from_bytes(row.read(0)?),
                sales: row.read(1)?,
                sales_minor: Minor(row.read(2)?),
                returns: row.read(3)?,
                returned_minor: Minor(row.read(4)?),
                cash_minor: Minor(row.read(5)?),
            })
        })
        .collect()
}

/// Folds who took drawers over, and what people sold and gave back.
pub(crate) struct CashiersProjected;

impl Projection for CashiersProjected {
    fn name(&self) -> &'static str {
        "shift_cashiers"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::SaleRecorded,
            Kind::ReturnRecorded,
            Kind::CashierChanged,
        ]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        match fact.kind() {
            Some(Kind::SaleRecorded) => {
                let sale: SaleRecorded = fact.read()?;
                let sums = [1, sale.total_minor.0, 0, 0, sale.cash_minor().0];
                fold(tx, fact, sale.shift_id, sums)?;
            }
            Some(Kind::ReturnRecorded) => {
                let back: ReturnRecorded = fact.read()?;
                let cash = back.cash_minor().0.saturating_neg();
                fold(tx, fact, back.shift_id, [0, 0, 1, back.total_minor.0, cash])?;
            }
            Some(Kind::CashierChanged) => {
                let changed: CashierChanged = fact.read()?;
                tx.execute(
                    "INSERT INTO shift_cashiers (fact_id, shift_id, staff_id, at_ms)
                     VALUES ($1, $2, $3, $4)",
                    params![
                        fact.header.id.to_bytes(),
                        changed.shift_id.to_bytes(),
                        fact.header.staff.map(StaffId::to_bytes),
                        at_ms(fact),
                    ],
                )?;
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["shift_cashiers", "shift_staff"]
    }
}

/// Adds to what somebody did; what nobody did is in the shift's own sums alone.
fn fold(
    tx: &mut Tx,
    fact: &Fact,
    shift_id: ShiftId,
    [sales, sales_minor, returns, returned, cash]: [i64; 5],
) -> Result<(), DbError> {
    let Some(staff) = fact.header.staff else {
        return Ok(());
    };
    tx.execute(
        "INSERT INTO shift_staff (shift_id, staff_id, sales, sales_minor, returns, returned_minor,
             cash_minor)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (shift_id, staff_id) DO UPDATE SET sales = sales + excluded.sales,
             sales_minor = sales_minor + excluded.sales_minor,
             returns = returns + excluded.returns,
             returned_minor = returned_minor + excluded.returned_minor,
             cash_minor = cash_minor + excluded.cash_minor",
        params![
            shift_id.to_bytes(),
            staff.to_bytes(),
            sales,
            sales_minor,
            returns,
            returned,
            cash,
        ],
    )?;
    Ok(())
}
