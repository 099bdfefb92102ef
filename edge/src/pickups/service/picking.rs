//! Accepting, picking scan by scan, calling short, staging.

use counterpart_daemon::db::Tx;
use counterpart_protocol::barcode::Aim;
use counterpart_protocol::ids::{FulfilmentId, RegisterId};
use counterpart_protocol::orders::{LinesPicked, PickupAccepted, ShortReason, Stage};
use counterpart_protocol::quantity::Milli;

use super::loading::{Loaded, load, product_of};
use super::names::{self, CustomerName};
use super::{Done, PickupError, bell, carry_out, done, state};
use crate::command::Command;
use crate::context::Context;
use crate::labels::{self, Bag, LabelCopy};
use crate::pickups::rules::{self, PickupRefused};
use crate::pickups::store;
use crate::staff::Person;
use crate::sync::Standing;

/// Takes a pickup on: its bell is silent from here on. Taken on already is taken on.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn accept(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let loaded = load(ctx, tx, id)?;
        loaded.work.check_open()?;
        accept_now(ctx, tx, &loaded, &person)?;
        done(ctx, tx, id, None)
    })
    .await
}

/// Counts one scan at the shelf; when it was the last one, everything scanned becomes one fact.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn scan(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    (code, quantity): (String, Option<Milli>),
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        scan_now(ctx, tx, &person, id, (&code, None, quantity))
    })
    .await
}

/// States what was scanned so far: somebody else may go on, or it is done.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn finish_picking(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let loaded = load(ctx, tx, id)?;
        loaded.work.check_open()?;
        if loaded.work.scanned_units().is_empty() {
            return Err(PickupRefused::NothingScanned.into());
        }
        state_scans(ctx, tx, &loaded, Some(&person))?;
        done(ctx, tx, id, None)
    })
    .await
}

/// Calls units short: they leave what is on hand, and the order needs another way.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn short(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    (line, quantity, because): (u16, Option<Milli>, ShortReason),
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let loaded = load(ctx, tx, id)?;
        let all = loaded.work.line(line)?.to_scan();
        let quantity = quantity.unwrap_or(all);
        let shorted = rules::short(&loaded.work, id, line, quantity, because)?;
        accept_now(ctx, tx, &loaded, &person)?;
        state(ctx, tx, &loaded, Some(&person), &shorted)?;
        let name = &loaded.work.line(line)?.name;
        let note = goes_next(ctx, &format!("{quantity} × {name}"));
        done(ctx, tx, id, Some(note))
    })
    .await
}

/// Puts the bag where it waits for the customer.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn stage(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    location: String,
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        stage_now(ctx, tx, &person, id, &location)
    })
    .await
}

/// Prints the pick list again, at the person's register.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn reprint(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let loaded = load(ctx, tx, id)?;
        bell::print_slip(ctx, tx, &loaded, person.register)?;
        done(ctx, tx, id, None)
    })
    .await
}

/// Prints the label of a staged bag once more, marked as a copy.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn label_again(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    command: Command,
) -> Result<Done, PickupError> {
    let register = person.register;
    carry_out(ctx, command, move |ctx, tx| {
        let loaded = load(ctx, tx, id)?;
        let place = rules::staged_at(&loaded.work)?;
        let since = loaded.work.part.staged_at_ms;
        let staged = (place, since.unwrap_or_else(|| ctx.now_ms()));
        if !print_label(ctx, tx, &loaded, register, staged, LabelCopy::Again)? {
            return Err(PickupRefused::NoLabelPrinter.into());
        }
        done(ctx, tx, id, None)
    })
    .await
}

/// Prints the label of a bag, and tells whether any printer is set to.
fn print_label(
    ctx: &Context,
    tx: &mut Tx,
    loaded: &Loaded,
    register: RegisterId,
    (place, staged_at_ms): (&str, i64),
    copy: LabelCopy,
) -> Result<bool, PickupError> {
    let ordered_by = loaded.placed.as_ref().and_then(|placed| placed.customer_id);
    let customer = match ordered_by {
        Some(id) => names::shown(ctx, tx, id)?,
        None => CustomerName::Nobody,
    };
    let customer = customer.known().map(rules::short_name);
    let bag = Bag {
        reference: &loaded.work.reference,
        customer: customer.as_deref(),
        place,
        staged_at_ms,
    };
    Ok(labels::print_bag(ctx, tx, register, &bag, copy)?)
}

pub(super) fn scan_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    id: FulfilmentId,
    (code, aim, quantity): (&str, Option<Aim>, Option<Milli>),
) -> Result<Done, PickupError> {
    let loaded = load(ctx, tx, id)?;
    let (sku, scanned) = product_of(tx, code, aim)?;
    if rules::is_of_bag(&loaded.work, sku.as_ref()) {
        return bag_seen(ctx, tx, &loaded);
    }
    let units = rules::pick(
        &loaded.work,
        sku.as_ref(),
        &scanned,
        quantity,
        person.staff_id,
    )?;
    store::add_scan(tx, id, person.staff_id, &units)?;
    accept_now(ctx, tx, &loaded, person)?;
    let loaded = load(ctx, tx, id)?;
    let line = loaded.work.line(units.line)?;
    let counted = line.count.in_the_bag().0 + line.scanned_milli().0;
    let wanted = counted + line.to_scan().0;
    let mut note = format!("{}: {} of {}", line.name, Milli(counted), Milli(wanted));
    if rules::expected(&loaded.work).is_none() {
        state_scans(ctx, tx, &loaded, Some(person))?;
        note.push_str("; everything is picked");
    }
    done(ctx, tx, id, Some(note))
}

/// Notes that the bag an earlier life packed is still here.
fn bag_seen(ctx: &Context, tx: &mut Tx, loaded: &Loaded) -> Result<Done, PickupError> {
    if let Some(recovery) = ctx.replica().recovery(tx)? {
        let life = recovery.incarnation;
        store::put_bag_seen(tx, loaded.fulfilment_id, life, ctx.now_ms())?;
    }
    let note = format!("the bag of {} is here", loaded.work.reference);
    done(ctx, tx, loaded.fulfilment_id, Some(note))
}

pub(super) fn stage_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    id: FulfilmentId,
    location: &str,
) -> Result<Done, PickupError> {
    let loaded = load(ctx, tx, id)?;
    let staged = rules::stage(&loaded.work, id, location)?;
    state_scans(ctx, tx, &loaded, Some(person))?;
    state(ctx, tx, &loaded, Some(person), &staged)?;
    let place = (staged.location.as_str(), ctx.now_ms());
    print_label(ctx, tx, &loaded, person.register, place, LabelCopy::First)?;
    let note = format!("{} waits at {}", loaded.work.reference, staged.location);
    done(ctx, tx, id, Some(note))
}

fn accept_now(
    ctx: &Context,
    tx: &mut Tx,
    loaded: &Loaded,
    person: &Person,
) -> Result<(), PickupError> {
    if loaded.work.part.stage() < Stage::Accepted && !loaded.work.part.accepted {
        let fulfilment_id = loaded.fulfilment_id;
        state(
            ctx,
            tx,
            loaded,
            Some(person),
            &PickupAccepted { fulfilment_id },
        )?;
    }
    Ok(())
}

/// Makes one fact of what was scanned, if anything was.
pub(super) fn state_scans(
    ctx: &Context,
    tx: &mut Tx,
    loaded: &Loaded,
    person: Option<&Person>,
) -> Result<(), PickupError> {
    let units = loaded.work.scanned_units();
    if !units.is_empty() {
        let fulfilment_id = loaded.fulfilment_id;
        let picked = LinesPicked {
            fulfilment_id,
            units,
        };
        state(ctx, tx, loaded, person, &picked)?;
    }
    store::drop_scans(tx, loaded.fulfilment_id)?;
    Ok(())
}

/// Says where what this store cannot give goes next.
pub(super) fn goes_next(ctx: &Context, what: &str) -> String {
    match ctx.link().state().standing {
        Standing::Connected => format!("the hub now looks for another store for {what}"),
        Standing::Starting | Standing::Alone | Standing::Stopped | Standing::Apart => format!(
            "the hub looks for another store for {what} as soon as it is reached: tell the \
             customer if they are here"
        ),
    }
}
