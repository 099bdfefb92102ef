//! What a register has for its customer: the goods so far, what is to be paid, the change. The
//! display of two lines and the screen that faces the customer both show it.
//!
//! It decides nothing, and holds nothing a customer may not see: no person, no code, no stock.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;

use super::exchanging::exchange_view;
use super::views::{LineView, basket_view};
use super::{cash_step, loaded};
use crate::context::Context;
use crate::payments;
use crate::reference;
use crate::sales::rules::due;
use crate::sales::store::{self, Phase};

/// What a register has for its customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CustomerView {
    /// Nobody buys.
    Nothing,
    /// Goods are scanned or paid for.
    Buying(Box<Buying>),
    /// It is paid.
    Paid {
        /// What it came to.
        total_minor: Minor,
        /// What goes back.
        change_minor: Minor,
    },
}

/// A basket as its customer sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Buying {
    /// The lines that stand, in the order they were scanned.
    pub lines: Vec<LineView>,
    /// What the goods come to.
    pub total_minor: Minor,
    /// What promotions and discounts took off, typed prices apart.
    pub off_minor: Minor,
    /// What comes back with it counts for, in an exchange.
    pub credit_minor: Option<Minor>,
    /// What is still to be paid, once it is being paid; in an exchange from its beginning.
    pub left_minor: Option<Minor>,
    /// What goes back in an exchange that counts for more than the goods.
    pub give_back_minor: Minor,
    /// Whether a terminal waits for the customer's card.
    pub asks_card: bool,
}

/// Reads what a register has for its customer now.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn customer_view(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<CustomerView, DbError> {
    let screen = store::screen(tx, register)?;
    if let (Phase::Paid, Some(sale_id)) = (screen.phase, screen.paid_sale_id) {
        let sold = store::sold(tx, sale_id)?;
        return Ok(
            sold.map_or(CustomerView::Nothing, |sold| CustomerView::Paid {
                total_minor: sold.sale.total_minor,
                change_minor: sold.sale.change_minor,
            }),
        );
    }
    let basket = loaded(ctx, tx, register)?;
    let exchange = exchange_view(tx, register, basket.as_ref())?;
    let tenders = store::tenders(tx, register)?;
    let step = cash_step(&reference::policies(tx)?.tenders, &ctx.profile());
    let left = basket
        .as_ref()
        .and_then(|basket| due(basket, &tenders, step).ok());
    let sale_id = basket.as_ref().map(|basket| basket.sale_id);
    let asked = payments::unresolved_at(tx, register)?;
    let asks_card = asked
        .iter()
        .any(|it| Some(it.sale_id) == sale_id && it.state.is_in_flight());
    let shown = basket_view(ctx.profile().currency, register, basket, &[]);
    let mut lines: Vec<LineView> = shown.lines;
    lines.retain(|line| !line.voided);
    lines.sort_by_key(|line| line.touched);
    if lines.is_empty() && exchange.is_none() {
        return Ok(CustomerView::Nothing);
    }
    Ok(CustomerView::Buying(Box::new(Buying {
        lines,
        total_minor: shown.total_minor,
        off_minor: shown.off_minor,
        credit_minor: exchange.as_ref().map(|it| it.credit_minor),
        left_minor: match screen.phase {
            Phase::Tendering => Some(left.map_or(shown.total_minor, |due| due.due_minor)),
            Phase::Selling | Phase::Paid => exchange.as_ref().map(|it| it.to_pay_minor),
        },
        give_back_minor: exchange.map_or(Minor::ZERO, |it| it.give_back_minor),
        asks_card,
    })))
}
