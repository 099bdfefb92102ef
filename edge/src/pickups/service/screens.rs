//! Which scan means what: a register's scanner works for the page that was opened there last, and
//! for the step the pickup on it is at.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::barcode::Aim;
use counterpart_protocol::codes::SignedCode;
use counterpart_protocol::ids::{FulfilmentId, RegisterId};
use serde::{Deserialize, Serialize};

use super::handing::identify_now;
use super::loading::load;
use super::picking::{scan_now, stage_now};
use super::shelf::put_away_now;
use super::{PickupError, Proving, Shown, carry_out, names, wake};
use crate::command::Command;
use crate::context::Context;
use crate::pickups::rules::{self, PickupRefused};
use crate::pickups::store::{self, Said};
use crate::reference;
use crate::staff::{self, Person};

/// Whom a register's scanner works for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanTarget {
    /// The sale.
    Till,
    /// A page of pickups.
    Pickups,
}

/// Which page of pickups is opened at a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// The list.
    List,
    /// One pickup.
    One(FulfilmentId),
}

/// What a scan did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ScanSaid {
    /// What to tell the person.
    pub note: Option<String>,
    /// The pickup it was for.
    pub fulfilment_id: FulfilmentId,
    /// The others that a name that was typed could mean.
    #[serde(default)]
    pub others: Vec<FulfilmentId>,
}

/// Returns whom a register's scanner works for.
///
/// # Errors
///
/// Those of the database.
pub async fn scan_target(ctx: &Context, register: RegisterId) -> Result<ScanTarget, DbError> {
    let screen = ctx.db().read(move |tx| store::screen(tx, register)).await?;
    Ok(match screen {
        Some(_) => ScanTarget::Pickups,
        None => ScanTarget::Till,
    })
}

/// Lets a register's scanner sell again: its till's page was opened.
///
/// # Errors
///
/// Those of the database.
pub async fn left_for_the_till(ctx: &Context, register: RegisterId) -> Result<(), DbError> {
    if scan_target(ctx, register).await? == ScanTarget::Pickups {
        let shut = ctx.db().write(move |tx| store::shut_screen(tx, register));
        shut.await?;
    }
    Ok(())
}

/// Lets a register's scanner work for a page of pickups that is opened there.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn open(
    ctx: &Context,
    register: RegisterId,
    opening: Opening,
) -> Result<(), DbError> {
    let id = match opening {
        Opening::List => None,
        Opening::One(id) => Some(id),
    };
    ctx.db()
        .write(move |tx| match store::screen(tx, register)? {
            Some(screen) if screen.fulfilment_id == id => Ok(()),
            Some(_) | None => store::open_screen(tx, register, id),
        })
        .await
}

/// Takes a scan of a register's own scanner; what came of it stands on the page.
///
/// # Errors
///
/// Those of the database; everything else is said on the page.
pub async fn scanned(
    ctx: &Context,
    register: RegisterId,
    code: String,
    aim: Option<Aim>,
) -> Result<(), DbError> {
    let (context, read) = (ctx.clone(), code.clone());
    let taken = ctx.db().write(move |tx| {
        let person = person_at(&context, tx, register)?;
        let open = store::screen(tx, register)?.and_then(|screen| screen.fulfilment_id);
        let said = take(&context, tx, &person, open, (&read, aim))?;
        let note = said.note.unwrap_or_else(|| "taken".to_owned());
        let said = match open {
            Some(_) => Said::Taken(&note),
            // The list shows what was found, one press away.
            None => Said::Found(&note, said.fulfilment_id),
        };
        store::say(tx, register, said)?;
        wake(&context, tx);
        Ok(())
    });
    let refused = match taken.await {
        Ok(()) => return Ok(()),
        Err(PickupError::Db(error)) => return Err(error),
        Err(refused) => refused.to_string(),
    };
    tracing::info!(
        register.id = register.0,
        reason = refused,
        "a scan for a pickup was refused"
    );
    let context = ctx.clone();
    ctx.db()
        .write(move |tx| {
            store::say(tx, register, Said::Refused(&refused))?;
            wake(&context, tx);
            Ok(())
        })
        .await
}

/// Takes a scan a page sent: of a pickup, or of the list.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn scan_here(
    ctx: &Context,
    person: &Person,
    open: Option<FulfilmentId>,
    code: String,
    command: Command,
) -> Result<ScanSaid, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let said = take(ctx, tx, &person, open, (&code, None))?;
        if let (Some(_), Some(note)) = (open, &said.note) {
            store::say(tx, person.register, Said::Taken(note))?;
        }
        wake(ctx, tx);
        Ok(said)
    })
    .await
}

/// Takes a scan for what the pickup that is open needs now. A customer's code is one anywhere.
fn take(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    open: Option<FulfilmentId>,
    (code, aim): (&str, Option<Aim>),
) -> Result<ScanSaid, PickupError> {
    if SignedCode::is_one(code) {
        let shown = Shown::Code(code.to_owned());
        let proving = Proving {
            fulfilment_id: open,
            shown,
        };
        let identified = identify_now(ctx, tx, person, &proving, None)?;
        return Ok(ScanSaid {
            note: Some(format!("{}: the code is right", identified.reference)),
            fulfilment_id: identified.fulfilment_id,
            others: Vec::new(),
        });
    }
    let Some(id) = open else {
        return look_up(ctx, tx, code.trim());
    };
    let loaded = load(ctx, tx, id)?;
    let work = &loaded.work;
    let done = if work.lines.iter().any(|line| line.to_put_away().0 > 0) {
        put_away_now(ctx, tx, person, id, (code, aim))?
    } else if rules::expected(work).is_some() {
        scan_now(ctx, tx, person, id, (code, aim, None))?
    } else if work.part.location.is_none() && work.check_open().is_ok() {
        // One item too many, scanned once more, is no place.
        if is_an_item(tx, code)? {
            return Err(PickupRefused::NothingToPick.into());
        }
        stage_now(ctx, tx, person, id, code)?
    } else {
        work.check_open()?;
        return Err(PickupRefused::NotIdentified.into());
    };
    Ok(ScanSaid {
        note: done.note,
        fulfilment_id: id,
        others: Vec::new(),
    })
}

/// Finds pickups by the number of their order, else by the customer's name. What was typed is
/// repeated only if it is a number: what is said stays stored.
fn look_up(ctx: &Context, tx: &mut Tx, typed: &str) -> Result<ScanSaid, PickupError> {
    if let Some(id) = store::by_reference(tx, typed)?.first() {
        return Ok(ScanSaid {
            note: Some(format!("{typed}: open it")),
            fulfilment_id: *id,
            others: Vec::new(),
        });
    }
    let mut found = names::find(ctx, tx, typed)?.into_iter();
    let fulfilment_id = found.next().ok_or(PickupRefused::Unknown)?;
    Ok(ScanSaid {
        note: None,
        fulfilment_id,
        others: found.collect(),
    })
}

fn person_at(ctx: &Context, tx: &mut Tx, register: RegisterId) -> Result<Person, PickupError> {
    let member = staff::person_at(tx, register, ctx.now_ms())?;
    let member = member.ok_or(PickupError::NobodySignedIn)?;
    let permissions = reference::permissions(tx)?;
    Ok(Person::new(member, register, &permissions))
}

/// Tells whether a text is the number of an item, which the place of a bag never is.
fn is_an_item(tx: &mut Tx, code: &str) -> Result<bool, DbError> {
    let (sku, _) = super::loading::product_of(tx, code, None)?;
    Ok(match sku {
        Some(sku) => reference::find_by_sku(tx, &sku)?.is_some(),
        None => false,
    })
}
