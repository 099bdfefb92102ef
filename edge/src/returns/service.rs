//! Taking goods back: what may still come back, and the return with its paper, its cash and its
//! stock in one transaction.

mod cards;
mod credit;
mod exchanging;
mod failed;
mod finding;
mod passing;
mod provisional;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{EdgeNumber, PrintJobId, ReturnId, SaleId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::returns::{InCash, Provisional, ReturnRecorded};
use counterpart_protocol::sales::{PaperKind, PaperNumber, Tender};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::receipt::{ReturnReceipt, return_receipt};
use super::rules::{self, Brought, Refund, ReturnRefused, StatedAs};
use super::store;
use crate::command::Command;
use crate::context::Context;
use crate::devices::{DrawerCause, DrawerWish, NewPrintJob, PrintKind};
use crate::sales::{self, Sold};
use crate::staff::{self, Limits, Person};
use crate::{reference, shifts};

pub(crate) use credit::RefundTo;
pub use failed::ReturnError;
pub(crate) use finding::{Found, LineLeft, find, returnable, returns_path, scan, taken};
pub(crate) use passing::{Asked, ask_right};
pub use passing::{keep, pass_once};
pub(crate) use provisional::{
    BringingProven, CodeOf, Proven, counted_proven, prove, refund_provisionally,
};

pub(crate) use cards::{Onward, Taken, card_stayed, card_went_back, go_on};
pub(crate) use exchanging::{
    GoesBack, Rest, begin_exchange, drop_exchange, exchange_at, give_rest, give_up_exchange,
    gives_cash, other_half, record_exchange,
};

/// The topic that is published when something came back.
pub(crate) const TOPIC: &str = "returns";

/// A return as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReturnView {
    /// The return.
    pub return_id: ReturnId,
    /// The number on its receipt.
    #[schema(example = "GHE-T-7.1-000003")]
    pub number: String,
    /// The sale.
    pub sale_id: SaleId,
    /// What goes back.
    pub total_minor: Minor,
    /// The currency of the total.
    pub currency: Currency,
    /// Its receipt on paper.
    pub print_job_id: PrintJobId,
}

/// What somebody brings back.
#[derive(Debug, Clone)]
pub(crate) struct Bringing {
    /// Of which sale.
    pub sale_id: SaleId,
    /// What of it.
    pub brought: Vec<Brought>,
    /// To what the money goes back.
    pub to: RefundTo,
    /// The PIN a manager typed, if one did.
    pub approval_pin: Option<String>,
}

/// Returns what goes back for what is brought, without taking anything back.
///
/// # Errors
///
/// [`ReturnError::Refused`], [`ReturnError::NoSuchSale`]; those of the database.
pub(crate) fn counted(
    ctx: &Context,
    tx: &mut Tx,
    sale_id: SaleId,
    brought: &[Brought],
) -> Result<(Sold, Refund), ReturnError> {
    let sold = passing::refundable(ctx, tx, sale_id)?;
    let before = store::before(tx, sale_id)?;
    let refund = rules::refund(&sold.sale, &before, brought)?;
    Ok((sold, refund))
}

/// Takes goods back at the person's register: to the cards that paid, by its terminal, and in cash
/// from its till.
///
/// # Errors
///
/// [`ReturnError`] says why not, or that a manager's PIN is needed.
pub(crate) async fn take_back(
    ctx: &Context,
    person: &Person,
    bringing: Bringing,
    command: Command,
) -> Result<Taken, ReturnError> {
    let approved_by = approval(ctx, person, Operation::ReturnGoods, &bringing).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            take_now(&context, tx, &person, &bringing, approved_by)
        })
    };
    ctx.db().write(work).await
}

/// Returns who approves, if somebody has to and typed a PIN.
async fn approval(
    ctx: &Context,
    person: &Person,
    operation: Operation,
    bringing: &Bringing,
) -> Result<Option<StaffId>, ReturnError> {
    let pin = staff::shown(ctx, person, bringing.approval_pin.clone());
    let mut limits = Limits::Within;
    if pin.is_some() {
        let (context, trying, what) = (ctx.clone(), person.clone(), bringing.clone());
        let tried = ctx.db().read(move |tx| {
            let (_, refund) = counted(&context, tx, what.sale_id, &what.brought)?;
            Ok::<_, ReturnError>(may_alone(&context, tx, &trying, &refund)?.is_err())
        });
        // What is wrong with it is said by the command, which looks again.
        if let Ok(true) = tried.await {
            limits = Limits::Beyond;
        }
    }
    Ok(staff::permit_with(ctx, person, (operation, limits), pin).await?)
}

fn may_alone(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    refund: &Refund,
) -> Result<Result<(), ReturnRefused>, DbError> {
    let offline = reference::policies(tx)?.offline;
    let limits = offline.limits(person.role);
    let currency = ctx.profile().currency;
    Ok(rules::may_alone(
        refund.total_minor,
        person.role,
        limits,
        currency,
    ))
}

fn take_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    bringing: &Bringing,
    approved_by: Option<StaffId>,
) -> Result<Taken, ReturnError> {
    let register = person.register;
    shifts::open_shift(tx, register)?.ok_or(ReturnError::TillClosed)?;
    let (sold, refund) = counted(ctx, tx, bringing.sale_id, &bringing.brought)?;
    let alone = may_alone(ctx, tx, person, &refund)?;
    if approved_by.is_none() {
        alone?;
    }
    exchanging::free(tx, bringing.sale_id)?;
    let total_minor = refund.total_minor;
    let split = cards::split_of(tx, &sold.sale, Minor::ZERO, total_minor)?;
    let to_cards = split.to_cards();
    // No terminal of this store knows a payment of another.
    let is_foreign = passing::is_foreign(tx, bringing.sale_id)?;
    let instead = match bringing.to {
        RefundTo::Original if to_cards > Minor::ZERO && !is_foreign => {
            if ctx.devices().terminal(register).is_none() {
                return Err(ReturnRefused::NoTerminal.into());
            }
            if split.cards.iter().any(|it| it.card.transaction.is_none()) {
                return Err(ReturnRefused::NoTransaction.into());
            }
            return cards::begin(ctx, tx, person, bringing, approved_by);
        }
        RefundTo::Original | RefundTo::Cash if to_cards > Minor::ZERO => Some(InCash {
            amount_minor: to_cards,
            why: cards::why_cash(ctx, tx, register, bringing.sale_id, Some(&split))?.to_owned(),
        }),
        RefundTo::Credit if to_cards > Minor::ZERO => Some(credit::instead_of_cards(to_cards)),
        RefundTo::Original | RefundTo::Cash | RefundTo::Credit => None,
    };
    let cash = Minor(total_minor.0.saturating_sub(split.to_accounts().0));
    let (tenders, given) = credit::tenders(ctx, register, bringing.to, split.with_cash(cash))?;
    let how = How {
        approved_by,
        tenders,
        instead,
        provisional: None,
    };
    let recorded = record(ctx, tx, person, (&sold, refund), how)?;
    credit::print(ctx, tx, register, given)?;
    Ok(Taken::Recorded(recorded))
}

/// By whom and how a return is given back.
struct How {
    approved_by: Option<StaffId>,
    tenders: Vec<Tender>,
    instead: Option<InCash>,
    provisional: Option<Provisional>,
}

/// States a return with its paper.
fn record(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    (sold, refund): (&Sold, Refund),
    how: How,
) -> Result<ReturnView, ReturnError> {
    let register = person.register;
    let shift = shifts::open_shift(tx, register)?.ok_or(ReturnError::TillClosed)?;
    let policy = reference::policies(tx)?.tenders;
    let (tenders, rounding_minor) =
        rules::rounded(how.tenders, sales::cash_step(&policy, &ctx.profile()));
    let stated = StatedAs {
        tenders,
        rounding_minor,
        instead: how.instead,
        provisional: how.provisional,
        ..stated_as(ctx, tx, shift.shift_id, how.approved_by)?
    };
    let recorded = refund.recorded(&sold.sale, stated)?;
    let place = ctx.place(Some(register), Some(person.staff_id));
    ctx.replica()
        .record(tx, EdgeNumber::HUB, place, &recorded)?;
    let print_job_id = queue(ctx, tx, person, sold, &recorded)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || {
        live.publish(TOPIC);
        live.publish(crate::stock::TOPIC);
    }));
    let number = recorded.number.to_string();
    let sale_id = recorded.sale_id;
    tracing::info!(register.id = register.0, sale.id = %sale_id, number, "goods came back");
    Ok(ReturnView {
        return_id: recorded.return_id,
        number,
        sale_id: recorded.sale_id,
        total_minor: recorded.total_minor,
        currency: recorded.currency,
        print_job_id,
    })
}

/// Gives a return its id and its number; the series is this edge's incarnation.
fn stated_as(
    ctx: &Context,
    tx: &mut Tx,
    shift_id: ShiftId,
    approved_by: Option<StaffId>,
) -> Result<StatedAs, ReturnError> {
    let me = ctx.replica().identity(tx)?;
    let writer = me.ok_or(ReplicaFailed::NoIdentity)?.writer;
    let series = writer.incarnation.0;
    let (at_ms, random) = ctx.new_ulid();
    Ok(StatedAs {
        return_id: ReturnId::from_parts(at_ms, random),
        number: PaperNumber {
            kind: PaperKind::Return,
            prefix: sales::paper_prefix(&ctx.profile()),
            edge: writer.edge,
            series,
            number: store::next_number(tx, series)?,
        },
        shift_id,
        approved_by,
        tenders: Vec::new(),
        rounding_minor: None,
        instead: None,
        provisional: None,
    })
}

fn queue(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    sold: &Sold,
    recorded: &ReturnRecorded,
) -> Result<PrintJobId, DbError> {
    let document = return_receipt(&ReturnReceipt {
        profile: &ctx.profile(),
        locale: ctx.lang().locale(),
        recorded,
        sold_at_ms: sold.sold_at_ms,
        at_ms: ctx.now_ms(),
        register: person.register,
        by: Some(&person.name),
    });
    let document = ctx.devices().headed(person.register, document);
    let (at_ms, random) = ctx.new_ulid();
    let job_id = PrintJobId::from_parts(at_ms, random);
    let gives_cash = recorded.cash_minor() > Minor::ZERO;
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id,
            register: person.register,
            kind: PrintKind::Report,
            sale_id: None,
            document: &document,
            open_drawer: gives_cash.then_some(DrawerWish {
                cause: DrawerCause::CashMoved,
                by: person.staff_id,
            }),
        },
    )?;
    Ok(job_id)
}
