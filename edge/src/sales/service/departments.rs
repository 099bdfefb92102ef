//! Selling by department what the catalogue does not know: the line says the code, so that the hub
//! lists it for whoever keeps the catalogue.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{SaleId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::tax::Rate;

use super::scanning::selling;
use super::taxing::rate_of;
use super::{SalesError, loaded, till_policy, wake};
use crate::command::Command;
use crate::context::Context;
use crate::reference;
use crate::sales::rules::{Basket, ByHandOf, DepartmentRefused, DepartmentSold};
use crate::sales::store::{self, Screen, Sound};
use crate::shifts;
use crate::staff::{self, Limits, Person};

/// What somebody sells by its department.
#[derive(Debug, Clone)]
pub(crate) struct ByDepartmentWanted {
    /// The department.
    pub department: String,
    /// The short name of its tax class.
    pub tax_class: String,
    /// The price of one piece.
    pub price_minor: Minor,
    /// The scan that is settled by it, if one is.
    pub scan: Option<i64>,
    /// What was typed where nothing was scanned.
    pub code: Option<String>,
    /// The PIN a manager typed, if one did.
    pub approval_pin: Option<String>,
}

/// Sells a piece by its department at the person's register, and settles the scan it is for.
/// Returns the line.
///
/// # Errors
///
/// [`SalesError::Department`] says why not, or that a manager's PIN is needed;
/// [`SalesError::NoSuchScan`], [`SalesError::TillClosed`], [`SalesError::NotApproved`]; the
/// failures.
pub(crate) async fn sell_by_department(
    ctx: &Context,
    person: &Person,
    wanted: ByDepartmentWanted,
    command: Command,
) -> Result<u16, SalesError> {
    let approved_by = approval(ctx, person, &wanted).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            sell_now(&context, tx, &person, wanted, approved_by)
        })
    };
    ctx.db().write(work).await
}

/// Returns who approves, if somebody has to and typed a PIN.
async fn approval(
    ctx: &Context,
    person: &Person,
    wanted: &ByDepartmentWanted,
) -> Result<Option<StaffId>, SalesError> {
    let pin = staff::shown(ctx, person, wanted.approval_pin.clone());
    let mut limits = Limits::Within;
    if pin.is_some() {
        let (context, trying, what) = (ctx.clone(), person.clone(), wanted.clone());
        let tried = ctx
            .db()
            .read(move |tx| Ok::<_, DbError>(tried(&context, tx, &trying, &what, None).map(drop)));
        if let Err(SalesError::Department(DepartmentRefused::NeedsManager { .. })) = tried.await? {
            limits = Limits::Beyond;
        }
    }
    let asked = (Operation::SellByDepartment, limits);
    Ok(staff::permit_with(ctx, person, asked, pin).await?)
}

fn sell_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    wanted: ByDepartmentWanted,
    approved_by: Option<StaffId>,
) -> Result<u16, SalesError> {
    let register = person.register;
    shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
    let (before, after, line) = tried(ctx, tx, person, &wanted, approved_by)?;
    if let Some(scan) = wanted.scan {
        store::drop_waiting(tx, register, scan)?;
    }
    store::save_basket(tx, register, before.as_ref(), &after, ctx.now_ms())?;
    let screen = Screen {
        selected_line: Some(line),
        ..selling(store::screen(tx, register)?).sounding(Sound::Accepted)
    };
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    tracing::info!(
        register.id = register.0,
        sale.id = %after.sale_id,
        approved = approved_by.is_some(),
        "goods were sold by their department"
    );
    Ok(line)
}

fn tried(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    wanted: &ByDepartmentWanted,
    approved_by: Option<StaffId>,
) -> Result<(Option<Basket>, Basket, u16), SalesError> {
    let code = match wanted.scan {
        Some(scan) => {
            let waiting = store::waiting_scan(tx, person.register, scan)?;
            Some(waiting.ok_or(SalesError::NoSuchScan(scan))?.code)
        }
        None => wanted.code.clone(),
    };
    let tax_rate = rate_at(ctx, tx, wanted)?;
    let before = loaded(ctx, tx, person.register)?;
    let mut after = before.clone().unwrap_or_else(|| {
        let (at_ms, random) = ctx.new_ulid();
        Basket::new(SaleId::from_parts(at_ms, random))
    });
    let policy = till_policy(tx)?;
    let sold = DepartmentSold {
        department: wanted.department.clone(),
        tax_rate,
        price_minor: wanted.price_minor,
        code: code.filter(|code| !code.trim().is_empty()),
    };
    let asking = ByHandOf {
        role: person.role,
        approved_by,
        policy: &policy,
        currency: ctx.profile().currency,
    };
    let line = after.add_by_department(sold, &asking)?;
    Ok((before, after, line))
}

/// Returns the rate of a department at a tax, where the catalogue has both together.
fn rate_at(ctx: &Context, tx: &mut Tx, wanted: &ByDepartmentWanted) -> Result<Rate, SalesError> {
    let departments = reference::departments(tx)?;
    let found = departments
        .into_iter()
        .find(|it| it.name == wanted.department && it.tax.id == wanted.tax_class);
    let unknown = || DepartmentRefused::Unknown {
        department: wanted.department.chars().take(60).collect(),
    };
    let tax = found.ok_or_else(unknown)?.tax;
    Ok(rate_of(ctx, tx, &tax.id)?.unwrap_or(tax.rate))
}
