//! Handing over: who is here, what they get, what they leave.

use counterpart_daemon::db::Tx;
use counterpart_protocol::codes::{KeyId, PublicKey, SignedCode};
use counterpart_protocol::ids::{FulfilmentId, StaffId};
use counterpart_protocol::orders::{CancelDeclined, HandedOver, HandoverCheck, ReleaseReason};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::quantity::Milli;
use serde::{Deserialize, Serialize};

use super::loading::{Loaded, at, load};
use super::picking::state_scans;
use super::{Done, PickupError, carry_out, done, state};
use crate::command::Command;
use crate::context::Context;
use crate::pickups::rules::{self, PickupRefused};
use crate::pickups::store::{self, Proof};
use crate::reference;
use crate::staff::{self, Limits, Person};

/// What the person at the counter shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The signed code.
    Code(String),
    /// The six digits.
    Digits(String),
    /// A document with their name; a manager's PIN approves it, unless a manager looks at it.
    Document {
        /// The PIN of the manager who approves.
        approval_pin: Option<String>,
    },
}

/// How a person is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proving {
    /// For which part; a code says it itself.
    pub fulfilment_id: Option<FulfilmentId>,
    /// What is shown.
    pub shown: Shown,
}

/// A person was found to be the right one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Identified {
    /// For which part.
    pub fulfilment_id: FulfilmentId,
    /// How.
    pub checked_by: HandoverCheck,
    /// What people call the order.
    pub reference: String,
}

/// Checks who is here. Wrong digits are counted whatever happens afterwards.
///
/// # Errors
///
/// [`PickupError`], each refusal with its own sentence.
pub(crate) async fn identify(
    ctx: &Context,
    person: &Person,
    proving: Proving,
    command: Command,
) -> Result<Identified, PickupError> {
    let approved_by = approval(ctx, person, &proving.shown).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let taken = ctx.db().write(move |tx| {
        let tried = command.once(tx, context.now_ms(), |tx| {
            identify_now(&context, tx, &person, &proving, approved_by)
        });
        match (tried, proving.fulfilment_id) {
            (Err(PickupError::Refused(wrong @ PickupRefused::WrongDigits { .. })), Some(id)) => {
                // The count must be kept: an error would roll it back.
                let counted = store::attempts(tx, id)?.counted(context.now_ms());
                store::put_attempts(tx, id, counted)?;
                Ok(Err(wrong))
            }
            (Ok(identified), _) => Ok(Ok(identified)),
            (Err(failed), _) => Err(failed),
        }
    });
    Ok(taken.await??)
}

/// Hands over what was checked: these lines, or everything that waits.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn hand_over(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    chosen: Option<Vec<(u16, Milli)>>,
    command: Command,
) -> Result<Done, PickupError> {
    staff::permit(ctx, person, Operation::HandOver).await?;
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let loaded = load(ctx, tx, id)?;
        loaded.work.check_open()?;
        let proof = store::proof(tx, id)?
            .filter(|proof| proof.register == person.register)
            .filter(|proof| rules::valid_proof(proof.checked_at_ms, ctx.now_ms()))
            .ok_or(PickupRefused::NotIdentified)?;
        state_scans(ctx, tx, &loaded, Some(&person))?;
        let loaded = load(ctx, tx, id)?;
        let units = rules::hand_over(&loaded.work, chosen.as_deref())?;
        let handed = HandedOver {
            fulfilment_id: id,
            units,
            checked_by: proof.checked_by,
            approved_by: proof.approved_by,
        };
        state(ctx, tx, &loaded, Some(&person), &handed)?;
        decline_late(ctx, tx, id, Some(&person))?;
        let loaded = load(ctx, tx, id)?;
        let note = match loaded.work.bag().as_str() {
            "nothing" => {
                store::drop_proof(tx, id)?;
                format!("{} is handed over", loaded.work.reference)
            }
            left => format!("handed over; still here: {left}"),
        };
        done(ctx, tx, id, Some(note))
    })
    .await
}

/// Notes what the customer leaves here: it is a task until it is scanned back on the shelf.
///
/// # Errors
///
/// [`PickupError`].
pub(crate) async fn refuse(
    ctx: &Context,
    person: &Person,
    id: FulfilmentId,
    chosen: Option<Vec<(u16, Milli)>>,
    command: Command,
) -> Result<Done, PickupError> {
    let person = person.clone();
    carry_out(ctx, command, move |ctx, tx| {
        let loaded = load(ctx, tx, id)?;
        state_scans(ctx, tx, &loaded, Some(&person))?;
        let loaded = load(ctx, tx, id)?;
        let units = rules::refuse_units(&loaded.work, chosen.as_deref())?;
        for unit in &units {
            let because = ReleaseReason::Refused;
            store::want_put_away(tx, id, unit, because, ctx.now_ms())?;
        }
        let note = "put it back on the shelf: scan each item there".to_owned();
        done(ctx, tx, id, Some(note))
    })
    .await
}

/// Says that a cancellation came too late for what the customer has.
pub(super) fn decline_late(
    ctx: &Context,
    tx: &mut Tx,
    id: FulfilmentId,
    person: Option<&Person>,
) -> Result<bool, PickupError> {
    let loaded = load(ctx, tx, id)?;
    let units = rules::declined(&loaded.work);
    if units.is_empty() {
        return Ok(false);
    }
    let declined = CancelDeclined {
        fulfilment_id: id,
        units,
    };
    state(ctx, tx, &loaded, person, &declined)?;
    Ok(true)
}

pub(super) fn identify_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    proving: &Proving,
    approved_by: Option<StaffId>,
) -> Result<Identified, PickupError> {
    let (loaded, epoch) = match &proving.shown {
        Shown::Code(code) => {
            let (loaded, epoch) = of_code(ctx, tx, code, proving.fulfilment_id)?;
            (loaded, Some(epoch))
        }
        Shown::Digits(_) | Shown::Document { .. } => {
            let id = proving.fulfilment_id.ok_or(PickupRefused::Unknown)?;
            (load(ctx, tx, id)?, None)
        }
    };
    // What was scanned is in the bag: the customer need not wait for somebody to say so.
    state_scans(ctx, tx, &loaded, Some(person))?;
    let loaded = load(ctx, tx, loaded.fulfilment_id)?;
    rules::identify(&loaded.work, epoch, ctx.now_ms(), |ended| at(ctx, ended))?;
    let (id, checked_by) = (loaded.fulfilment_id, check_of(&proving.shown));
    if let Shown::Digits(typed) = &proving.shown {
        check_digits(ctx, tx, &loaded, typed)?;
    }
    let proof = Proof {
        register: person.register,
        checked_by,
        approved_by,
        checked_at_ms: ctx.now_ms(),
    };
    store::put_proof(tx, id, proof)?;
    super::wake(ctx, tx);
    tracing::info!(
        order.id = %loaded.order_id,
        fulfilment.id = %id,
        checked_by = checked_by.word(),
        "checked who picks up"
    );
    Ok(Identified {
        fulfilment_id: id,
        checked_by,
        reference: loaded.work.reference.clone(),
    })
}

fn check_of(shown: &Shown) -> HandoverCheck {
    match shown {
        Shown::Code(_) => HandoverCheck::Code,
        Shown::Digits(_) => HandoverCheck::Digits,
        Shown::Document { .. } => HandoverCheck::Document,
    }
}

/// Reads a code, and loads the part it is for.
fn of_code(
    ctx: &Context,
    tx: &mut Tx,
    code: &str,
    open: Option<FulfilmentId>,
) -> Result<(Loaded, u32), PickupError> {
    let code = code.trim();
    if ctx.training().is_some() {
        return Err(PickupRefused::Training.into());
    }
    let signer = match SignedCode::key_of(code) {
        Ok(key_id) => reference::key(tx, key_id)?,
        Err(refused) => return Err(PickupRefused::Code(refused).into()),
    };
    let find = |_: KeyId| -> Option<PublicKey> { signer.as_ref().map(|key| key.public_key) };
    let code = SignedCode::read(code, find).map_err(PickupRefused::Code)?;
    if let Some(signer) = &signer {
        signer.fits_on(code.date).map_err(PickupRefused::Key)?;
    }
    let id = rules::about(&code, &ctx.profile().store_id)?;
    let loaded = match load(ctx, tx, id) {
        Err(PickupError::NoSuchPickup(_)) => return Err(PickupRefused::Unknown.into()),
        loaded => loaded?,
    };
    match open {
        Some(open) if open != id => Err(PickupRefused::OtherPickup {
            reference: loaded.work.reference,
        }
        .into()),
        Some(_) | None => Ok((loaded, code.epoch)),
    }
}

fn check_digits(
    ctx: &Context,
    tx: &mut Tx,
    loaded: &Loaded,
    typed: &str,
) -> Result<(), PickupError> {
    let id = loaded.fulfilment_id;
    let attempts = store::attempts(tx, id)?;
    attempts.check(ctx.now_ms())?;
    let digits = loaded.work.part.digits.ok_or(PickupRefused::NoDigits)?;
    match digits.check(typed).map_err(PickupRefused::Digits)? {
        true => Ok(store::drop_attempts(tx, id)?),
        false => {
            let left = attempts.counted(ctx.now_ms()).left();
            Err(PickupRefused::WrongDigits { left }.into())
        }
    }
}

/// Returns who approves a document: a manager who is at the register, or one who types their PIN.
async fn approval(
    ctx: &Context,
    person: &Person,
    shown: &Shown,
) -> Result<Option<StaffId>, PickupError> {
    let Shown::Document { approval_pin } = shown else {
        return Ok(None);
    };
    let asked = (Operation::HandOverByDocument, Limits::Within);
    let approved_by = staff::permit_with(ctx, person, asked, approval_pin.clone()).await?;
    Ok(Some(approved_by.unwrap_or(person.staff_id)))
}
