//! How a till is, and how it was closed, as the API shows it.

use counterpart_protocol::ids::{PrintJobId, RegisterId, ShiftId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::TenderKind;
use counterpart_protocol::shifts::ShiftClosed;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The till of a register as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct TillView {
    /// The register.
    pub register: RegisterId,
    /// Whether it is open.
    pub open: bool,
    /// The shift, if it is open.
    pub shift_id: Option<ShiftId>,
    /// Since when.
    pub opened_at: Option<String>,
    /// Who opened it.
    pub opened_by: Option<String>,
    /// Who works its drawer: who took it over last, else who opened it.
    #[serde(default)]
    pub cashier: Option<String>,
    /// The currency of every amount.
    pub currency: Currency,
    /// The float.
    pub float_minor: Minor,
    /// How many sales it made.
    pub sales: u32,
    /// What they came to.
    pub sales_minor: Minor,
    /// What should be in the drawer; shown to managers only, because the count is blind.
    pub expected_minor: Option<Minor>,
}

/// A closed till as the API shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ClosedView {
    /// The register.
    pub register: RegisterId,
    /// The shift.
    pub shift_id: ShiftId,
    /// Which closing of the register it was.
    pub z_number: u32,
    /// The currency of every amount.
    pub currency: Currency,
    /// What was counted.
    pub counted_minor: Minor,
    /// What should have been there.
    pub expected_minor: Minor,
    /// Counted less expected.
    pub over_short_minor: Minor,
    /// What was counted beside cash.
    #[serde(default)]
    pub others: Vec<OtherCounted>,
    /// Why anything differs.
    pub reason: Option<String>,
    /// How many sales the shift made.
    pub sales: u32,
    /// What they came to.
    pub sales_minor: Minor,
    /// The Z on paper.
    pub print_job_id: PrintJobId,
}

/// What was counted of one kind of tender beside cash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct OtherCounted {
    /// Which kind.
    pub kind: TenderKind,
    /// The currency of the amounts where it is not the till's.
    pub currency: Option<Currency>,
    /// What was counted.
    pub counted_minor: Minor,
    /// What should have been there.
    pub expected_minor: Minor,
    /// Counted less expected.
    pub over_short_minor: Minor,
}

/// Returns what was counted beside cash.
pub(super) fn others_of(closed: &ShiftClosed) -> Vec<OtherCounted> {
    let others = closed.others.as_deref().unwrap_or_default().iter();
    let view = others.map(|it| OtherCounted {
        kind: it.kind,
        currency: it.currency,
        counted_minor: it.counted_minor,
        expected_minor: it.expected_minor,
        over_short_minor: it.over_short_minor,
    });
    view.collect()
}
