//! Begins attempts, keeps what became of them and tells the slice whose money it is, each in one
//! transaction. The terminal is asked by `asking.rs`, outside of any.

mod asking;
mod counting;
mod views;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{EdgeNumber, RegisterId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::{CardSaid, CardSettled};
use counterpart_protocol::staff::Role;

pub use asking::{Progress, keep, run_once};
pub(crate) use counting::want_count;
pub(crate) use views::{CardView, card_view};

use super::rules::{self, Attempt, AttemptState, CardRefused, Purpose, Told};
use super::{store, topic};
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::returns::{self, ReturnError};
use crate::sales::{self, SalesError};
use crate::staff::{self, ApprovalFailed, Limits, Person};

/// What became of an attempt could not be written down; the terminal is asked again.
#[derive(Debug, thiserror::Error)]
pub enum PaymentsFailed {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] CardRefused),
    /// Nobody approved it.
    #[error(transparent)]
    NotApproved(#[from] ApprovalFailed),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The fact could not be stated.
    #[error("could not state what became of a card payment")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store what became of a card payment")]
    Db(#[from] DbError),
    /// The return could not go on.
    #[error("could not go on with the return a card got its money back for")]
    Return(#[source] Box<ReturnError>),
    /// The sale could not go on.
    #[error("could not go on with the sale a card paid for")]
    Sale(#[source] Box<SalesError>),
}

/// What a terminal is to be asked for.
#[derive(Debug, Clone)]
pub(crate) struct Asking {
    /// What for.
    pub purpose: Purpose,
    /// The sale that is paid, or that goods came back of.
    pub sale_id: SaleId,
    /// The payment whose money goes back; nothing for a payment.
    pub of_intent: Option<String>,
    /// How much.
    pub amount_minor: Minor,
}

/// What a manager says of an attempt.
#[derive(Debug, Clone)]
pub(crate) struct SettleCard {
    /// Which.
    pub intent: String,
    /// What became of it.
    pub said: CardSaid,
    /// The manager's PIN.
    pub approval_pin: String,
}

/// Writes an attempt in the caller's transaction; once that is durable the terminal is asked.
///
/// # Errors
///
/// [`PaymentsFailed::Refused`] while another one is under way or unknown, or without a terminal;
/// those of the database.
pub(crate) fn begin(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    asking: Asking,
) -> Result<Attempt, PaymentsFailed> {
    let register = person.register;
    if ctx.devices().terminal(register).is_none() {
        return Err(CardRefused::NoTerminal.into());
    }
    store::free(tx, register, None)??;
    let (_, random) = ctx.new_ulid();
    let now_ms = ctx.now_ms();
    let attempt = Attempt {
        intent: rules::intent(random),
        register,
        purpose: asking.purpose,
        sale_id: asking.sale_id,
        of_intent: asking.of_intent,
        amount_minor: asking.amount_minor,
        state: AttemptState::Sent,
        asked: false,
        moved: None,
        words: None,
        staff_id: person.staff_id,
        begun_at_ms: now_ms,
        changed_at_ms: now_ms,
        said: None,
        open: true,
        proof_wanted: false,
        disputed: false,
    };
    store::put(tx, &attempt)?;
    changed(ctx, tx, register);
    tracing::info!(
        register.id = register.0,
        sale.id = %attempt.sale_id,
        payment.id = attempt.intent,
        purpose = attempt.purpose.word(),
        "a payment terminal is asked"
    );
    Ok(attempt)
}

/// Asks the terminal to give up what the customer has not paid yet; what becomes of it the terminal
/// says by itself.
///
/// # Errors
///
/// [`CardRefused`] when it is not asked for anything; those of the database.
pub(crate) async fn cancel(ctx: &Context, register: RegisterId) -> Result<(), PaymentsFailed> {
    let in_flight = ctx.db().read(move |tx| store::in_flight(tx, register));
    if in_flight.await?.is_none() {
        return Err(CardRefused::Known.into());
    }
    let desk = ctx.devices().terminal(register);
    if let Err(failed) = desk.ok_or(CardRefused::NoTerminal)?.abort().await {
        // The payment's own answer says what is known; this one said nothing of it.
        tracing::warn!(register.id = register.0, error = %failed, "a terminal took no abort");
    }
    ctx.live().publish(topic(register));
    Ok(())
}

/// Has the terminal asked at once about what nobody knows.
pub(crate) fn ask_again(ctx: &Context, register: RegisterId) {
    ctx.live().publish(topic(register));
}

/// Takes a manager's word for what became of money nobody knows about. The terminal is still asked
/// for its own, once it answers.
///
/// # Errors
///
/// [`PaymentsFailed`]: nobody approved it, or it is known already.
pub(crate) async fn settle(
    ctx: &Context,
    person: &Person,
    settle: SettleCard,
    command: Command,
) -> Result<(), PaymentsFailed> {
    let pin = settle.approval_pin;
    let asked = (Operation::SettleCard, Limits::Within);
    let by = match staff::permit_with(ctx, person, asked, Some(pin.clone())).await {
        Ok(Some(by)) => by,
        // Whoever was given it says it in their own name.
        Ok(None) if person.role == Role::Associate => person.staff_id,
        // A manager's word is worth their PIN, which they type once more.
        Ok(None) | Err(ApprovalFailed::NeedsManager) => {
            staff::approve(ctx, person.register, pin).await?
        }
        Err(failed) => return Err(failed.into()),
    };
    let (context, person) = (ctx.clone(), person.clone());
    let (intent, said) = (settle.intent, settle.said);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let before = store::attempt(tx, &intent)?;
            let before = before.ok_or(CardRefused::NoSuchPayment(intent))?;
            let after = before.settled(said, by, context.now_ms())?;
            if before.state != after.state {
                let settled = CardSettled {
                    sale_id: after.sale_id,
                    intent: after.intent.clone(),
                    currency: context.profile().currency,
                    amount_minor: after.amount_minor,
                    said,
                    by,
                };
                let place = context.place(Some(person.register), Some(person.staff_id));
                let replica = context.replica();
                replica.record(tx, EdgeNumber::HUB, place, &settled)?;
            }
            become_of(&context, tx, &before, &after)
        })
    };
    ctx.db().write(work).await
}

/// Keeps what a terminal says of an attempt. Returns whether that was something new.
fn conclude(ctx: &Context, tx: &mut Tx, intent: &str, told: Told) -> Result<bool, PaymentsFailed> {
    let before = store::attempt(tx, intent)?;
    let before = before.ok_or_else(|| CardRefused::NoSuchPayment(intent.to_owned()))?;
    let Some(after) = before.told(told, ctx.now_ms()) else {
        return Ok(false);
    };
    become_of(ctx, tx, &before, &after)?;
    Ok(before.state != after.state || before.proof_wanted != after.proof_wanted)
}

/// Writes another state of an attempt and tells whose money it is.
fn become_of(
    ctx: &Context,
    tx: &mut Tx,
    before: &Attempt,
    after: &Attempt,
) -> Result<(), PaymentsFailed> {
    store::put(tx, after)?;
    changed(ctx, tx, after.register);
    tracing::info!(
        register.id = after.register.0,
        sale.id = %after.sale_id,
        payment.id = after.intent,
        state = after.state.word(),
        disputed = after.disputed,
        "a card payment is known better"
    );
    if before.state == after.state || !before.state.is_in_flight() {
        return Ok(());
    }
    let told = match (after.purpose, after.state) {
        (Purpose::Sale, AttemptState::Approved) => sales::card_paid(ctx, tx, after),
        (Purpose::GiveBack, AttemptState::Approved) => {
            let Some(paid) = reversed(tx, after, ctx.now_ms())? else {
                return Ok(());
            };
            sales::card_given_back(ctx, tx, &paid, after)
        }
        (Purpose::Refund, _) => return refunded(ctx, tx, after),
        (Purpose::Sale | Purpose::GiveBack, _) => return Ok(()),
    };
    told.map_err(|failed| PaymentsFailed::Sale(Box::new(failed)))
}

/// Tells the return that waits what became of its money. Money that no return waits for is named
/// until a manager has seen to it.
fn refunded(ctx: &Context, tx: &mut Tx, after: &Attempt) -> Result<(), PaymentsFailed> {
    let failed = |failed| PaymentsFailed::Return(Box::new(failed));
    match after.state {
        AttemptState::Approved => {
            if !returns::card_went_back(ctx, tx, after).map_err(failed)? {
                let lost = Attempt {
                    disputed: true,
                    ..after.clone()
                };
                store::put(tx, &lost)?;
            }
            Ok(())
        }
        AttemptState::Declined | AttemptState::Cancelled => {
            returns::card_stayed(ctx, tx, after).map_err(failed)
        }
        AttemptState::Sent | AttemptState::Unknown | AttemptState::Reversed => Ok(()),
    }
}

/// Notes that the money of a payment is back, and returns the payment as it was.
fn reversed(tx: &mut Tx, back: &Attempt, now_ms: i64) -> Result<Option<Attempt>, DbError> {
    let Some(of_intent) = &back.of_intent else {
        return Ok(None);
    };
    let Some(paid) = store::attempt(tx, of_intent)? else {
        return Ok(None);
    };
    let over = Attempt {
        state: AttemptState::Reversed,
        open: false,
        disputed: false,
        changed_at_ms: now_ms,
        ..paid.clone()
    };
    store::put(tx, &over)?;
    Ok(Some(paid))
}

/// Wakes who asks the terminal, and the pages that show what became of it.
fn changed(ctx: &Context, tx: &mut Tx, register: RegisterId) {
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || {
        live.publish(topic(register));
        live.publish(sales::topic(register));
    }));
}
