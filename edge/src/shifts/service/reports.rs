//! Reports on paper: the X of an open till, and the Z of a closed one printed again.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{EdgeNumber, PrintJobId, RegisterId, ShiftId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::shifts::{ReportReprinted, ShiftTotals};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ShiftError, name_of, open_shift, print};
use crate::command::Command;
use crate::context::Context;
use crate::shifts::receipt::{Printed, XReport, ZReport, x_report, z_report};
use crate::shifts::rules::{CashRefused, OpenShift, ShiftRefused};
use crate::shifts::store;
use crate::staff::{self, Limits, Person};

/// A report that is on its way to paper.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct ReportView {
    /// The shift.
    pub shift_id: ShiftId,
    /// The paper.
    pub print_job_id: PrintJobId,
    /// Which copy of a Z it is; nothing for an X.
    pub copy: Option<u32>,
}

/// Prints what the open till of the person's register comes to, and closes nothing. It names what
/// should be in the drawer, so a manager asks for it, or somebody for whom one types their PIN.
///
/// # Errors
///
/// [`ShiftError`].
pub(crate) async fn x(
    ctx: &Context,
    person: &Person,
    approval_pin: Option<String>,
    command: Command,
) -> Result<ReportView, ShiftError> {
    let asked = (Operation::XReport, Limits::Within);
    staff::permit_with(ctx, person, asked, approval_pin).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work =
        move |tx: &mut Tx| command.once(tx, context.now_ms(), |tx| x_now(&context, tx, &person));
    ctx.db().write(work).await
}

fn x_now(ctx: &Context, tx: &mut Tx, person: &Person) -> Result<ReportView, ShiftError> {
    let register = person.register;
    let shift = open_shift(tx, register)?.ok_or(ShiftRefused::NotOpen)?;
    let totals = totals(tx, register, &shift)?;
    let mut cashiers = Vec::new();
    for sums in store::by_staff(tx, shift.shift_id)? {
        // Who left the roster since has no name any more; what they sold stays on paper.
        let name = name_of(tx, Some(sums.staff_id))?.unwrap_or_else(|| "–".to_owned());
        cashiers.push((name, sums));
    }
    let report = XReport {
        cashiers: &cashiers,
        register,
        sums: &shift.sums,
        totals: &totals,
        opened_at_ms: shift.opened_at_ms,
        at_ms: ctx.now_ms(),
        by: &person.name,
    };
    let document = x_report(&ctx.profile(), &ctx.lang(), &report);
    Ok(ReportView {
        shift_id: shift.shift_id,
        print_job_id: print(ctx, tx, register, &document)?,
        copy: None,
    })
}

/// Prints the Z of a closed shift of the person's register again, marked COPY.
///
/// # Errors
///
/// [`ShiftError`].
pub(crate) async fn reprint_z(
    ctx: &Context,
    person: &Person,
    shift_id: ShiftId,
    command: Command,
) -> Result<ReportView, ShiftError> {
    staff::permit(ctx, person, Operation::ReprintZ).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            reprint_now(&context, tx, &person, shift_id)
        })
    };
    ctx.db().write(work).await
}

fn reprint_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    shift_id: ShiftId,
) -> Result<ReportView, ShiftError> {
    let register = person.register;
    let kept = store::closing(tx, shift_id)?.filter(|kept| kept.register == Some(register));
    let kept = kept.ok_or(CashRefused::NoSuchClosing)?;
    let row = store::by_id(tx, shift_id)?.ok_or(CashRefused::NoSuchClosing)?;
    let copy = kept.copies.saturating_add(1);
    let place = ctx.place(Some(register), Some(person.staff_id));
    let reprinted = ReportReprinted { shift_id, copy };
    ctx.replica()
        .record(tx, EdgeNumber::HUB, place, &reprinted)?;
    let closed_by = name_of(tx, kept.by)?.unwrap_or_default();
    let report = ZReport {
        register,
        closed: &kept.closed,
        opened_at_ms: row.opened_at_ms,
        closed_at_ms: kept.closed_at_ms,
        float_minor: row.sums.float_minor,
        closed_by: &closed_by,
        printed: Printed::Copy(copy),
    };
    let document = z_report(&ctx.profile(), &ctx.lang(), &report);
    Ok(ReportView {
        shift_id,
        print_job_id: print(ctx, tx, register, &document)?,
        copy: Some(copy),
    })
}

/// Adds up what a report says of a shift beside its sums.
///
/// # Errors
///
/// Those of the database.
pub(super) fn totals(
    tx: &mut Tx,
    register: RegisterId,
    shift: &OpenShift,
) -> Result<ShiftTotals, DbError> {
    Ok(ShiftTotals {
        paid_in_minor: shift.sums.paid_in_minor,
        paid_out_minor: shift.sums.paid_out_minor,
        dropped_minor: shift.sums.dropped_minor,
        no_sales: store::no_sales(tx, shift.shift_id)?,
        taxes: store::taxes(tx, shift.shift_id)?,
        perpetual_minor: store::perpetual(tx, register)?,
        returned: store::returned(tx, shift.shift_id)?,
        tenders: store::tenders(tx, shift.shift_id)?,
        rounding_minor: store::rounding(tx, shift.shift_id)?,
    })
}
