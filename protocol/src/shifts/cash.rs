//! What a till should hold: a sum over facts, never a counter changed in place.

use serde::Serialize;

use crate::money::Minor;
use crate::returns::ReturnRecorded;
use crate::sales::SaleRecorded;
use crate::shifts::{CashMoved, CashMovement, ShiftOpened};

/// The sums of one shift.
///
/// Law: folding the same facts in any order gives the same sums.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct TillSum {
    /// The float.
    pub float_minor: Minor,
    /// Cash that stayed from sales.
    pub cash_sales_minor: Minor,
    /// How many sales.
    pub sales: u32,
    /// What they came to.
    pub sales_minor: Minor,
    /// Cash paid in.
    pub paid_in_minor: Minor,
    /// Cash paid out.
    pub paid_out_minor: Minor,
    /// Cash dropped into the safe.
    pub dropped_minor: Minor,
    /// Cash given back for returns.
    pub returned_minor: Minor,
}

impl TillSum {
    /// Adds the opening; amounts beyond an `i64` saturate.
    #[must_use]
    pub fn opened(self, opened: &ShiftOpened) -> Self {
        let float = opened.float.total_minor().unwrap_or(Minor(i64::MAX));
        Self {
            float_minor: Minor(self.float_minor.0.saturating_add(float.0)),
            ..self
        }
    }

    /// Adds a sale; amounts beyond an `i64` saturate.
    #[must_use]
    pub fn sold(self, sale: &SaleRecorded) -> Self {
        Self {
            cash_sales_minor: Minor(self.cash_sales_minor.0.saturating_add(sale.cash_minor().0)),
            sales: self.sales.saturating_add(1),
            sales_minor: Minor(self.sales_minor.0.saturating_add(sale.total_minor.0)),
            ..self
        }
    }

    /// Adds a return; amounts beyond an `i64` saturate.
    #[must_use]
    pub fn returned(self, returned: &ReturnRecorded) -> Self {
        let cash = returned.cash_minor().0;
        Self {
            returned_minor: Minor(self.returned_minor.0.saturating_add(cash)),
            ..self
        }
    }

    /// Adds cash that moved outside a sale; amounts beyond an `i64` saturate.
    #[must_use]
    pub fn moved(self, moved: &CashMoved) -> Self {
        let more = |sum: Minor| Minor(sum.0.saturating_add(moved.amount_minor.0));
        match moved.movement {
            CashMovement::PaidIn => Self {
                paid_in_minor: more(self.paid_in_minor),
                ..self
            },
            CashMovement::PaidOut => Self {
                paid_out_minor: more(self.paid_out_minor),
                ..self
            },
            CashMovement::Dropped => Self {
                dropped_minor: more(self.dropped_minor),
                ..self
            },
        }
    }

    /// Returns the cash that should be in the drawer: below nothing when more was taken out than
    /// anybody recorded going in.
    #[must_use]
    pub fn expected_minor(&self) -> Minor {
        let came = self.float_minor.0.saturating_add(self.cash_sales_minor.0);
        let came = came.saturating_add(self.paid_in_minor.0);
        let went = self.paid_out_minor.0.saturating_add(self.dropped_minor.0);
        let went = went.saturating_add(self.returned_minor.0);
        Minor(came.saturating_sub(went))
    }
}
