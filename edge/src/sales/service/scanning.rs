//! Scans: each becomes a line or waits for a person; none is dropped.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::barcode::Aim;
use counterpart_protocol::ids::{RegisterId, SaleId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::codes::receipt_sale;
use super::coupons::{heard_of, take_coupon};
use super::customers::take_customer;
use super::gift_cards::take_card;
use super::goods::{Goods, look_up};
use super::traced::take_number;
use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::coupons::Heard;
use crate::sales::rules::{Basket, BasketRefused, Why, legible};
use crate::sales::store::{self, Phase, Screen, Sound, WaitingScan};
use crate::staff::Person;
use crate::{shifts, staff};

/// What became of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ScanTaken {
    /// Whether it is in the basket.
    pub outcome: ScanOutcome,
    /// The line it is on.
    pub line: Option<u16>,
    /// Why it waits: a word that does not change.
    pub why: Option<String>,
    /// Why it waits and what to do, for the person at the till.
    pub sentence: Option<String>,
}

/// Whether a scan is in the basket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScanOutcome {
    /// It is.
    Added,
    /// A person has to settle it before the sale is paid.
    Unsettled,
    /// It is kept until selling can go on.
    Held,
}

impl ScanTaken {
    /// Returns the outcome of a scan that became a line, or paid.
    pub(super) const fn added(line: Option<u16>) -> Self {
        Self {
            outcome: ScanOutcome::Added,
            line,
            why: None,
            sentence: None,
        }
    }
}

/// What a person does with a scan that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Settle {
    /// The item is not sold.
    Aside,
    /// It is looked up again.
    Again,
}

/// Takes a scan a page or a program sent for the person's register.
///
/// # Errors
///
/// [`SalesError`].
pub(crate) async fn scan(
    ctx: &Context,
    person: &Person,
    code: String,
    aim: Option<Aim>,
    command: Command,
) -> Result<ScanTaken, SalesError> {
    if let Some(taken) = take_card(ctx, person.register, &code, Some(&command)).await? {
        return Ok(taken);
    }
    let heard = heard_of(ctx, &code).await?;
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            take(&context, tx, register, (&code, aim), &heard)
        })
    };
    ctx.db().write(work).await
}

/// Takes a scan the edge's own scanner delivered.
///
/// # Errors
///
/// [`SalesError`].
pub async fn scanned(
    ctx: &Context,
    register: RegisterId,
    code: String,
    aim: Option<Aim>,
) -> Result<ScanTaken, SalesError> {
    if let Some(taken) = take_card(ctx, register, &code, None).await? {
        return Ok(taken);
    }
    let heard = heard_of(ctx, &code).await?;
    let context = ctx.clone();
    ctx.db()
        .write(move |tx| take(&context, tx, register, (&code, aim), &heard))
        .await
}

/// Notes that a scanner read something it could not deliver: the person must see it.
///
/// # Errors
///
/// [`SalesError`].
pub async fn lost(ctx: &Context, register: RegisterId) -> Result<ScanTaken, SalesError> {
    let context = ctx.clone();
    ctx.db()
        .write(move |tx| keep(&context, tx, register, ("", None), Why::Lost))
        .await
}

/// Settles a scan that waits at the person's register.
///
/// # Errors
///
/// [`SalesError::NoSuchScan`] and the failures.
pub(crate) async fn settle_scan(
    ctx: &Context,
    person: &Person,
    scan: i64,
    settle: Settle,
    command: Command,
) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let waiting = store::waiting_scan(tx, register, scan)?;
            let waiting = waiting.ok_or(SalesError::NoSuchScan(scan))?;
            match settle {
                Settle::Aside => store::drop_waiting(tx, register, scan)?,
                Settle::Again => {
                    again(&context, tx, register, &waiting)?;
                }
            }
            wake(&context, tx, register);
            Ok(())
        })
    };
    ctx.db().write(work).await
}

/// Lets the scans that were kept at a register go on, as far as they can now: somebody signed in,
/// or the till was opened.
///
/// # Errors
///
/// [`SalesError`].
pub fn resume(ctx: &Context, tx: &mut Tx, register: RegisterId) -> Result<(), SalesError> {
    for waiting in store::waiting(tx, register)? {
        if waiting.why.is_held() {
            again(ctx, tx, register, &waiting)?;
        }
    }
    wake(ctx, tx, register);
    Ok(())
}

/// Returns the screen with the next sale on it.
pub(super) fn selling(screen: Screen) -> Screen {
    Screen {
        phase: Phase::Selling,
        paid_sale_id: None,
        asked_minor: None,
        asked_line: None,
        ..screen
    }
}

fn again(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    waiting: &WaitingScan,
) -> Result<ScanTaken, SalesError> {
    store::drop_waiting(tx, register, waiting.scan)?;
    let scan = (waiting.code.as_str(), waiting.aim);
    // Nobody is asked in a transaction: a number that was kept is scanned again.
    take(ctx, tx, register, scan, &Heard::Away)
}

fn take(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (text, aim): (&str, Option<Aim>),
    heard: &Heard,
) -> Result<ScanTaken, SalesError> {
    let item = match barred(ctx, tx, register)? {
        Some(why) => Err(why),
        None => match look_up(ctx, tx, register, (text.as_bytes(), aim))? {
            Err(Why::Unknown) if receipt_sale(ctx, tx, text)?.is_some() => Err(Why::Receipt),
            Err(why) => match no_goods(ctx, tx, register, (text, heard))? {
                Some(taken) => return Ok(taken),
                None => Err(why),
            },
            found => found,
        },
    };
    let why = match item {
        Ok(goods) => match add(ctx, tx, register, goods)? {
            Ok(line) => {
                wake(ctx, tx, register);
                return Ok(ScanTaken::added(Some(line)));
            }
            Err(full) => full,
        },
        Err(why) => why,
    };
    keep(ctx, tx, register, (text, aim), why)
}

/// Takes a code under which nothing is sold for a coupon, for the number of traced goods that is
/// asked for, or for a customer's card; nothing when it is none of them.
fn no_goods(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (text, heard): (&str, &Heard),
) -> Result<Option<ScanTaken>, SalesError> {
    if let Some(taken) = take_coupon(ctx, tx, register, (text, heard))? {
        return Ok(Some(taken));
    }
    if let Some(line) = take_number(ctx, tx, register, text)? {
        return Ok(Some(ScanTaken::added(Some(line))));
    }
    let is_customer = take_customer(ctx, tx, register, text)?;
    Ok(is_customer.then(|| ScanTaken::added(None)))
}

/// Returns why nothing can be sold at a register now, if something stands in the way.
fn barred(ctx: &Context, tx: &mut Tx, register: RegisterId) -> Result<Option<Why>, DbError> {
    if staff::person_at(tx, register, ctx.now_ms())?.is_none() {
        return Ok(Some(Why::NobodySignedIn));
    }
    let open = shifts::open_shift(tx, register)?;
    Ok(open.is_none().then_some(Why::TillClosed))
}

/// Puts an item into the basket and returns its line, or why the basket takes no more.
fn add(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    goods: Goods,
) -> Result<Result<u16, Why>, DbError> {
    let (item, quantity) = goods.measured;
    let before = loaded(ctx, tx, register)?;
    let mut basket = before.clone().unwrap_or_else(|| {
        let (at_ms, random) = ctx.new_ulid();
        Basket::new(SaleId::from_parts(at_ms, random))
    });
    let added = basket.add(item).and_then(|line| {
        if let Some(attached) = goods.attached {
            basket.attach(line, attached)?;
        }
        Ok::<_, BasketRefused>(line)
    });
    let Ok(line) = added else {
        return Ok(Err(Why::Full));
    };
    if let Some(years) = goods.age_min {
        basket.ask_age(line, years);
    }
    if let Some((traced, number)) = &goods.traced {
        basket.ask_traced(line, *traced, number.as_deref());
    }
    // A weight no line holds stays to be typed: the code is on the goods, whatever it says.
    if let Some(quantity) = quantity
        && let Err(refused) = basket.set_quantity(line, quantity)
    {
        tracing::info!(register.id = register.0, %refused, "a weight in a code was not taken");
    }
    store::save_basket(tx, register, before.as_ref(), &basket, ctx.now_ms())?;
    let screen = Screen {
        selected_line: Some(line),
        ..selling(store::screen(tx, register)?).sounding(Sound::Accepted)
    };
    store::put_screen(tx, register, screen)?;
    Ok(Ok(line))
}

/// Keeps a scan on the screen until a person settles it, or selling can go on.
pub(super) fn keep(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (code, aim): (&str, Option<Aim>),
    why: Why,
) -> Result<ScanTaken, SalesError> {
    store::put_waiting(tx, register, code, aim, why, ctx.now_ms())?;
    let screen = selling(store::screen(tx, register)?).sounding(Sound::Refused);
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    tracing::info!(
        register.id = register.0,
        code = legible(code),
        why = why.word(),
        "a scan waits for a person"
    );
    Ok(ScanTaken {
        outcome: if why.is_held() {
            ScanOutcome::Held
        } else {
            ScanOutcome::Unsettled
        },
        line: None,
        why: Some(why.word().to_owned()),
        sentence: Some(why.sentence().to_owned()),
    })
}
