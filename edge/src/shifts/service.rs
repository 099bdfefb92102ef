//! Opening, looking at and closing a till: facts, the Z on paper and the drawer in one transaction.

mod cash;
mod cashiers;
mod reports;
mod views;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_paper::Document;
use counterpart_protocol::ids::{EdgeNumber, PrintJobId, RegisterId, ShiftId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::{DrawerOpened, Pieces};
use counterpart_protocol::staff::Role;

use super::receipt::{self, Printed, ZReport};
use super::rules::{
    self, CashRefused, Counted, OpenShift, Reason, ShiftRefused, StillOpen, TenderTyped,
};
use super::store;
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::devices::{DrawerCause, DrawerWish, NewPrintJob, PrintKind};
use crate::reference;
use crate::staff::{self, ApprovalFailed, Person};
use crate::written::moment;

pub(super) use cash::{MovedView, NoSaleView, move_cash, movements, no_sale};
pub(super) use cashiers::{CashierView, cashier_at, change_cashier};
pub(super) use reports::{ReportView, reprint_z, x};
use views::others_of;
pub(crate) use views::{ClosedView, TillView};

/// What somebody counted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Count {
    /// Notes and coins of the store's currency.
    pub pieces: Vec<Pieces>,
    /// What else.
    pub others: Vec<TenderTyped>,
}

/// Why nothing was done at a till.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ShiftError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] ShiftRefused),
    /// The rules of cash outside sales say no.
    #[error(transparent)]
    Cash(#[from] CashRefused),
    /// Nobody approved it.
    #[error(transparent)]
    Approval(#[from] ApprovalFailed),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The fact could not be stated.
    #[error("could not state what happened at the till")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store the till")]
    Db(#[from] DbError),
    /// What waited at the register could not go on.
    #[error("could not go on with what waited at the register")]
    Resume(#[source] Box<crate::sales::SalesError>),
}

/// Opens the till of the person's register; scans that waited for it go into the basket.
///
/// # Errors
///
/// [`ShiftError`].
pub(crate) async fn open(
    ctx: &Context,
    person: &Person,
    float: Minor,
    command: Command,
) -> Result<TillView, ShiftError> {
    staff::permit(ctx, person, Operation::OpenTill).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            open_now(&context, tx, &person, float)
        })
    };
    ctx.db().write(work).await
}

/// Counts the drawer without closing anything: what the page asks before it wants a reason.
///
/// # Errors
///
/// [`ShiftError::Refused`], [`ShiftError::Db`].
pub(crate) async fn count(
    ctx: &Context,
    register: RegisterId,
    count: Count,
) -> Result<Counted, ShiftError> {
    ctx.db()
        .read(move |tx| {
            let (_, counted) = count_now(tx, register, &count)?;
            Ok(counted)
        })
        .await
}

/// Closes the till of the person's register; any count closes it.
///
/// # Errors
///
/// [`ShiftError`].
pub(crate) async fn close(
    ctx: &Context,
    person: &Person,
    count: Count,
    reason: Option<Reason>,
    command: Command,
) -> Result<ClosedView, ShiftError> {
    staff::permit(ctx, person, Operation::CloseTill).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            close_now(&context, tx, &person, &count, reason)
        })
    };
    ctx.db().write(work).await
}

/// Opens the drawer of the person's register so that it can be counted. Nothing else says that
/// they did, so it is a fact of its own.
///
/// # Errors
///
/// [`ShiftError::Refused`] when the till is not open; [`ShiftError::Db`].
pub(crate) async fn open_drawer(
    ctx: &Context,
    person: &Person,
    command: Command,
) -> Result<(), ShiftError> {
    staff::permit(ctx, person, Operation::CountTill).await?;
    let (context, register, by) = (ctx.clone(), person.register, person.staff_id);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let shift = open_shift(tx, register)?.ok_or(ShiftRefused::NotOpen)?;
            let cause = DrawerCause::ShiftClosed;
            let opened = DrawerOpened {
                shift_id: shift.shift_id,
                cause: cause.word().to_owned(),
                reason: None,
            };
            let place = context.place(Some(register), Some(by));
            let replica = context.replica();
            replica.record(tx, EdgeNumber::HUB, place, &opened)?;
            let wish = DrawerWish { cause, by };
            context.devices().open_drawer(tx, register, wish)?;
            Ok(())
        })
    };
    ctx.db().write(work).await
}

/// Returns the open shift of a register, if its till is open.
///
/// # Errors
///
/// Those of the database.
pub fn open_shift(tx: &mut Tx, register: RegisterId) -> Result<Option<OpenShift>, DbError> {
    Ok(store::latest(tx, register)?.and_then(|row| row.open()))
}

/// Returns the till of a register as `role` may see it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn till(
    tx: &mut Tx,
    register: RegisterId,
    currency: Currency,
    role: Role,
) -> Result<TillView, DbError> {
    let row = store::latest(tx, register)?.filter(|row| row.closing.is_none());
    let Some(row) = row else {
        return Ok(TillView {
            register,
            open: false,
            shift_id: None,
            opened_at: None,
            opened_by: None,
            cashier: None,
            currency,
            float_minor: Minor::ZERO,
            sales: 0,
            sales_minor: Minor::ZERO,
            expected_minor: None,
        });
    };
    let opened_by = name_of(tx, row.opened_by)?;
    let cashier = cashier_at(tx, register)?;
    Ok(TillView {
        cashier: name_of(tx, cashier)?,
        register,
        open: true,
        shift_id: Some(row.shift_id),
        opened_at: Some(moment(row.opened_at_ms)),
        opened_by,
        currency,
        float_minor: row.sums.float_minor,
        sales: row.sums.sales,
        sales_minor: row.sums.sales_minor,
        expected_minor: (role == Role::Manager).then(|| row.sums.expected_minor()),
    })
}

fn open_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    float: Minor,
) -> Result<TillView, ShiftError> {
    let (register, currency) = (person.register, ctx.profile().currency);
    let open = open_shift(tx, register)?;
    let (at_ms, random) = ctx.new_ulid();
    let shift_id = ShiftId::from_parts(at_ms, random);
    let opened = rules::open(open.as_ref(), shift_id, float, currency)?;
    let place = ctx.place(Some(register), Some(person.staff_id));
    ctx.replica().record(tx, EdgeNumber::HUB, place, &opened)?;
    let wish = DrawerWish {
        cause: DrawerCause::ShiftOpened,
        by: person.staff_id,
    };
    ctx.devices().open_drawer(tx, register, wish)?;
    crate::sales::resume(ctx, tx, register)
        .map_err(|failed| ShiftError::Resume(Box::new(failed)))?;
    tracing::info!(register.id = register.0, shift.id = %shift_id, "a till was opened");
    Ok(till(tx, register, currency, person.role)?)
}

fn count_now(
    tx: &mut Tx,
    register: RegisterId,
    count: &Count,
) -> Result<(OpenShift, Counted), ShiftError> {
    let shift = open_shift(tx, register)?.ok_or(ShiftRefused::NotOpen)?;
    let counted = rules::count(&shift, still_open(tx, register)?, &count.pieces)?;
    let expected = store::tenders(tx, shift.shift_id)?.unwrap_or_default();
    Ok((shift, counted.with_others(&expected, &count.others)?))
}

/// Returns what is still open at a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn still_open(tx: &mut Tx, register: RegisterId) -> Result<StillOpen, DbError> {
    let (basket_lines, waiting_scans) = crate::sales::in_work(tx, register)?;
    // A return that waits for a terminal is work of this till as a basket is.
    let basket_lines = basket_lines + crate::returns::refunds_at(tx, register)?;
    Ok(StillOpen {
        basket_lines,
        waiting_scans,
    })
}

fn close_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    count: &Count,
    reason: Option<Reason>,
) -> Result<ClosedView, ShiftError> {
    let register = person.register;
    let (shift, counted) = count_now(tx, register, count)?;
    let counted_minor = counted.counted_minor;
    let z_number = store::next_z_number(tx, register)?;
    let currency = ctx.profile().currency;
    let totals = reports::totals(tx, register, &shift)?;
    let closed = counted.closed(&shift, currency, z_number, reason, totals);
    let place = ctx.place(Some(register), Some(person.staff_id));
    ctx.replica().record(tx, EdgeNumber::HUB, place, &closed)?;
    crate::sales::till_closed(ctx, tx, register)?;
    crate::payments::want_count(ctx, tx, person, shift.shift_id)?;
    let document = receipt::z_report(
        &ctx.profile(),
        &ctx.lang(),
        &ZReport {
            register,
            closed: &closed,
            opened_at_ms: shift.opened_at_ms,
            closed_at_ms: ctx.now_ms(),
            float_minor: shift.sums.float_minor,
            closed_by: &person.name,
            printed: Printed::First,
        },
    );
    let job_id = print(ctx, tx, register, &document)?;
    tracing::info!(register.id = register.0, shift.id = %shift.shift_id, "a till was closed");
    Ok(ClosedView {
        register,
        shift_id: shift.shift_id,
        z_number,
        currency,
        counted_minor,
        expected_minor: closed.expected_minor,
        over_short_minor: closed.over_short_minor,
        others: others_of(&closed),
        reason: closed.reason,
        sales: closed.sales,
        sales_minor: closed.sales_minor,
        print_job_id: job_id,
    })
}

/// Puts a report on its way to the register's printer.
fn print(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    document: &Document,
) -> Result<PrintJobId, DbError> {
    let (at_ms, random) = ctx.new_ulid();
    let job_id = PrintJobId::from_parts(at_ms, random);
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id,
            register,
            kind: PrintKind::Report,
            sale_id: None,
            document,
            open_drawer: None,
        },
    )?;
    Ok(job_id)
}

pub(super) fn name_of(tx: &mut Tx, staff_id: Option<StaffId>) -> Result<Option<String>, DbError> {
    match staff_id {
        Some(staff_id) => Ok(reference::member_by_id(tx, staff_id)?.map(|member| member.name)),
        None => Ok(None),
    }
}
