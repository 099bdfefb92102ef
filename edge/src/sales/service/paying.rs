//! Taking money: the sale becomes one fact, gets its receipt number, its print job and its change,
//! all in one transaction.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{EdgeNumber, PrintJobId, RegisterId, SaleId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{ReceiptNumber, SaleRecorded, Tender, TenderKind};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::cards::none_asked;
use super::codes::code_of;
use super::coupons::settle_coupons;
use super::gift_cards::{finish_cards, free_unused, number_cards, with_answers};
use super::others::{Other, cash_step, check_taken, tender_of};
use super::{SALES_TOPIC, SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::devices::{DrawerCause, DrawerWish, NewPrintJob, PrintKind};
use crate::returns::{self, GoesBack};
use crate::sales::receipt::{Receipt, receipt};
use crate::sales::rules::{self, Basket, Confirmed, Paid, PayRefused, Settled};
use crate::sales::store::{self, Phase, Screen, Sound};
use crate::signing::{self, Handed, Mark};
use crate::staff::{self, Person};
use crate::{coupons, payments, reference, shifts, stored};

/// A paid sale as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct PayView {
    /// The sale.
    pub sale_id: SaleId,
    /// The number on its receipt.
    pub receipt: String,
    /// What was due.
    pub total_minor: Minor,
    /// What goes back.
    pub change_minor: Minor,
    /// By how much the total was rounded because it was paid in cash.
    #[serde(default)]
    pub rounding_minor: Minor,
    /// The currency of all.
    pub currency: Currency,
    /// Its receipt on paper.
    pub print_job_id: PrintJobId,
}

/// What a customer gives, all at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Given {
    /// Notes and coins of the store's currency.
    Cash(Minor),
    /// Something else that is no card.
    Other(Other),
}

/// What became of cash a customer gave.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CashGiven {
    /// It was enough.
    Paid(PayView),
    /// It was noted, and more is due.
    StillDue(Minor),
    /// It is so much that the person is asked whether it is right.
    Asked(Minor),
}

/// Pays the basket at the person's register with all of `given` at once, beside what was given
/// before.
///
/// # Errors
///
/// [`SalesError::Pay`] says what is missing, [`SalesError::TillClosed`], the failures.
pub(crate) async fn pay(
    ctx: &Context,
    person: &Person,
    given: Vec<Given>,
    confirmed: Confirmed,
    command: Command,
) -> Result<PayView, SalesError> {
    let on_account = |it: &Given| matches!(it, Given::Other(Other::OnAccount { .. }));
    if given.iter().any(on_account) {
        staff::permit(ctx, person, Operation::SellOnAccount).await?;
    }
    settle_coupons(ctx, person).await?;
    let (given, holds) = with_answers(ctx, person, given).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            none_asked(tx, person.register)?;
            let (basket, settled) = ready(&context, tx, person.register)?;
            let given = given_with(&context, tx, &person, &given)?;
            let paid = rules::pay(basket, given, settled, confirmed)?;
            complete(&context, tx, &person, paid)
        })
    };
    let paid = ctx.db().write(work).await;
    free_unused(ctx, holds).await?;
    paid
}

/// Takes cash at the person's register: completes the sale when it is enough, else notes it.
///
/// # Errors
///
/// [`SalesError::Pay`] when the sale cannot be paid, [`SalesError::TillClosed`], the failures.
pub(crate) async fn give_cash(
    ctx: &Context,
    person: &Person,
    amount: Minor,
    confirmed: Confirmed,
    command: Command,
) -> Result<CashGiven, SalesError> {
    settle_coupons(ctx, person).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            give_tender(&context, tx, &person, Tender::cash(amount), confirmed)
        })
    };
    ctx.db().write(work).await
}

/// Reads what was given before, and adds what is given now, each for what is due after the last.
fn given_with(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    now: &[Given],
) -> Result<Vec<Tender>, SalesError> {
    let mut all = store::tenders(tx, person.register)?;
    for given in now {
        let tender = match given {
            Given::Cash(amount) => Tender::cash(*amount),
            Given::Other(other) => tender_of(ctx, tx, person.register, other, &all)?,
        };
        check_taken(ctx, tx, person, std::slice::from_ref(&tender))?;
        all.push(tender);
    }
    Ok(all)
}

/// Takes a tender: completes the sale when it is enough, else notes it.
pub(super) fn give_tender(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    given: Tender,
    confirmed: Confirmed,
) -> Result<CashGiven, SalesError> {
    let register = person.register;
    shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
    none_asked(tx, register)?;
    let mut tenders = store::tenders(tx, register)?;
    tenders.push(given.clone());
    let (basket, settled) = ready(ctx, tx, register)?;
    let screen = store::screen(tx, register)?;
    let (asked_minor, outcome) = match rules::pay(basket, tenders, settled, confirmed) {
        Ok(paid) => return Ok(CashGiven::Paid(complete(ctx, tx, person, paid)?)),
        Err(PayRefused::Unlikely { .. }) if given.kind == TenderKind::Cash => {
            let amount = given.amount_minor;
            (Some(amount), CashGiven::Asked(amount))
        }
        Err(PayRefused::StillDue { due_minor, .. }) => {
            store::add_tender(tx, register, &given)?;
            if let Some(hold) = stored::hold_of(given.stored.as_ref()) {
                stored::mark_given(tx, hold)?;
            }
            (None, CashGiven::StillDue(due_minor))
        }
        Err(refused) => return Err(refused.into()),
    };
    let screen = Screen {
        phase: Phase::Tendering,
        asked_minor,
        ..screen
    };
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(outcome)
}

/// Loads what a payment is decided on.
pub(super) fn ready(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<(Basket, Settled), SalesError> {
    let (policy, profile) = (reference::policies(tx)?.tenders, ctx.profile());
    let settled = Settled {
        unsettled: store::waiting(tx, register)?.len(),
        currency: profile.currency,
        step: cash_step(&policy, &profile),
        voucher_change_max_minor: policy.voucher_change_max_minor,
    };
    match loaded(ctx, tx, register)? {
        Some(basket) => Ok((basket, settled)),
        None if settled.unsettled > 0 => Err(PayRefused::Unsettled {
            count: settled.unsettled,
        }
        .into()),
        None => Err(PayRefused::Empty.into()),
    }
}

/// States the sale, queues its receipt and shows its change.
pub(super) fn complete(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    paid: Paid,
) -> Result<PayView, SalesError> {
    complete_with(ctx, tx, person, paid, GoesBack::default())
}

/// States the sale, and the return it is an exchange with, of which more than that goes back.
pub(super) fn complete_with(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    mut paid: Paid,
    goes: GoesBack,
) -> Result<PayView, SalesError> {
    let register = person.register;
    let shift = shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
    let back = match paid.take_exchange() {
        Some(halves) => Some(returns::record_exchange(ctx, tx, person, halves, goes)?),
        None => None,
    };
    let opens_drawer = paid.opens_drawer() || back.as_ref().is_some_and(returns::gives_cash);
    let number = next_receipt(ctx, tx, person)?;
    let version = reference::catalog_version(tx)?;
    let mut sale = paid.recorded(number, shift.shift_id, version)?;
    let cards = number_cards(ctx, &mut sale);
    let place = ctx.place(Some(register), Some(person.staff_id));
    ctx.replica().record(tx, EdgeNumber::HUB, place, &sale)?;
    let halves = (&sale, back.as_ref());
    let drawer = opens_drawer.then_some(wish(person));
    let print_job_id = hand_over(ctx, tx, person, halves, drawer)?;
    finish_cards(ctx, tx, &sale, &cards)?;
    coupons::finish(ctx, tx, sale.coupons.as_deref().unwrap_or_default())?;
    for card in sale
        .tenders
        .iter()
        .filter_map(|tender| tender.card.as_ref())
    {
        payments::sold(tx, sale.sale_id, &card.intent)?;
    }
    store::clear_basket(tx, register)?;
    let screen = Screen {
        phase: Phase::Paid,
        paid_sale_id: Some(sale.sale_id),
        asked_minor: None,
        ..store::screen(tx, register)?.sounding(Sound::Paid)
    };
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || {
        live.publish(SALES_TOPIC);
        live.publish(crate::stock::TOPIC);
    }));
    tracing::info!(register.id = register.0, sale.id = %sale.sale_id, "a sale was paid");
    Ok(PayView {
        sale_id: sale.sale_id,
        receipt: sale.receipt.to_string(),
        total_minor: sale.total_minor,
        change_minor: sale.change_minor,
        rounding_minor: sale.rounded_minor(),
        currency: sale.currency,
        print_job_id,
    })
}

/// Returns the next number of the register's series; the series is this edge's incarnation.
fn next_receipt(ctx: &Context, tx: &mut Tx, person: &Person) -> Result<ReceiptNumber, SalesError> {
    let me = ctx.replica().identity(tx)?;
    let series = me.ok_or(ReplicaFailed::NoIdentity)?.writer.incarnation.0;
    Ok(ReceiptNumber {
        register: person.register,
        series,
        number: store::next_number(tx, person.register, series)?,
    })
}

const fn wish(person: &Person) -> DrawerWish {
    DrawerWish {
        cause: DrawerCause::CashSale,
        by: person.staff_id,
    }
}

/// Queues the receipt, or leaves it to the signing slice; the drawer opens at once either way.
fn hand_over(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    (sale, back): (&SaleRecorded, Option<&ReturnRecorded>),
    open_drawer: Option<DrawerWish>,
) -> Result<PrintJobId, SalesError> {
    let (at_ms, random) = ctx.new_ulid();
    let job_id = PrintJobId::from_parts(at_ms, random);
    let mark = match signing::hand_over(ctx, tx, sale, job_id)? {
        Handed::Print(mark) => mark,
        Handed::Waits => {
            if let Some(wish) = open_drawer {
                ctx.devices().open_drawer(tx, person.register, wish)?;
            }
            return Ok(job_id);
        }
    };
    queue_receipt(ctx, tx, person, (sale, back, &mark), (job_id, open_drawer))?;
    Ok(job_id)
}

fn queue_receipt(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    (sale, back, mark): (&SaleRecorded, Option<&ReturnRecorded>, &Mark),
    (job_id, open_drawer): (PrintJobId, Option<DrawerWish>),
) -> Result<(), SalesError> {
    let document = receipt(&Receipt {
        profile: &ctx.profile(),
        locale: ctx.lang().locale(),
        sale,
        back,
        sold_at_ms: ctx.now_ms(),
        cashier: Some(&person.name),
        copy: None,
        mark,
        code: &code_of(ctx, sale, ctx.business_date()),
    });
    let job = NewPrintJob {
        job_id,
        register: person.register,
        kind: PrintKind::Receipt,
        sale_id: Some(sale.sale_id),
        document: &document,
        open_drawer,
    };
    Ok(ctx.devices().queue_print(tx, &job)?)
}
