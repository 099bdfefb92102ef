//! Stock as facts: on hand is a sum over movements, and movements come from facts.

mod fact;

pub use fact::{ReceivedAs, ReceivedLine, StockReceived};

use crate::facts::{BodyRefused, Fact, Kind};
use crate::ids::Sku;
use crate::quantity::Milli;
use crate::sales::SaleRecorded;

/// One change of what is on hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Movement {
    /// What.
    pub sku: Sku,
    /// How much more (positive) or less (negative) is on the shelf.
    pub delta_milli: Milli,
}

/// Returns the kinds of fact that move stock.
#[must_use]
pub const fn moving_kinds() -> [Kind; 2] {
    [Kind::SaleRecorded, Kind::StockReceived]
}

/// Returns how a fact moves stock: at every replica the same, in the order of its lines.
///
/// # Errors
/// [`BodyRefused`] when the fact's body cannot be read.
pub fn movements(fact: &Fact) -> Result<Vec<Movement>, BodyRefused> {
    match fact.kind() {
        Some(Kind::SaleRecorded) => Ok(fact
            .read::<SaleRecorded>()?
            .lines
            .into_iter()
            .map(|line| {
                let delta = line.quantity_milli.0.checked_neg();
                let delta = delta.ok_or_else(|| BodyRefused::Malformed {
                    kind: Kind::SaleRecorded,
                    cause: "a quantity has no opposite".to_owned(),
                })?;
                Ok(Movement {
                    sku: line.sku,
                    delta_milli: Milli(delta),
                })
            })
            .collect::<Result<_, _>>()?),
        Some(Kind::StockReceived) => Ok(fact
            .read::<StockReceived>()?
            .lines
            .into_iter()
            .map(|line| Movement {
                sku: line.sku,
                delta_milli: line.quantity_milli,
            })
            .collect()),
        Some(
            Kind::BasketVoided
            | Kind::ShiftOpened
            | Kind::ShiftClosed
            | Kind::ReceiptReprinted
            | Kind::PrintSettled
            | Kind::ReferencePublished
            | Kind::NoticePosted,
        )
        | None => Ok(Vec::new()),
    }
}
