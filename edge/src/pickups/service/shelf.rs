//! Back to the shelf: each item is scanned there, and only then is it free again.

use counterpart_daemon::db::Tx;
use counterpart_protocol::barcode::Aim;
use counterpart_protocol::ids::FulfilmentId;
use counterpart_protocol::orders::{ReleaseReason, Units, UnitsReleased};
use counterpart_protocol::quantity::Milli;

use super::loading::{load, product_of};
use super::{Done, PickupError, carry_out, done, state};
use crate::command::Command;
use crate::context::Context;
use crate::pickups::rules::{self, PickupRefused};
use crate::pickups::store;
use crate::staff::Person;

/// The reasons for which a person puts something away.
const REASONS: [ReleaseReason; 3] = [
    ReleaseReason::Cancelled,
    ReleaseReason::Expired,
    ReleaseReason::Refused,
];

/// Counts one scan at the shelf; the last one frees the units.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn scan_put_away(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    code: String,
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        put_away_now(ctx, tx, &person, id, (&code, None))
    })
    .await
}

/// Frees what was scanned at the shelf so far.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn finish_put_away(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let mut released = false;
        for because in REASONS {
            released |= release(ctx, tx, Some(&person), id, because)?;
        }
        if !released {
            return Err(PickupRefused::NothingPutAway.into());
        }
        done(ctx, tx, id, None)
    })
    .await
}

pub(super) fn put_away_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    id: FulfilmentId,
    (code, aim): (&str, Option<Aim>),
) -> Result<Done, PickupError> {
    let loaded = load(ctx, tx, id)?;
    let (sku, scanned) = product_of(tx, code, aim)?;
    let (units, because) = rules::put_away(&loaded.work, sku.as_ref(), &scanned)?;
    store::scan_put_away(tx, id, &units, because)?;
    let name = loaded.work.line(units.line)?.name.clone();
    let loaded = load(ctx, tx, id)?;
    let tasks = loaded.work.lines.iter().flat_map(|line| &line.put_aways);
    let mut same = tasks.filter(|task| task.because == because);
    let note = match same.all(|task| task.scanned_milli >= task.wanted_milli) {
        true => {
            release(ctx, tx, Some(person), id, because)?;
            format!("{name}: put away; everything is back on the shelf")
        }
        false => format!("{name}: put away"),
    };
    done(ctx, tx, id, Some(note))
}

/// States that what was scanned at the shelf is free again; returns whether anything was.
fn release(
    ctx: &Context,
    tx: &mut Tx,
    person: Option<&Person>,
    id: FulfilmentId,
    because: ReleaseReason,
) -> Result<bool, PickupError> {
    let loaded = load(ctx, tx, id)?;
    let scanned = |line: &rules::Line| {
        let task = line.put_aways.iter().find(|task| task.because == because);
        let most = line.count.in_the_bag().0;
        Milli(task.map_or(0, |task| task.scanned_milli.0.min(most)))
    };
    let lines = loaded.work.lines.iter().filter(|line| scanned(line).0 > 0);
    let units: Vec<Units> = lines
        .map(|line| Units::of(line.line, &line.count.sku, scanned(line)))
        .collect();
    if units.is_empty() {
        return Ok(false);
    }
    let released = UnitsReleased {
        fulfilment_id: id,
        units,
        because,
    };
    state(ctx, tx, &loaded, person, &released)?;
    store::drop_put_aways(tx, id, because)?;
    Ok(true)
}

/// Ends tasks that are none any more: the customer took the goods all the same, for example.
pub(super) fn settle_tasks(
    ctx: &Context,
    tx: &mut Tx,
    id: FulfilmentId,
) -> Result<(), PickupError> {
    let loaded = load(ctx, tx, id)?;
    for line in &loaded.work.lines {
        for task in &line.put_aways {
            let wanted = rules::still_wanted(line, task.because, task.wanted_milli);
            if wanted != task.wanted_milli {
                store::set_wanted(tx, id, (line.line, task.because), wanted)?;
            }
        }
    }
    Ok(())
}
