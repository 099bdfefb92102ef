//! How a register stands with its terminal, read for pages and programs.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{RegisterId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::Tender;
use serde::Serialize;
use utoipa::ToSchema;

use super::{cash_step, loaded};
use crate::context::Context;
use crate::payments::{self, Attempt, AttemptState, CardView, card_view};
use crate::reference;
use crate::sales::rules;
use crate::sales::store;

/// How a register stands with its terminal.
#[derive(Debug, Clone, Default)]
pub(crate) struct CardsShown {
    /// Whether it has one.
    pub has_terminal: bool,
    /// What it is asked for, or nobody knows about.
    pub in_flight: Option<Attempt>,
    /// What it was asked for last for this sale, when nothing came of it.
    pub refused: Option<Attempt>,
    /// What somebody has to see to and that belongs to no sale in work here.
    pub left: Vec<Attempt>,
}

/// What is due, as the API shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct DueView {
    /// What the sale comes to.
    pub total_minor: Minor,
    /// What was given.
    pub given_minor: Minor,
    /// What is still due.
    pub due_minor: Minor,
    /// What is still due when all of it is paid in cash.
    pub cash_due_minor: Minor,
    /// By how much the total is rounded then.
    pub rounding_minor: Minor,
}

/// What is due at a register, and what its terminal was asked for.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CardPayments {
    /// What is due; nothing while there is no sale.
    pub due: Option<DueView>,
    /// What was given so far.
    pub tenders: Vec<Tender>,
    /// What the terminal was asked for the sale in work, the oldest first, and before them what
    /// somebody still has to see to.
    pub payments: Vec<CardView>,
}

/// Reads how a register stands with its terminal.
pub(super) fn cards_shown(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    sale_id: Option<SaleId>,
) -> Result<CardsShown, DbError> {
    let mut shown = CardsShown {
        has_terminal: ctx.devices().terminal(register).is_some(),
        ..CardsShown::default()
    };
    for attempt in payments::unresolved_at(tx, register)? {
        let is_of_sale = Some(attempt.sale_id) == sale_id;
        if is_of_sale && attempt.state.is_in_flight() {
            shown.in_flight = Some(attempt);
        } else if attempt.disputed || !is_of_sale {
            shown.left.push(attempt);
        }
    }
    let tried = match sale_id {
        Some(sale_id) => payments::of_sale(tx, sale_id)?,
        None => Vec::new(),
    };
    let last = tried.into_iter().max_by_key(|it| it.changed_at_ms);
    shown.refused = last.filter(|it| {
        matches!(it.state, AttemptState::Declined | AttemptState::Cancelled) && !it.disputed
    });
    Ok(shown)
}

/// Reads what is due at a register, what was given, and what its terminal was asked for.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn card_payments(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<CardPayments, DbError> {
    let basket = loaded(ctx, tx, register)?;
    let tenders = store::tenders(tx, register)?;
    let step = cash_step(&reference::policies(tx)?.tenders, &ctx.profile());
    let due = basket.as_ref();
    let due = due.and_then(|it| rules::due(it, &tenders, step).ok());
    let sale_id = basket.map(|basket| basket.sale_id);
    let unresolved = payments::unresolved_at(tx, register)?.into_iter();
    let mut all: Vec<Attempt> = unresolved
        .filter(|it| Some(it.sale_id) != sale_id)
        .collect();
    if let Some(sale_id) = sale_id {
        all.extend(payments::of_sale(tx, sale_id)?);
    }
    let currency = ctx.profile().currency;
    let payments = all.iter().map(|it| card_view(it, currency)).collect();
    let due = due.map(|due| DueView {
        total_minor: due.total_minor,
        given_minor: due.given_minor,
        due_minor: due.due_minor,
        cash_due_minor: due.cash_due_minor,
        rounding_minor: due.rounding_minor,
    });
    Ok(CardPayments {
        due,
        tenders,
        payments,
    })
}

/// Returns the attempt at a register that a manager is asked about.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn to_settle(tx: &mut Tx, register: RegisterId) -> Result<Option<String>, DbError> {
    let unresolved = payments::unresolved_at(tx, register)?;
    let found = unresolved
        .iter()
        .find(|it| it.state == AttemptState::Unknown)
        .or_else(|| unresolved.iter().find(|it| it.disputed));
    Ok(found.map(|it| it.intent.clone()))
}
