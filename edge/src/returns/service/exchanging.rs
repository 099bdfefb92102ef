//! An exchange: what comes back waits with the sale in work at the register, and is stated in the
//! transaction that states that sale.
//!
//! ```text
//! lines, why, where to ─► beside the basket ─► others are scanned ─► paid, or the rest goes back
//! ```
//! When what comes back counts for more than what goes out, cards get their money back by the
//! terminal first, as in a return; each answer is kept with the exchange, in its transaction.

use counterpart_daemon::db::Tx;
use counterpart_protocol::ids::{EdgeNumber, RegisterId, ReturnId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::returns::{InCash, ReturnRecorded};
use counterpart_protocol::sales::{SaleRecorded, Tender, TenderKind};

use super::credit::{self, NewCredit};
use super::{
    Bringing, RefundTo, ReturnError, TOPIC, approval, cards, counted, may_alone, passing, stated_as,
};
use crate::command::Command;
use crate::context::Context;
use crate::payments::{self, Asking, Attempt, CardView, Purpose, card_view};
use crate::returns::rules::{self, Exchange, ReturnRefused, StatedAs};
use crate::returns::store::{self, InExchange};
use crate::staff::Person;
use crate::{reference, sales, shifts};

/// How the rest of an exchange goes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Rest {
    /// All of it has gone, or goes with the sale.
    Goes(GoesBack),
    /// The terminal is asked to give a card its money back.
    Asked(Box<CardView>),
}

/// What goes back beside what counts for the goods that go out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct GoesBack {
    /// In cash and to accounts, before cash is rounded.
    pub tenders: Vec<Tender>,
    /// What of the cash should have gone to a card.
    pub instead: Option<InCash>,
    /// The credit some of it became, which is printed with the exchange.
    pub credit: Option<NewCredit>,
}

/// Puts goods that come back beside the sale in work at the person's register.
///
/// # Errors
///
/// [`ReturnError`] says why not, or that a manager's PIN is needed.
pub(crate) async fn begin_exchange(
    ctx: &Context,
    person: &Person,
    bringing: Bringing,
    command: Command,
) -> Result<(), ReturnError> {
    let approved_by = approval(ctx, person, Operation::Exchange, &bringing).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let register = person.register;
            shifts::open_shift(tx, register)?.ok_or(ReturnError::TillClosed)?;
            let (_, refund) = counted(&context, tx, bringing.sale_id, &bringing.brought)?;
            let alone = may_alone(&context, tx, &person, &refund)?;
            if approved_by.is_none() {
                alone?;
            }
            free(tx, bringing.sale_id)?;
            if store::exchange_at(tx, register)?.is_some() {
                return Err(ReturnRefused::ExchangeHere.into());
            }
            if sales::is_tendered(tx, register)? {
                return Err(ReturnRefused::BasketTendered.into());
            }
            let (at_ms, random) = context.new_ulid();
            let exchange = InExchange {
                register,
                sale_id: bringing.sale_id,
                return_id: ReturnId::from_parts(at_ms, random),
                approved_by,
                brought: bringing.brought,
                done: Vec::new(),
                intent: None,
            };
            store::put_exchange(tx, &exchange)?;
            sales::show_sale(&context, tx, register)?;
            wake(&context, tx, register);
            Ok(())
        })
    };
    ctx.db().write(work).await
}

/// Checks that nothing of a sale is being returned or exchanged at this moment.
///
/// # Errors
///
/// [`ReturnRefused`]; those of the database.
pub(super) fn free(tx: &mut Tx, sale_id: SaleId) -> Result<(), ReturnError> {
    if store::refund_of(tx, sale_id)?.is_some() {
        return Err(ReturnRefused::TerminalAsked.into());
    }
    match store::exchange_of(tx, sale_id)? {
        Some(exchange) => Err(ReturnRefused::InExchange(exchange.register).into()),
        None => Ok(()),
    }
}

/// Takes goods that come back out of the sale in work at the person's register.
///
/// # Errors
///
/// [`ReturnRefused::MoneyGone`], [`ReturnRefused::TerminalAsked`], [`ReturnRefused::NoExchange`].
pub(crate) async fn give_up_exchange(
    ctx: &Context,
    person: &Person,
    command: Command,
) -> Result<(), ReturnError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            store::exchange_at(tx, register)?.ok_or(ReturnRefused::NoExchange)?;
            drop_exchange(&context, tx, register)?;
            sales::show_sale(&context, tx, register)
        })
    };
    ctx.db().write(work).await
}

/// Forgets what comes back at a register, if anything does and no money has gone for it.
///
/// # Errors
///
/// [`ReturnRefused::MoneyGone`], [`ReturnRefused::TerminalAsked`]; those of the database.
pub(crate) fn drop_exchange(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<(), ReturnError> {
    let Some(exchange) = store::exchange_at(tx, register)? else {
        return Ok(());
    };
    if exchange.intent.is_some() {
        return Err(ReturnRefused::TerminalAsked.into());
    }
    if !exchange.done.is_empty() {
        return Err(ReturnRefused::MoneyGone.into());
    }
    store::drop_exchange(tx, register)?;
    wake(ctx, tx, register);
    Ok(())
}

/// Returns what comes back with the sale in work at a register.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// Never: while it waits nothing else of the sale comes back, so it still can.
pub(crate) fn exchange_at(
    tx: &mut Tx,
    register: RegisterId,
) -> Result<Option<Exchange>, counterpart_daemon::db::DbError> {
    let Some(waiting) = store::exchange_at(tx, register)? else {
        return Ok(None);
    };
    let Some(sold) = passing::sold_anywhere(tx, waiting.sale_id)? else {
        return Ok(None);
    };
    let before = store::before(tx, waiting.sale_id)?;
    let refund = rules::refund(&sold.sale, &before, &waiting.brought);
    Ok(Some(Exchange {
        return_id: waiting.return_id,
        refund: refund.expect("what is exchanged is held until it is stated"),
        sale: sold.sale,
        before: store::gone(tx, waiting.sale_id)?,
        done: waiting.done,
        is_asked: waiting.intent.is_some(),
    }))
}

/// Gives back what is left of an exchange when what goes out comes to `total`: asks the terminal
/// for the next card, or says what goes in cash and to accounts.
///
/// # Errors
///
/// [`ReturnRefused`] says why not.
pub(crate) fn give_rest(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    (total, to): (Minor, RefundTo),
) -> Result<Rest, ReturnError> {
    let register = person.register;
    let exchange = exchange_at(tx, register)?.ok_or(ReturnRefused::NoExchange)?;
    let waiting = store::exchange_at(tx, register)?.ok_or(ReturnRefused::NoExchange)?;
    if waiting.intent.is_some() {
        return Err(ReturnRefused::TerminalAsked.into());
    }
    let split = exchange.rest(total);
    let to_cards = split.to_cards();
    // No terminal of this store knows a payment of another.
    let to = match passing::is_foreign(tx, waiting.sale_id)? {
        true if to == RefundTo::Original => RefundTo::Cash,
        true | false => to,
    };
    let instead = match (split.cards.first(), to) {
        (Some(part), RefundTo::Original) => {
            if ctx.devices().terminal(register).is_none() {
                return Err(ReturnRefused::NoTerminal.into());
            }
            if split.cards.iter().any(|it| it.card.transaction.is_none()) {
                return Err(ReturnRefused::NoTransaction.into());
            }
            let asking = Asking {
                purpose: Purpose::Refund,
                sale_id: waiting.sale_id,
                of_intent: Some(part.card.intent.clone()),
                amount_minor: part.amount_minor,
            };
            let attempt = payments::begin(ctx, tx, person, asking)?;
            let asked = InExchange {
                intent: Some(attempt.intent.clone()),
                ..waiting
            };
            store::put_exchange(tx, &asked)?;
            wake(ctx, tx, register);
            let view = card_view(&attempt, ctx.profile().currency);
            return Ok(Rest::Asked(Box::new(view)));
        }
        (Some(_), RefundTo::Cash) => Some(InCash {
            amount_minor: to_cards,
            why: cards::why_cash(ctx, tx, register, waiting.sale_id, Some(&split))?.to_owned(),
        }),
        (Some(_), RefundTo::Credit) => Some(credit::instead_of_cards(to_cards)),
        (None, RefundTo::Original | RefundTo::Cash | RefundTo::Credit) => None,
    };
    let cash = Minor(split.cash_minor.0.saturating_add(to_cards.0));
    let (tenders, credit) = credit::tenders(ctx, register, to, split.with_cash(cash))?;
    Ok(Rest::Goes(GoesBack {
        tenders,
        instead,
        credit,
    }))
}

/// Takes note of a terminal's answer to what an exchange asked it for. Returns whether one had.
///
/// # Errors
///
/// [`ReturnError`].
pub(super) fn card_answered(
    ctx: &Context,
    tx: &mut Tx,
    attempt: &Attempt,
) -> Result<bool, ReturnError> {
    let waiting = store::exchange_of(tx, attempt.sale_id)?;
    let Some(mut waiting) = waiting.filter(|it| it.intent.as_ref() == Some(&attempt.intent)) else {
        return Ok(false);
    };
    waiting.intent = None;
    let moved = attempt.moved.as_ref();
    if let Some(moved) = moved {
        let tender = Tender::card(moved.amount_minor, moved.card.clone());
        waiting.done.push(tender);
    }
    store::put_exchange(tx, &waiting)?;
    wake(ctx, tx, waiting.register);
    if moved.is_some() {
        let person = crate::staff::person_of(tx, attempt.staff_id, attempt.register)?;
        sales::go_on_exchanging(ctx, tx, &person)?;
    }
    Ok(true)
}

/// States what came back in an exchange; the sale others went out by is stated with it.
///
/// # Errors
///
/// [`ReturnError::Invalid`], which means a fault of ours; those of the replica.
pub(crate) fn record_exchange(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    (exchange, counts): (Exchange, Tender),
    goes: GoesBack,
) -> Result<ReturnRecorded, ReturnError> {
    let register = person.register;
    let shift = shifts::open_shift(tx, register)?.ok_or(ReturnError::TillClosed)?;
    let waiting = store::exchange_at(tx, register)?.ok_or(ReturnRefused::NoExchange)?;
    let policy = reference::policies(tx)?.tenders;
    let mut tenders = exchange.done.clone();
    tenders.extend(goes.tenders);
    if counts.amount_minor > Minor::ZERO {
        tenders.push(counts);
    }
    let (tenders, rounding_minor) =
        rules::rounded(tenders, sales::cash_step(&policy, &ctx.profile()));
    let stated = StatedAs {
        return_id: exchange.return_id,
        tenders,
        rounding_minor,
        instead: goes.instead,
        ..stated_as(ctx, tx, shift.shift_id, waiting.approved_by)?
    };
    let recorded = exchange.refund.recorded(&exchange.sale, stated)?;
    let place = ctx.place(Some(register), Some(person.staff_id));
    ctx.replica()
        .record(tx, EdgeNumber::HUB, place, &recorded)?;
    credit::print(ctx, tx, register, goes.credit)?;
    store::drop_exchange(tx, register)?;
    wake(ctx, tx, register);
    Ok(recorded)
}

/// Returns what came back in the exchange a sale is half of.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn other_half(
    tx: &mut Tx,
    sale: &SaleRecorded,
) -> Result<Option<ReturnRecorded>, counterpart_daemon::db::DbError> {
    let tender = sale.tenders.iter().find_map(|it| it.exchanged.as_ref());
    let Some(exchanged) = tender else {
        return Ok(None);
    };
    let returned = store::by_id(tx, exchanged.return_id)?;
    Ok(returned.map(|it| it.recorded))
}

/// Tells whether something of a return went back in cash, so that a drawer opens.
pub(crate) fn gives_cash(recorded: &ReturnRecorded) -> bool {
    Tender::sum_of(&recorded.tenders, TenderKind::Cash) > Minor::ZERO
}

fn wake(ctx: &Context, tx: &mut Tx, register: RegisterId) {
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || {
        live.publish(TOPIC);
        live.publish(sales::topic(register));
    }));
}
