//! Cash that goes into or out of a drawer outside a sale, and reports that are printed again.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::facts::{Body, Kind};
use crate::ids::{ShiftId, StaffId};
use crate::money::{Currency, Minor};

/// Which way cash went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum CashMovement {
    /// Into the drawer.
    #[n(0)]
    PaidIn,
    /// Out of the drawer, for good.
    #[n(1)]
    PaidOut,
    /// Out of the drawer and into the safe.
    #[n(2)]
    Dropped,
}

impl CashMovement {
    /// Every movement, in the order a screen offers them.
    pub const ALL: [Self; 3] = [Self::Dropped, Self::PaidOut, Self::PaidIn];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::PaidIn => "paid_in",
            Self::PaidOut => "paid_out",
            Self::Dropped => "dropped",
        }
    }
}

/// Cash went into or out of a drawer outside a sale; the envelope says by whom and at which
/// register.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CashMoved {
    /// The shift.
    #[n(0)]
    pub shift_id: ShiftId,
    /// The currency of the amount.
    #[n(1)]
    pub currency: Currency,
    /// Which way.
    #[n(2)]
    pub movement: CashMovement,
    /// How much; more than nothing.
    #[n(3)]
    pub amount_minor: Minor,
    /// Why, from a fixed list of words; nothing for a drop.
    #[n(4)]
    pub reason: Option<String>,
    /// What proves it: the number of a bag or of a bill. Never a person's name.
    #[n(5)]
    pub reference: Option<String>,
    /// The manager who approved it, if somebody else did it.
    #[n(6)]
    pub approved_by: Option<StaffId>,
}

impl Body for CashMoved {
    const KIND: Kind = Kind::CashMoved;
}

/// Somebody else works the drawer of an open till from now on; nothing was counted. Since version
/// 0.1.0. The envelope says at which register, and who took it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct CashierChanged {
    /// The shift, which goes on.
    #[n(0)]
    pub shift_id: ShiftId,
    /// Who worked it before.
    #[n(1)]
    pub from: Option<StaffId>,
}

impl Body for CashierChanged {
    const KIND: Kind = Kind::CashierChanged;
}

/// The Z of a closed shift was printed again, marked COPY.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ReportReprinted {
    /// The shift.
    #[n(0)]
    pub shift_id: ShiftId,
    /// Which copy it is, from 1.
    #[n(1)]
    pub copy: u32,
}

impl Body for ReportReprinted {
    const KIND: Kind = Kind::ReportReprinted;
}
