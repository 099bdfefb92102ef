//! Asks the terminal of a register: first for what was just begun, then about what nobody knows,
//! then for proof of what a manager said, then for its count when the till was closed.
//!
//! Nothing is asked inside a transaction. That it is asked is durable before, so that after a crash
//! the terminal is only asked what became of it.

use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_hardware::{
    Approval, IntentId, PayRefused, PayRequest, PayState, PersonDecision, ReverseRequest,
    TerminalDesk, TerminalFailed,
};
use counterpart_protocol::ids::{RegisterId, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::CardPaid;
use tokio_util::sync::CancellationToken;

use super::counting::count;
use super::{PaymentsFailed, changed, conclude, store};
use crate::context::Context;
use crate::payments::rules::{Attempt, AttemptState, Moved, Purpose, Told};
use crate::payments::store::CountWanted;
use crate::payments::topic;
use crate::sales;
use crate::written::moment;

/// The first pause before a terminal is asked again about what nobody knows; it doubles.
const PAUSE_FIRST: Duration = Duration::from_millis(500);
/// The longest such pause: somebody who put the plug back in does not wait longer.
const PAUSE_LAST: Duration = Duration::from_secs(10);

/// What one turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// There is nothing to ask.
    Idle,
    /// What became of an attempt is known.
    Learnt,
    /// It is not yet; the terminal is asked again after a pause.
    Waits,
}

/// What is asked next.
enum Next {
    /// A terminal that has not heard of it.
    Ask(Box<(Attempt, Option<CardPaid>)>),
    /// What became of one.
    Find(Box<Attempt>),
    /// Whether a manager was right.
    Prove(Box<Attempt>),
    /// What it counted.
    Count(Box<CountWanted>),
    Nothing,
}

/// Asks the terminal of `register` until `stop`, whenever there is something to ask.
pub async fn keep(context: Context, register: RegisterId, stop: CancellationToken) {
    let mut changes = context.live().changes();
    let topic = topic(register);
    let topics = [topic.as_str()];
    let mut pause = PAUSE_FIRST;
    let mut met = false;
    loop {
        let turn = async {
            if !met {
                meet(&context, register).await?;
                met = true;
            }
            run_once(&context, register).await
        };
        let patience = match stop.run_until_cancelled(turn).await {
            None => return,
            Some(Ok(Progress::Learnt)) => {
                pause = PAUSE_FIRST;
                continue;
            }
            Some(Ok(Progress::Idle)) => None,
            Some(Ok(Progress::Waits)) => Some(pause),
            Some(Err(error)) => {
                tracing::error!(error = %error, "could not go on with a card payment");
                Some(pause)
            }
        };
        let woken = async {
            match patience {
                None => changes.any_of(&topics).await,
                Some(longest) => tokio::select! {
                    () = changes.any_of(&topics) => {}
                    () = tokio::time::sleep(longest) => {}
                },
            }
        };
        if stop.run_until_cancelled(woken).await.is_none() {
            return;
        }
        pause = match patience {
            None => PAUSE_FIRST,
            Some(_) => (pause * 2).min(PAUSE_LAST),
        };
        if let Err(error) = gauge(&context).await {
            tracing::warn!(error = %error, "could not count the card payments left");
        }
    }
}

/// Meets what an earlier run left: what no terminal heard of is given up, because its customer may
/// have left, and what one may have heard of is not known.
async fn meet(context: &Context, register: RegisterId) -> Result<(), PaymentsFailed> {
    let within = context.clone();
    let met = move |tx: &mut Tx| {
        for attempt in store::left(tx, register)? {
            if attempt.state != AttemptState::Sent {
                continue;
            }
            let told = match attempt.asked {
                false => Told::NotBegun(
                    "the store server was restarted before the terminal was asked".to_owned(),
                ),
                true => Told::Nothing(
                    "the store server was restarted while the terminal was asked".to_owned(),
                ),
            };
            conclude(&within, tx, &attempt.intent, told)?;
        }
        Ok::<_, PaymentsFailed>(())
    };
    context.db().write(met).await
}

/// Brings one attempt forward: asks the terminal and keeps what it says.
///
/// Cancelling it loses nothing: the next turn asks what became of it.
///
/// # Errors
///
/// [`PaymentsFailed`]; nothing of the turn is kept then but that the terminal was asked.
pub async fn run_once(context: &Context, register: RegisterId) -> Result<Progress, PaymentsFailed> {
    let within = context.clone();
    let next = context.db().write(move |tx| next(&within, tx, register));
    let next = next.await?;
    let Some(desk) = context.devices().terminal(register) else {
        return match next {
            // One that is set up again is asked then.
            Next::Nothing | Next::Find(_) | Next::Prove(_) | Next::Count(_) => Ok(Progress::Idle),
            Next::Ask(asked) => {
                let told = Told::NotBegun("this register has no payment terminal".to_owned());
                keep_told(context, &asked.0.intent, told).await
            }
        };
    };
    make_way(&desk, &next);
    match next {
        Next::Nothing => Ok(Progress::Idle),
        Next::Ask(asked) => {
            let (attempt, of) = *asked;
            let told = ask(context, &desk, &attempt, of.as_ref()).await;
            keep_told(context, &attempt.intent, told).await
        }
        Next::Find(attempt) => {
            let told = find(&desk, &attempt).await;
            keep_told(context, &attempt.intent, told).await
        }
        Next::Count(wanted) => count(context, &desk, *wanted).await,
        Next::Prove(attempt) => {
            let told = prove(&desk, &attempt).await;
            keep_told(context, &attempt.intent, told).await
        }
    }
}

/// Finds what is next, and notes that it is asked.
fn next(context: &Context, tx: &mut Tx, register: RegisterId) -> Result<Next, PaymentsFailed> {
    let left = store::left(tx, register)?;
    if let Some(attempt) = left.iter().find(|it| it.state.is_in_flight()) {
        if attempt.asked || attempt.state == AttemptState::Unknown {
            return Ok(Next::Find(Box::new(attempt.clone())));
        }
        let asked = Attempt {
            asked: true,
            ..attempt.clone()
        };
        store::put(tx, &asked)?;
        let of = match &asked.of_intent {
            Some(of) => paid_by(tx, asked.sale_id, of)?,
            None => None,
        };
        return Ok(Next::Ask(Box::new((asked, of))));
    }
    for attempt in &left {
        let is_paid = attempt.open && attempt.state == AttemptState::Approved;
        // An earlier life of this store sold it, and the hub has told so since.
        if is_paid && sales::paid_with(tx, attempt.sale_id, &attempt.intent)?.is_some() {
            store::sold(tx, attempt.sale_id, &attempt.intent)?;
            changed(context, tx, register);
        }
    }
    if let Some(prove) = left.into_iter().find(|it| it.proof_wanted) {
        return Ok(Next::Prove(Box::new(prove)));
    }
    let wanted = store::count_wanted(tx, register)?;
    Ok(wanted.map_or(Next::Nothing, |it| Next::Count(Box::new(it))))
}

/// Returns what the terminal said of a payment. A sale that came about says it in its fact, that is
/// also there when another life of this store made it.
fn paid_by(tx: &mut Tx, sale_id: SaleId, intent: &str) -> Result<Option<CardPaid>, DbError> {
    match sales::paid_with(tx, sale_id, intent)? {
        Some(card) => Ok(Some(card)),
        None => Ok(store::attempt(tx, intent)?
            .and_then(|paid| paid.moved)
            .map(|it| it.card)),
    }
}

/// Frees a desk that still waits for what is settled in the table, which counts.
fn make_way(desk: &TerminalDesk, next: &Next) {
    let wanted = match next {
        Next::Ask(asked) => Some(asked.0.intent.as_str()),
        Next::Find(attempt) => Some(attempt.intent.as_str()),
        Next::Prove(_) | Next::Count(_) | Next::Nothing => None,
    };
    let Some(blocked) = desk.blocked_by() else {
        return;
    };
    if Some(blocked.to_string().as_str()) != wanted
        && let Err(refused) = desk.settle(&blocked, PersonDecision::NotPaid)
    {
        tracing::warn!(error = %refused, "a payment terminal stays with an earlier payment");
    }
}

async fn ask(
    context: &Context,
    desk: &TerminalDesk,
    attempt: &Attempt,
    of: Option<&CardPaid>,
) -> Told {
    let Ok(intent) = attempt.intent.parse() else {
        return Told::NotBegun("its name is none a terminal keeps".to_owned());
    };
    let currency = context.profile().currency;
    let at = moment(context.now_ms());
    let answered = match attempt.purpose {
        Purpose::Sale => {
            let request = PayRequest {
                intent,
                amount_minor: attempt.amount_minor.0,
                decimals: currency.decimals(),
                currency: currency.code().to_owned(),
                sale: attempt.sale_id.to_string(),
                at,
            };
            desk.pay(&request).await
        }
        Purpose::GiveBack | Purpose::Refund => {
            let named = of.and_then(|card| {
                let transaction = card.transaction.clone()?;
                Some((transaction, card.transaction_at.clone()?))
            });
            let Some((transaction, transaction_at)) = named else {
                return Told::NotBegun("no terminal knows the payment it is of".to_owned());
            };
            let request = ReverseRequest {
                intent,
                transaction,
                transaction_at,
                amount_minor: attempt.amount_minor.0,
                decimals: currency.decimals(),
                currency: currency.code().to_owned(),
                at,
            };
            desk.reverse(&request).await
        }
    };
    match answered {
        Ok(state) => told(&attempt.intent, state),
        Err(PayRefused::Failed(failed)) => Told::NotBegun(sentence(&failed)),
        Err(refused) => Told::NotBegun(refused.to_string()),
    }
}

/// Asks what became of an attempt nobody knows about.
async fn find(desk: &TerminalDesk, attempt: &Attempt) -> Told {
    let Ok(intent) = attempt.intent.parse::<IntentId>() else {
        return Told::NotBegun("its name is none a terminal keeps".to_owned());
    };
    if desk.blocked_by().as_ref() != Some(&intent) {
        desk.expect_unknown(intent);
    }
    match desk.resolve().await {
        Ok(Some((_, state))) => told(&attempt.intent, state),
        Ok(None) => Told::UnderWay,
        Err(failed) => Told::Nothing(sentence(&failed)),
    }
}

async fn prove(desk: &TerminalDesk, attempt: &Attempt) -> Told {
    let Ok(intent) = attempt.intent.parse::<IntentId>() else {
        return Told::NotBegun("its name is none a terminal keeps".to_owned());
    };
    match desk.status(&intent).await {
        Ok(state) => told(&attempt.intent, state),
        Err(failed) => Told::Nothing(sentence(&failed)),
    }
}

fn told(intent: &str, state: PayState) -> Told {
    let moved = |approval: Approval, offline: bool| {
        Told::Moved(Moved {
            amount_minor: Minor(approval.amount_minor),
            card: CardPaid {
                intent: intent.to_owned(),
                transaction: Some(approval.transaction),
                transaction_at: Some(approval.transaction_at),
                scheme: approval.brand,
                last_four: approval.last_four,
                authorisation: approval.code,
                offline,
                said_by: None,
            },
        })
    };
    match state {
        PayState::Approved(approval) => moved(approval, false),
        PayState::ApprovedOffline(approval) => moved(approval, true),
        PayState::Declined(words) => Told::Refused(words),
        PayState::Cancelled => Told::NotBegun("nothing was paid".to_owned()),
        PayState::Created | PayState::Waiting | PayState::Processing => Told::UnderWay,
        PayState::Unknown => Told::Nothing("the terminal did not answer".to_owned()),
    }
}

/// Says why nothing is known with its cause: a plug or a cable is what a person can mend.
pub(super) fn sentence(failed: &TerminalFailed) -> String {
    match std::error::Error::source(failed) {
        Some(cause) => format!("{failed}: {cause}"),
        None => failed.to_string(),
    }
}

async fn gauge(context: &Context) -> Result<(), PaymentsFailed> {
    let left = context.db().read(store::unresolved).await?.len();
    let left = u32::try_from(left).unwrap_or(u32::MAX);
    metrics::gauge!("counterpart_card_payments_unresolved").set(f64::from(left));
    Ok(())
}

async fn keep_told(
    context: &Context,
    intent: &str,
    told: Told,
) -> Result<Progress, PaymentsFailed> {
    let (within, intent) = (context.clone(), intent.to_owned());
    let kept = move |tx: &mut Tx| conclude(&within, tx, &intent, told);
    Ok(match context.db().write(kept).await? {
        true => Progress::Learnt,
        false => Progress::Waits,
    })
}
