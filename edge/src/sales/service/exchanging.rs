//! A sale in which others goods come back: what goes back when they count for more, and the sale
//! and its return in one transaction.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{RegisterId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::ReturnLine;
use counterpart_protocol::sales::Tender;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cards::none_asked;
use super::codes::receipt_sale;
use super::coupons::settle_coupons;
use super::paying::{PayView, complete_with, ready};
use super::scanning::selling;
use super::{SalesError, wake};
use crate::command::Command;
use crate::context::Context;
use crate::payments::{self, AttemptState, CardView, Purpose};
use crate::returns::{self, RefundTo, Rest, ReturnError};
use crate::sales::rules::{self, Basket, PayRefused};
use crate::sales::store::{self, Phase, Screen, Sound};
use crate::shifts;
use crate::staff::Person;

/// What became of an exchange that gives money back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExchangeDone {
    /// Both halves are stated.
    Recorded(PayView),
    /// The terminal is asked to give a card its money back; both are stated when it has.
    Asked(Box<CardView>),
}

/// Finishes an exchange in which nothing is due: gives back what is left, and states both halves.
///
/// # Errors
///
/// [`SalesError::Pay`], [`SalesError::Return`] say why not.
pub(crate) async fn finish_exchange(
    ctx: &Context,
    person: &Person,
    to: RefundTo,
    command: Command,
) -> Result<ExchangeDone, SalesError> {
    settle_coupons(ctx, person).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            finish_now(&context, tx, &person, to)
        })
    };
    ctx.db().write(work).await
}

fn finish_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    to: RefundTo,
) -> Result<ExchangeDone, SalesError> {
    let register = person.register;
    shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
    none_asked(tx, register)?;
    let (basket, settled) = ready(ctx, tx, register)?;
    if basket.exchange.is_none() {
        return Err(ReturnError::from(returns::ReturnRefused::NoExchange).into());
    }
    if is_tendered(tx, register)? {
        return Err(PayRefused::GivenToo.into());
    }
    let paid = rules::even(basket, settled)?;
    match returns::give_rest(ctx, tx, person, (paid.total_minor(), to))? {
        Rest::Goes(goes) => {
            let view = complete_with(ctx, tx, person, paid, goes)?;
            Ok(ExchangeDone::Recorded(view))
        }
        Rest::Asked(asked) => {
            tender(ctx, tx, register)?;
            Ok(ExchangeDone::Asked(asked))
        }
    }
}

/// Goes on with an exchange once a card has its money back: the next one is asked for, or both
/// halves are stated. What stands in the way is shown at the register and settled there.
///
/// # Errors
///
/// Those of the database and of the replica.
pub(crate) fn go_on_exchanging(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
) -> Result<(), ReturnError> {
    match finish_now(ctx, tx, person, RefundTo::Original) {
        Ok(ExchangeDone::Recorded(_) | ExchangeDone::Asked(_)) => Ok(()),
        Err(SalesError::Db(failed)) => Err(failed.into()),
        Err(SalesError::Replica(failed)) => Err(failed.into()),
        Err(failed) => {
            let register = person.register;
            tracing::info!(register.id = register.0, %failed, "an exchange waits at its register");
            let screen = store::screen(tx, register)?;
            store::put_screen(tx, register, screen.sounding(Sound::Refused))?;
            wake(ctx, tx, register);
            Ok(())
        }
    }
}

/// Shows the sale in work at a register, with what comes back.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn show_sale(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<(), ReturnError> {
    let screen = selling(store::screen(tx, register)?);
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(())
}

/// Tells whether money was given for the sale in work at a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn is_tendered(tx: &mut Tx, register: RegisterId) -> Result<bool, DbError> {
    Ok(!store::tenders(tx, register)?.is_empty())
}

/// Takes the scan of a receipt off the screen, and returns the sale it is of: what comes back of it
/// is chosen on that sale's page.
///
/// # Errors
///
/// [`SalesError::NoSuchScan`], [`SalesError::NotHere`]; those of the database.
pub(crate) async fn receipt_scanned(
    ctx: &Context,
    register: RegisterId,
    scan: i64,
) -> Result<SaleId, SalesError> {
    let context = ctx.clone();
    let work = move |tx: &mut Tx| {
        let waiting = store::waiting_scan(tx, register, scan)?;
        let waiting = waiting.ok_or(SalesError::NoSuchScan(scan))?;
        let found = receipt_sale(&context, tx, &waiting.code)?;
        let sale_id = found.ok_or(SalesError::NoSuchScan(scan))?;
        store::drop_waiting(tx, register, scan)?;
        wake(&context, tx, register);
        Ok(sale_id)
    };
    ctx.db().write(work).await
}

fn tender(ctx: &Context, tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    let screen = Screen {
        phase: Phase::Tendering,
        asked_minor: None,
        ..store::screen(tx, register)?
    };
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(())
}

/// What comes back with a sale in work, as pages and programs show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct ExchangeView {
    /// The sale it was sold by.
    pub sale_id: SaleId,
    /// The receipt of that sale.
    pub receipt: String,
    /// What comes back.
    pub lines: Vec<ReturnLine>,
    /// What it counts for: what was paid for it, less what went back to cards already.
    pub credit_minor: Minor,
    /// What is still due beside it.
    pub to_pay_minor: Minor,
    /// What goes back because it counts for more than what goes out.
    pub give_back_minor: Minor,
    /// What of that goes back to cards.
    pub to_cards_minor: Minor,
    /// What went back to cards already.
    pub given_back: Vec<Tender>,
    /// Whether a terminal is asked to give a card its money back.
    pub is_asked: bool,
    /// Why a card did not get its money back, when it was tried.
    pub not_given_back: Option<String>,
}

/// Returns what comes back with the sale in work at a register.
pub(super) fn exchange_view(
    tx: &mut Tx,
    register: RegisterId,
    basket: Option<&Basket>,
) -> Result<Option<ExchangeView>, DbError> {
    let Some(exchange) = returns::exchange_at(tx, register)? else {
        return Ok(None);
    };
    let figures = basket.and_then(|basket| basket.figures().ok());
    let total = figures.map_or(Minor::ZERO, |it| it.total_minor);
    let counts = exchange.counts_minor(total);
    let tried = payments::of_sale(tx, exchange.sale.sale_id)?.into_iter();
    let tried = tried.filter(|it| it.purpose == Purpose::Refund && it.register == register);
    let last = tried.max_by_key(|it| it.begun_at_ms);
    let failed =
        last.filter(|it| matches!(it.state, AttemptState::Declined | AttemptState::Cancelled));
    let to_cards_minor = exchange.rest(total).to_cards();
    Ok(Some(ExchangeView {
        sale_id: exchange.sale.sale_id,
        receipt: exchange.sale.receipt.to_string(),
        credit_minor: exchange.credit_minor(),
        to_pay_minor: Minor(total.0.saturating_sub(counts.0)),
        give_back_minor: exchange.rest_minor(total),
        to_cards_minor,
        not_given_back: failed
            .filter(|_| to_cards_minor > Minor::ZERO && !exchange.is_asked)
            .map(|it| it.words.unwrap_or_default()),
        lines: exchange.refund.lines,
        given_back: exchange.done,
        is_asked: exchange.is_asked,
    }))
}
