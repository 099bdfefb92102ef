//! Selling to a customer: named by card, found by name, or joining now; and without tax.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::customers::{Certificate, CustomerCard};
use counterpart_protocol::ids::{CustomerId, GroupId, RegisterId, SaleId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;

use super::scanning::selling;
use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::customers::{self, CustomerShown, Joining, Regular};
use crate::reference;
use crate::sales::rules::{Basket, CustomerRefused, Named};
use crate::sales::store::{self, Sound};
use crate::staff::{self, ApprovalFailed, Limits, Person};

/// To whom a basket is to be sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Whom {
    /// To nobody in particular.
    Nobody,
    /// To somebody who was found.
    Known(CustomerId),
    /// To whoever has the card.
    Card(CustomerCard),
    /// To somebody who joins now.
    Joining(Joining),
}

/// Sells the basket at the person's register to somebody: a basket is begun if there is none.
///
/// # Errors
///
/// [`SalesError::Customer`], [`SalesError::Join`]; the failures.
pub(crate) async fn sell_to(
    ctx: &Context,
    person: &Person,
    whom: Whom,
    command: Command,
) -> Result<(), SalesError> {
    if let Whom::Joining(_) = &whom {
        staff::permit(ctx, person, Operation::EnrolCustomer).await?;
    }
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let regular = regular_of(&context, tx, &whom)?;
            sell_now(&context, tx, register, regular.as_ref())
        })
    };
    ctx.db().write(work).await
}

/// Sells the basket of a register to whoever has the card that was scanned there; tells whether
/// somebody has it.
pub(super) fn take_customer(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    text: &str,
) -> Result<bool, SalesError> {
    let Some(regular) = customers::by_card(tx, text)? else {
        return Ok(false);
    };
    sell_now(ctx, tx, register, Some(&regular))?;
    Ok(true)
}

/// Sells the basket at the person's register without tax by the certificate the customer shows, or
/// with tax again.
///
/// # Errors
///
/// [`SalesError::Customer`], [`SalesError::NotApproved`]; the failures.
pub(crate) async fn exempt(
    ctx: &Context,
    person: &Person,
    (certificate, pin): (Option<Certificate>, Option<String>),
    command: Command,
) -> Result<(), SalesError> {
    let approved_by = approval(ctx, person, certificate.as_ref(), pin).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let (before, mut after) = begun(&context, tx, person.register)?;
            let may = person.may(Operation::ExemptTax);
            after.exempt(certificate, (person.staff_id, may), approved_by)?;
            keep(&context, tx, person.register, (before.as_ref(), &after))
        })
    };
    ctx.db().write(work).await
}

/// Returns who approves, if somebody has to and showed who they are.
async fn approval(
    ctx: &Context,
    person: &Person,
    certificate: Option<&Certificate>,
    pin: Option<String>,
) -> Result<Option<StaffId>, SalesError> {
    if certificate.is_none() {
        return Ok(None);
    }
    let asked = (Operation::ExemptTax, Limits::Within);
    match staff::permit_with(ctx, person, asked, pin).await {
        // The rule says so, with what it is about.
        Err(ApprovalFailed::NeedsManager) => Ok(None),
        permitted => Ok(permitted?),
    }
}

fn regular_of(ctx: &Context, tx: &mut Tx, whom: &Whom) -> Result<Option<Regular>, SalesError> {
    let found = match whom {
        Whom::Nobody => return Ok(None),
        Whom::Known(id) => customers::by_id(tx, *id)?,
        Whom::Card(card) => {
            let none = || CustomerRefused::NoSuchCard(card.to_string());
            Some(customers::by_card(tx, card.as_str())?.ok_or_else(none)?)
        }
        Whom::Joining(joining) => {
            let id = customers::join_in(ctx, tx, joining)??;
            let live = ctx.live().clone();
            tx.on_commit(Box::new(move || live.publish(customers::TOPIC)));
            customers::by_id(tx, id)?
        }
    };
    Ok(Some(found.ok_or(CustomerRefused::Unknown)?))
}

fn sell_now(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    regular: Option<&Regular>,
) -> Result<(), SalesError> {
    let (before, mut after) = begun(ctx, tx, register)?;
    let group = regular.and_then(|it| it.group.clone());
    let prices = prices(ctx, tx, register, (&after, group.as_ref()))?;
    let group = match group {
        Some(group) => Some((group.clone(), customers::group_name(tx, &group)?)),
        None => None,
    };
    let named = regular.map(|regular| Named {
        customer_id: regular.customer_id,
        group,
        exemption: customers::exemption_of(ctx, regular),
    });
    after.sell_to(named, &prices)?;
    keep(ctx, tx, register, (before.as_ref(), &after))
}

fn begun(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
) -> Result<(Option<Basket>, Basket), SalesError> {
    let before = loaded(ctx, tx, register)?;
    let basket = before.clone().unwrap_or_else(|| {
        let (at_ms, random) = ctx.new_ulid();
        Basket::new(SaleId::from_parts(at_ms, random))
    });
    Ok((before, basket))
}

fn keep(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (before, after): (Option<&Basket>, &Basket),
) -> Result<(), SalesError> {
    store::save_basket(tx, register, before, after, ctx.now_ms())?;
    // Money that was being taken is asked for again, of the new total.
    let screen = selling(store::screen(tx, register)?).sounding(Sound::Accepted);
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(())
}

/// Returns the lines that cost another price for a group than now. A price that is not the one in
/// force for the basket's customer stays as it is: a label or a person said so.
fn prices(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (basket, group): (&Basket, Option<&GroupId>),
) -> Result<Vec<(u16, Minor)>, DbError> {
    if basket.group() == group {
        return Ok(Vec::new());
    }
    let begun_at_ms = store::begun_at(tx, register)?;
    let at_ms = begun_at_ms.unwrap_or_else(|| ctx.now_ms());
    let mut prices = Vec::new();
    for line in &basket.lines {
        let Some(product) = reference::find_by_sku(tx, &line.item.sku)? else {
            continue;
        };
        let now = reference::priced(tx, product.clone(), basket.group(), at_ms)?;
        let then = reference::priced(tx, product, group, at_ms)?;
        if now.price_minor == Some(line.item.unit_price_minor) {
            prices.extend(then.price_minor.map(|price| (line.line, price)));
        }
    }
    Ok(prices)
}

/// Returns to whom the basket of a register is sold, as a person is shown it.
///
/// # Errors
///
/// Those of the database.
pub(super) fn customer_at(
    ctx: &Context,
    tx: &mut Tx,
    basket: Option<&Basket>,
) -> Result<Option<CustomerShown>, DbError> {
    match basket.and_then(|basket| basket.sold_to.customer_id) {
        Some(id) => customers::customer_shown(ctx, tx, id),
        None => Ok(None),
    }
}
