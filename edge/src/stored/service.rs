//! Asks the hub about cards, holds money back for a sale, lets it go, and folds what facts say.

use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_daemon::web::live::Live;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{FactId, HoldId, PrintJobId, RegisterId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::stored::{
    StoredAnswered, StoredAsk, StoredAsked, StoredCard, StoredNumber, StoredTold, moves,
    over_redeem,
};
use tokio_util::sync::CancellationToken;

use super::rules::{Known, StoredRefused};
use super::slip::{Slip, slip};
use super::{TOPIC, store};
use crate::context::Context;
use crate::devices::{NewPrintJob, PrintKind};
use crate::exceptions;
use crate::sync::Standing;

/// How long a customer with a card in hand waits for the hub; then the store goes by what it knows.
const PATIENCE: Duration = Duration::from_secs(2);
/// After so long, in milliseconds, money that was asked for and never given is let go: no command
/// takes as long.
const ABANDONED_MS: i64 = 60_000;
/// Holds let go in one turn.
const AT_ONCE: u32 = 50;
/// How often somebody looks without being woken.
const LOOK: Duration = Duration::from_secs(30);

/// What became of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The hub answered, and holds money back under a name if it was asked to.
    Told(Box<StoredAnswered>, Option<HoldId>),
    /// The hub has never heard of the card.
    Unheard,
    /// The hub is away, or too slow.
    Away,
}

/// Asks what is on a card.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn balance(ctx: &Context, card: &StoredCard) -> Result<Asked, DbError> {
    let asked = StoredAsked {
        card: card.id,
        ask: StoredAsk::Balance,
    };
    ask(ctx, &asked, None).await
}

/// Asks the hub to hold money of a card back for the sale of a register, at most `wanted_minor`.
/// That it is asked is durable first, so that what nobody uses is let go whatever happens.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn hold(
    ctx: &Context,
    register: RegisterId,
    card: &StoredCard,
    (wanted_minor, currency): (Minor, Currency),
) -> Result<Asked, DbError> {
    if !is_here(ctx) {
        return Ok(Asked::Away);
    }
    let (at_ms, random) = ctx.new_ulid();
    let (hold, id, now_ms) = (HoldId::from_parts(at_ms, random), card.id, ctx.now_ms());
    ctx.db()
        .write(move |tx| store::put_hold(tx, hold, (id, register), now_ms))
        .await?;
    let asked = StoredAsked {
        card: id,
        ask: StoredAsk::Hold {
            hold,
            wanted_minor,
            currency,
        },
    };
    ask(ctx, &asked, Some(hold)).await
}

fn is_here(ctx: &Context) -> bool {
    ctx.link().state().standing == Standing::Connected
}

async fn ask(ctx: &Context, asked: &StoredAsked, hold: Option<HoldId>) -> Result<Asked, DbError> {
    let Some(client) = ctx.link().client().filter(|_| is_here(ctx)) else {
        return Ok(Asked::Away);
    };
    let answer = match tokio::time::timeout(PATIENCE, client.stored(asked)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(trouble)) => {
            tracing::info!(trouble = %trouble, "the hub did not answer about a card");
            return Ok(Asked::Away);
        }
        Err(_) => {
            tracing::info!("the hub was too slow to answer about a card");
            return Ok(Asked::Away);
        }
    };
    let Some(answered) = answer.known else {
        return Ok(Asked::Unheard);
    };
    let (kept, now_ms) = (answered.clone(), ctx.now_ms());
    let is_held = answered.held_minor > Minor::ZERO;
    ctx.db()
        .write(move |tx| {
            store::put_answer(tx, &kept, now_ms)?;
            match hold.filter(|_| !is_held) {
                Some(hold) => store::drop_hold(tx, hold),
                None => Ok(()),
            }
        })
        .await?;
    Ok(Asked::Told(Box::new(answered), hold.filter(|_| is_held)))
}

/// Returns what is known of a card: what the hub said just now, else what this store knows.
///
/// # Errors
///
/// [`StoredRefused`] when nobody knows the card, within those of the database.
pub(crate) fn known(
    tx: &mut Tx,
    card: &StoredCard,
    asked: &Asked,
) -> Result<Result<Known, StoredRefused>, DbError> {
    if let Asked::Told(answered, hold) = asked {
        let free_minor = match hold {
            Some(_) => answered.held_minor,
            None => answered.free_minor,
        };
        return Ok(Ok(Known {
            card: card.clone(),
            currency: answered.currency,
            free_minor,
            is_blocked: answered.is_blocked,
            hold: *hold,
            is_current: true,
            told_at_ms: None,
        }));
    }
    let last_four = card.last_four.clone();
    Ok(match (here(tx, card)?, asked) {
        (Some(known), _) => Ok(known),
        (None, Asked::Unheard) => Err(StoredRefused::Unknown(last_four)),
        (None, Asked::Away | Asked::Told(..)) => Err(StoredRefused::UnknownHere(last_four)),
    })
}

/// Returns what this store knows of a card by itself: what the hub answered last, and what this
/// store's own facts say that the hub had not counted then.
fn here(tx: &mut Tx, card: &StoredCard) -> Result<Option<Known>, DbError> {
    let own = store::own(tx, card.id)?;
    let answer = store::answer(tx, card.id)?;
    let is_told_blocked = store::told(tx, card.id)?.is_some_and(|told| told.is_blocked);
    let own_minor = own.as_ref().map_or(0, |own| own.sum_minor.0);
    let known = |currency, free: i64, is_blocked, told_at_ms| Known {
        card: card.clone(),
        currency,
        free_minor: Minor(free),
        is_blocked,
        hold: None,
        is_current: false,
        told_at_ms,
    };
    Ok(match (answer, own) {
        (Some((told, at_ms)), _) => {
            let since = own_minor.saturating_sub(told.own_minor.0);
            let free = told.free_minor.0.saturating_add(since);
            Some(known(told.currency, free, is_told_blocked, Some(at_ms)))
        }
        (None, Some(own)) => Some(known(own.currency, own_minor, is_told_blocked, None)),
        (None, None) => None,
    })
}

/// Checks that money may be put on a card.
///
/// # Errors
///
/// [`StoredRefused::Blocked`], within those of the database.
pub(crate) fn unblocked(
    tx: &mut Tx,
    card: &StoredCard,
) -> Result<Result<(), StoredRefused>, DbError> {
    let is_blocked = store::told(tx, card.id)?.is_some_and(|told| told.is_blocked);
    Ok(match is_blocked {
        true => Err(StoredRefused::Blocked(card.last_four.clone())),
        false => Ok(()),
    })
}

/// Lets the held money go that was given for the basket of a register: nothing comes of it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn give_up(ctx: &Context, tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    store::give_up(tx, register)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(TOPIC)));
    Ok(())
}

/// Lets held money go that a command asked for and did not use.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn free_unused(ctx: &Context, hold: HoldId) -> Result<(), DbError> {
    ctx.db()
        .write(move |tx| store::free_unused(tx, hold))
        .await?;
    ctx.live().publish(TOPIC);
    Ok(())
}

/// Tells the hub what is not needed any more, at most 50 of it; returns how much it was told.
///
/// # Errors
///
/// Those of the database.
pub async fn release_once(ctx: &Context) -> Result<usize, DbError> {
    let Some(client) = ctx.link().client().filter(|_| is_here(ctx)) else {
        return Ok(0);
    };
    let before_ms = ctx.now_ms().saturating_sub(ABANDONED_MS);
    let due = ctx
        .db()
        .read(move |tx| store::to_release(tx, before_ms, AT_ONCE))
        .await?;
    let mut told = 0;
    for (hold, card) in due {
        let asked = StoredAsked {
            card,
            ask: StoredAsk::Release { hold },
        };
        match tokio::time::timeout(PATIENCE, client.stored(&asked)).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => break,
        }
        ctx.db().write(move |tx| store::drop_hold(tx, hold)).await?;
        told += 1;
    }
    Ok(told)
}

/// Lets money go that is not needed any more, until `stop`.
pub async fn keep(context: Context, stop: CancellationToken) {
    let mut changes = context.live().changes();
    loop {
        if let Err(error) = release_once(&context).await {
            tracing::error!(error = %error, "could not let money of cards go");
        }
        let woken = async {
            tokio::select! {
                () = changes.any_of(&[TOPIC]) => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        };
        if stop.run_until_cancelled(woken).await.is_none() {
            return;
        }
    }
}

/// Tells whether a register can give a customer the number of a new card.
#[must_use]
pub(crate) fn prints(ctx: &Context, register: RegisterId) -> bool {
    let found = ctx.register(register);
    found.is_some_and(|found| found.printer.is_some())
}

/// Prints the paper with a card's number at a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn print_slip(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    number: &StoredNumber,
    amount_minor: Minor,
) -> Result<(), DbError> {
    let document = slip(&Slip {
        profile: &ctx.profile(),
        locale: ctx.lang().locale(),
        number,
        amount_minor,
        at_ms: ctx.now_ms(),
    });
    let (at_ms, random) = ctx.new_ulid();
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id: PrintJobId::from_parts(at_ms, random),
            register,
            kind: PrintKind::StoredCard,
            sale_id: None,
            document: &document,
            open_drawer: None,
        },
    )?;
    Ok(())
}

/// Returns the views of this slice.
#[must_use]
pub fn projections(live: &Live) -> Vec<Box<dyn Projection>> {
    vec![Box::new(Stored { live: live.clone() })]
}

/// Folds what this store's facts put on cards and took off, and what the hub says of them.
struct Stored {
    live: Live,
}

impl Projection for Stored {
    fn name(&self) -> &'static str {
        "stored"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded, Kind::ReturnRecorded, Kind::StoredTold]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        for moved in moves(fact)? {
            store::put_move(tx, fact.header.id, &moved)?;
        }
        if fact.kind() == Some(Kind::StoredTold) {
            let told: StoredTold = fact.read()?;
            store::put_told(tx, &told)?;
            raise(tx, &told)?;
            let live = self.live.clone();
            tx.on_commit(Box::new(move || live.publish(TOPIC)));
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

/// Raises what the hub names, under the same id; what it no longer names is taken back.
fn raise(tx: &mut Tx, told: &StoredTold) -> Result<(), DbError> {
    let uses: Vec<FactId> = told.uses.iter().map(|it| it.fact_id).collect();
    let over = Minor(told.over_minor.0.saturating_neg());
    let raised_at_ms = told.uses.iter().map(|it| it.at_ms).max().unwrap_or(0);
    let found = over_redeem(over, &uses);
    exceptions::of_card(tx, told.card.id, found.as_ref(), raised_at_ms)
}
