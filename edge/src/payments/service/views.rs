//! An attempt as the API shows it.

use counterpart_protocol::ids::{RegisterId, SaleId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::sales::CardPaid;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::payments::rules::Attempt;
use crate::written::moment;

/// Something a terminal was asked to do with money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct CardView {
    /// What the terminal knows it by.
    pub payment: String,
    /// `sale`, `give_back` (before the sale came about) or `refund` (of goods that came back).
    pub purpose: String,
    /// `sent`, `approved`, `declined`, `cancelled`, `unknown` or `reversed`.
    pub state: String,
    /// The register whose terminal it is.
    pub register: RegisterId,
    /// The sale that is paid, or that goods came back of.
    pub sale_id: SaleId,
    /// How much was asked for.
    pub amount_minor: Minor,
    /// How much moved; a terminal may take less.
    pub moved_minor: Option<Minor>,
    /// The currency of both.
    pub currency: Currency,
    /// What the terminal said of what moved.
    pub card: Option<CardPaid>,
    /// Why nothing moved, or why nobody knows.
    pub why: Option<String>,
    /// Whether somebody still has to see to it.
    pub unresolved: bool,
    /// Whether the terminal says something else than the manager did.
    pub disputed: bool,
    /// When it was begun.
    pub begun_at: String,
}

/// Shows an attempt.
#[must_use]
pub(crate) fn card_view(attempt: &Attempt, currency: Currency) -> CardView {
    let moved = attempt.moved.as_ref();
    CardView {
        payment: attempt.intent.clone(),
        purpose: attempt.purpose.word().to_owned(),
        state: attempt.state.word().to_owned(),
        register: attempt.register,
        sale_id: attempt.sale_id,
        amount_minor: attempt.amount_minor,
        moved_minor: moved.map(|moved| moved.amount_minor),
        currency,
        card: moved.map(|moved| moved.card.clone()),
        why: attempt.words.clone(),
        unresolved: attempt.open || attempt.disputed,
        disputed: attempt.disputed,
        begun_at: moment(attempt.begun_at_ms),
    }
}
