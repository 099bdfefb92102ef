//! A card pays for the basket, or gets back what it paid before the sale came about.
//!
//! The terminal is the payments slice's affair; here is what its answers mean for a sale. Each is
//! taken in the transaction that keeps it.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{EdgeNumber, RegisterId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::{CardGivenBack, CardPaid, Tender, TenderKind};

use super::coupons::settle_coupons;
use super::others::check_taken;
use super::paying::{complete, ready};
use super::{SalesError, wake};
use crate::command::Command;
use crate::context::Context;
use crate::payments::{self, Asking, Attempt, CardRefused, CardView, Purpose, card_view};
use crate::returns;
use crate::sales::rules::{self, Confirmed, PayRefused};
use crate::sales::store::{self, Phase, Screen, Sound};
use crate::shifts;
use crate::staff::{self, Person};

/// Asks the terminal of the person's register for `typed`, or for all that is due.
///
/// # Errors
///
/// [`SalesError::Pay`] says why it is not asked, [`SalesError::TillClosed`], the failures.
pub(crate) async fn begin_card(
    ctx: &Context,
    person: &Person,
    typed: Option<Minor>,
    command: Command,
) -> Result<CardView, SalesError> {
    settle_coupons(ctx, person).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            begin_now(&context, tx, &person, typed)
        })
    };
    ctx.db().write(work).await
}

fn begin_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    typed: Option<Minor>,
) -> Result<CardView, SalesError> {
    let register = person.register;
    shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
    none_asked(tx, register)?;
    let (basket, settled) = ready(ctx, tx, register)?;
    settled.allows(&basket)?;
    let tenders = store::tenders(tx, register)?;
    let amount_minor = rules::card_amount(&basket, &tenders, typed, settled)?;
    let wanted = Tender::card(amount_minor, CardPaid::default());
    check_taken(ctx, tx, person, &[wanted])?;
    let asking = Asking {
        purpose: Purpose::Sale,
        sale_id: basket.sale_id,
        of_intent: None,
        amount_minor,
    };
    let attempt = payments::begin(ctx, tx, person, asking)?;
    let screen = Screen {
        phase: Phase::Tendering,
        asked_minor: None,
        ..store::screen(tx, register)?
    };
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(card_view(&attempt, settled.currency))
}

/// Gives a card back what it paid for a sale that is not finished, or that came about without it.
///
/// # Errors
///
/// [`SalesError::Pay`] says why nothing goes back, the failures.
pub(crate) async fn give_back(
    ctx: &Context,
    person: &Person,
    intent: String,
    command: Command,
) -> Result<CardView, SalesError> {
    staff::permit(ctx, person, Operation::GiveCardBack).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let paid = payments::attempt(tx, &intent)?;
            let paid = paid.ok_or(PayRefused::Card(CardRefused::NoSuchPayment(intent)))?;
            if paid.register != person.register {
                return Err(PayRefused::Card(CardRefused::OtherRegister(paid.register)).into());
            }
            let moved = paid.to_give_back().map_err(PayRefused::from)?;
            let asking = Asking {
                purpose: Purpose::GiveBack,
                sale_id: paid.sale_id,
                of_intent: Some(paid.intent.clone()),
                amount_minor: moved.amount_minor,
            };
            let attempt = payments::begin(&context, tx, &person, asking)?;
            Ok(card_view(&attempt, context.profile().currency))
        })
    };
    ctx.db().write(work).await
}

/// Takes the money a card paid: it is given for the basket it was asked for, and completes the sale
/// when it is enough and nobody scanned on meanwhile. Money whose basket is gone belongs to
/// nothing, and stays named until a person gives it back.
///
/// # Errors
///
/// Those of the database; [`SalesError::Replica`].
pub(crate) fn card_paid(ctx: &Context, tx: &mut Tx, attempt: &Attempt) -> Result<(), SalesError> {
    let register = attempt.register;
    let Some(moved) = &attempt.moved else {
        return Ok(());
    };
    wake(ctx, tx, register);
    let here = store::basket(tx, register)?.map(|basket| basket.sale_id);
    if here != Some(attempt.sale_id) {
        tracing::warn!(
            register.id = register.0,
            payment.id = attempt.intent,
            "a card paid for a sale that is not in work any more"
        );
        return Ok(());
    }
    let tender = Tender::card(moved.amount_minor, moved.card.clone());
    store::add_tender(tx, register, &tender)?;
    let screen = store::screen(tx, register)?;
    if screen.phase != Phase::Tendering || shifts::open_shift(tx, register)?.is_none() {
        store::put_screen(tx, register, screen.sounding(Sound::Accepted))?;
        return Ok(());
    }
    let (basket, settled) = ready(ctx, tx, register)?;
    let tenders = store::tenders(tx, register)?;
    match rules::pay(basket, tenders, settled, Confirmed::Yes) {
        Ok(paid) => {
            let person = staff::person_of(tx, attempt.staff_id, register)?;
            complete(ctx, tx, &person, paid)?;
        }
        // More is due, or something stands in the way that the screen names.
        Err(_) => store::put_screen(tx, register, screen.sounding(Sound::Accepted))?,
    }
    Ok(())
}

/// Takes note that a card has its money back: the basket is not paid by it any more.
///
/// # Errors
///
/// Those of the database; [`SalesError::Replica`].
pub(crate) fn card_given_back(
    ctx: &Context,
    tx: &mut Tx,
    paid: &Attempt,
    back: &Attempt,
) -> Result<(), SalesError> {
    let register = paid.register;
    store::drop_card(tx, register, &paid.intent)?;
    wake(ctx, tx, register);
    let Some(moved) = &back.moved else {
        return Ok(());
    };
    let given_back = CardGivenBack {
        sale_id: paid.sale_id,
        payment: paid.intent.clone(),
        currency: ctx.profile().currency,
        amount_minor: moved.amount_minor,
        card: moved.card.clone(),
    };
    let place = ctx.place(Some(back.register), Some(back.staff_id));
    ctx.replica()
        .record(tx, EdgeNumber::HUB, place, &given_back)?;
    Ok(())
}

/// Returns what a terminal said of a payment a sale came about with.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn paid_with(
    tx: &mut Tx,
    sale_id: SaleId,
    intent: &str,
) -> Result<Option<CardPaid>, DbError> {
    let sold = store::sold(tx, sale_id)?;
    Ok(sold.and_then(|sold| {
        // Goods that went out for goods were paid by what paid for those.
        let paid_by = returns::first_paid_by(&sold.sale.tenders);
        let mut cards = paid_by.into_iter().filter_map(|it| it.card);
        cards.find(|card| card.intent == intent)
    }))
}

/// Checks that no terminal is asked for the basket of a register, and that nothing of it is
/// unknown. What is not known of another sale bars nobody from paying in cash.
///
/// # Errors
///
/// [`SalesError::Pay`]; those of the database.
pub(super) fn none_asked(tx: &mut Tx, register: RegisterId) -> Result<(), SalesError> {
    match store::basket(tx, register)? {
        None => Ok(()),
        Some(basket) => {
            let free = payments::free(tx, register, Some(basket.sale_id))?;
            Ok(free.map_err(PayRefused::from)?)
        }
    }
}

/// Checks that no card paid for the basket of a register, or is asked to.
///
/// # Errors
///
/// [`SalesError::Pay`]; those of the database.
pub(super) fn none_paid_by_card(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<(), SalesError> {
    none_asked(tx, register)?;
    let paid_minor = Tender::sum_of(&store::tenders(tx, register)?, TenderKind::Card);
    match paid_minor > Minor::ZERO {
        false => Ok(()),
        true => Err(PayRefused::CardPaid {
            paid_minor,
            currency: ctx.profile().currency,
        }
        .into()),
    }
}

/// Tells whether a card paid for the basket of a register, or is asked to.
pub(super) fn is_paid_by_card(tx: &mut Tx, register: RegisterId) -> Result<bool, DbError> {
    let paid_minor = Tender::sum_of(&store::tenders(tx, register)?, TenderKind::Card);
    let Some(basket) = store::basket(tx, register)? else {
        return Ok(false);
    };
    let free = payments::free(tx, register, Some(basket.sale_id))?;
    Ok(paid_minor > Minor::ZERO || free.is_err())
}
