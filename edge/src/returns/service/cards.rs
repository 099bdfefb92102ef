//! A return whose card is given its money back: kept while the terminal is asked, and stated in the
//! transaction that keeps the terminal's last answer.

use counterpart_daemon::db::Tx;
use counterpart_protocol::ids::{RegisterId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::InCash;
use counterpart_protocol::sales::{SaleRecorded, Tender};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Bringing, How, ReturnError, ReturnView, TOPIC, counted, exchanging, passing, record};
use crate::command::Command;
use crate::context::Context;
use crate::payments::{self, Asking, Attempt, AttemptState, CardView, Purpose, card_view};
use crate::returns::rules::{self, Gone, ReturnRefused, Split};
use crate::returns::store::{self, CardRefund};
use crate::staff::Person;

/// What became of a return.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Taken {
    /// It is stated.
    Recorded(ReturnView),
    /// The terminal is asked to give a card its money back; the return is stated when it has.
    Asked(Box<CardView>),
}

/// What is done about a return that waits, once its terminal gave nothing back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Onward {
    /// The terminal is asked again.
    Again,
    /// What has not gone back goes back in cash.
    Cash,
    /// Nothing comes back; only while no money has gone.
    GiveUp,
}

/// Goes on with a return that waits.
///
/// # Errors
///
/// [`ReturnError`] says why not.
pub(crate) async fn go_on(
    ctx: &Context,
    person: &Person,
    sale_id: SaleId,
    onward: Onward,
    command: Command,
) -> Result<Option<Taken>, ReturnError> {
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            go_on_now(&context, tx, &person, sale_id, onward)
        })
    };
    ctx.db().write(work).await
}

fn go_on_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    sale_id: SaleId,
    onward: Onward,
) -> Result<Option<Taken>, ReturnError> {
    let waiting = store::refund_of(tx, sale_id)?.ok_or(ReturnRefused::NothingWaits)?;
    if waiting.register != person.register {
        return Err(ReturnRefused::OtherRegister(waiting.register).into());
    }
    if waiting.intent.is_some() {
        return Err(ReturnRefused::TerminalAsked.into());
    }
    match onward {
        Onward::Again => {
            let asked = ask_next(ctx, tx, person, waiting)?;
            Ok(asked.map(|it| Taken::Asked(Box::new(it))))
        }
        Onward::Cash => {
            let why = why_cash(ctx, tx, person.register, sale_id, None)?;
            Ok(Some(Taken::Recorded(finish(
                ctx, tx, person, &waiting, why,
            )?)))
        }
        Onward::GiveUp if waiting.done.is_empty() => {
            store::drop_refund(tx, sale_id)?;
            wake(ctx, tx, person.register);
            Ok(None)
        }
        Onward::GiveUp => Err(ReturnRefused::MoneyGone.into()),
    }
}

/// Keeps a return and asks the terminal for the first of its cards.
pub(super) fn begin(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    bringing: &Bringing,
    approved_by: Option<counterpart_protocol::ids::StaffId>,
) -> Result<Taken, ReturnError> {
    let waiting = CardRefund {
        sale_id: bringing.sale_id,
        register: person.register,
        staff_id: person.staff_id,
        approved_by,
        brought: bringing.brought.clone(),
        done: Vec::new(),
        intent: None,
    };
    let asked = ask_next(ctx, tx, person, waiting)?;
    let asked = asked.ok_or(ReturnRefused::NothingWaits)?;
    Ok(Taken::Asked(Box::new(asked)))
}

/// Returns why money of a card may go back in cash, in a word of the fact; nothing when it may not:
/// a terminal has not been asked yet.
pub(super) fn why_cash(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    sale_id: SaleId,
    split: Option<&Split>,
) -> Result<&'static str, ReturnError> {
    if passing::is_foreign(tx, sale_id)? {
        return Ok("other_store");
    }
    if ctx.devices().terminal(register).is_none() {
        return Ok("no_terminal");
    }
    let cards = split.map_or(&[][..], |split| split.cards.as_slice());
    if cards.iter().any(|part| part.card.transaction.is_none()) {
        return Ok("no_transaction");
    }
    let tried = payments::of_sale(tx, sale_id)?;
    let refunds = tried.iter().filter(|it| it.purpose == Purpose::Refund);
    match refunds.max_by_key(|it| it.begun_at_ms).map(|it| it.state) {
        Some(AttemptState::Declined) => Ok("declined"),
        Some(AttemptState::Cancelled) => Ok("not_begun"),
        Some(
            AttemptState::Sent
            | AttemptState::Approved
            | AttemptState::Unknown
            | AttemptState::Reversed,
        )
        | None => Err(ReturnRefused::CardFirst.into()),
    }
}

/// Takes note that a card has its money back: the next one is asked for, or the return is stated.
/// Returns whether a return waited for it.
///
/// # Errors
///
/// [`ReturnError`].
pub(crate) fn card_went_back(
    ctx: &Context,
    tx: &mut Tx,
    attempt: &Attempt,
) -> Result<bool, ReturnError> {
    let Some(mut waiting) = waits_for(tx, attempt)? else {
        return exchanging::card_answered(ctx, tx, attempt);
    };
    let Some(moved) = &attempt.moved else {
        return Ok(false);
    };
    let tender = Tender::card(moved.amount_minor, moved.card.clone());
    waiting.done.push(tender);
    waiting.intent = None;
    let person = crate::staff::person_of(tx, attempt.staff_id, attempt.register)?;
    let left = left_to_cards(ctx, tx, &waiting)?;
    if left.cards.is_empty() {
        finish(ctx, tx, &person, &waiting, "no_transaction")?;
    } else {
        ask_next(ctx, tx, &person, waiting)?;
    }
    Ok(true)
}

/// Takes note that a card did not get its money back: a person says how the return goes on.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn card_stayed(
    ctx: &Context,
    tx: &mut Tx,
    attempt: &Attempt,
) -> Result<(), ReturnError> {
    if let Some(waiting) = waits_for(tx, attempt)? {
        let waiting = CardRefund {
            intent: None,
            ..waiting
        };
        store::put_refund(tx, &waiting)?;
        wake(ctx, tx, attempt.register);
        return Ok(());
    }
    exchanging::card_answered(ctx, tx, attempt)?;
    Ok(())
}

fn waits_for(tx: &mut Tx, attempt: &Attempt) -> Result<Option<CardRefund>, ReturnError> {
    let waiting = store::refund_of(tx, attempt.sale_id)?;
    Ok(waiting.filter(|it| it.intent.as_ref() == Some(&attempt.intent)))
}

/// Asks the terminal for the next card that is to get its money back.
fn ask_next(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    waiting: CardRefund,
) -> Result<Option<CardView>, ReturnError> {
    let left = left_to_cards(ctx, tx, &waiting)?;
    let Some(part) = left.cards.first() else {
        return Ok(None);
    };
    let asking = Asking {
        purpose: Purpose::Refund,
        sale_id: waiting.sale_id,
        of_intent: Some(part.card.intent.clone()),
        amount_minor: part.amount_minor,
    };
    let attempt = payments::begin(ctx, tx, person, asking)?;
    let waiting = CardRefund {
        intent: Some(attempt.intent.clone()),
        ..waiting
    };
    store::put_refund(tx, &waiting)?;
    wake(ctx, tx, person.register);
    Ok(Some(card_view(&attempt, ctx.profile().currency)))
}

fn given(done: &[Tender]) -> Minor {
    Minor(done.iter().map(|tender| tender.amount_minor.0).sum())
}

/// Returns to what the rest of a return goes back.
fn left_to_cards(ctx: &Context, tx: &mut Tx, waiting: &CardRefund) -> Result<Split, ReturnError> {
    let (sold, refund) = counted(ctx, tx, waiting.sale_id, &waiting.brought)?;
    let gone = given(&waiting.done);
    let left = Minor(refund.total_minor.0.saturating_sub(gone.0));
    split_of(tx, &sold.sale, gone, left)
}

/// Returns to what `total` of a sale goes back, `gone` to its cards already beside what its returns
/// say.
pub(super) fn split_of(
    tx: &mut Tx,
    sale: &SaleRecorded,
    gone: Minor,
    total: Minor,
) -> Result<Split, ReturnError> {
    let before = store::gone(tx, sale.sale_id)?;
    let gone = Gone {
        cards: Minor(before.cards.0.saturating_add(gone.0)),
        ..before
    };
    Ok(rules::split(sale, gone, total))
}

/// States a return: what went back to cards, and the rest in cash; of that, what should have gone
/// to a card is named with `why`.
fn finish(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    waiting: &CardRefund,
    why: &str,
) -> Result<ReturnView, ReturnError> {
    let (sold, refund) = counted(ctx, tx, waiting.sale_id, &waiting.brought)?;
    let left = left_to_cards(ctx, tx, waiting)?;
    let to_cards = left.to_cards();
    let rest = refund.total_minor.0.saturating_sub(given(&waiting.done).0);
    let cash = Minor(rest.saturating_sub(left.to_accounts().0));
    let mut tenders = waiting.done.clone();
    tenders.extend(left.with_cash(cash));
    let instead = (to_cards > Minor::ZERO).then(|| InCash {
        amount_minor: to_cards,
        why: why.to_owned(),
    });
    store::drop_refund(tx, waiting.sale_id)?;
    wake(ctx, tx, person.register);
    let how = How {
        approved_by: waiting.approved_by,
        tenders,
        instead,
        provisional: None,
    };
    record(ctx, tx, person, (&sold, refund), how)
}

fn wake(ctx: &Context, tx: &mut Tx, register: RegisterId) {
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || {
        live.publish(TOPIC);
        live.publish(payments::topic(register));
    }));
}
