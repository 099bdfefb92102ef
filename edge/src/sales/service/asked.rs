//! What a basket asks of the person at the till before it is paid.

use counterpart_protocol::catalog::Traced;
use serde::Serialize;
use utoipa::ToSchema;

use crate::sales::rules::Basket;

/// An age that somebody has to see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct AgeView {
    /// The age, in years.
    pub years: u8,
    /// What it is for.
    pub description: String,
}

/// A line of which somebody has to read a serial number or lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct UntracedView {
    /// Its number.
    pub line: u16,
    /// Which of both.
    pub traced: Traced,
    /// What it is.
    pub description: String,
}

pub(super) fn age_view(basket: &Basket) -> Option<AgeView> {
    let (years, description) = basket.age_to_confirm()?;
    Some(AgeView {
        years,
        description: description.to_owned(),
    })
}

pub(super) fn untraced_view(basket: &Basket) -> Option<UntracedView> {
    let (traced, line) = basket.untraced()?;
    Some(UntracedView {
        line: line.line,
        traced,
        description: line.item.description.clone(),
    })
}
