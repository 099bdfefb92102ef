//! Approving what somebody does: by a manager's PIN, or by their badge.

use counterpart_protocol::approvals::{ApprovalBecause, ApprovalGiven, ApprovalRefused, ShownAs};
use counterpart_protocol::badges::Badge;
use counterpart_protocol::facts::Body;
use counterpart_protocol::ids::{EdgeNumber, RegisterId, StaffId};
use counterpart_protocol::staff::{Member, Role};

use super::{Credentials, Person, StaffError, badges, charge, check, give_back, person_at};
use crate::context::Context;
use crate::staff::rules::SignInRefused;

/// Why somebody's PIN did not approve anything.
#[derive(Debug, thiserror::Error)]
pub enum ApprovalFailed {
    /// The PIN was wrong, or the register pauses.
    #[error(transparent)]
    Refused(SignInRefused),
    /// The PIN is an associate's.
    #[error("only a manager can approve this: have one type their PIN")]
    NotAManager,
    /// Nobody showed who approves it.
    #[error("a manager must approve this: have one type their PIN")]
    NeedsManager,
    /// A manager wants to do what another one has to approve, and no other did.
    #[error("another manager must approve this: have one type their PIN")]
    NeedsAnother,
    /// The person may not do it, not even with an approval.
    #[error("you may not do this here: ask a manager to sign in and do it")]
    NotPermitted,
    /// The policies want a PIN.
    #[error("here a badge only signs in: the manager types their PIN to approve")]
    BadgeWantsPin,
    /// It could not be found out.
    #[error("could not check the PIN")]
    Failed(#[source] Box<StaffError>),
}

/// Returns the manager whose PIN was typed at a register, or whose badge was shown there, to
/// approve what somebody does there. It signs nobody in; what is wrong counts as wrong sign-ins do,
/// and what approves nothing is a fact, as is a badge that approves.
///
/// # Errors
///
/// [`ApprovalFailed`].
pub async fn approve(
    ctx: &Context,
    register: RegisterId,
    pin: String,
) -> Result<StaffId, ApprovalFailed> {
    approve_but(ctx, (register, None), pin).await
}

/// Returns the manager who approves what a person does: somebody else, if that is a manager.
///
/// # Errors
///
/// [`ApprovalFailed`].
pub(super) async fn approve_by(
    ctx: &Context,
    person: &Person,
    pin: String,
) -> Result<StaffId, ApprovalFailed> {
    let approved = approve_but(ctx, (person.register, Some(person.staff_id)), pin).await;
    match (approved, person.role) {
        (Err(ApprovalFailed::NotAManager), Role::Manager) => Err(ApprovalFailed::NeedsAnother),
        (approved, _) => approved,
    }
}

async fn approve_but(
    ctx: &Context,
    (register, but): (RegisterId, Option<StaffId>),
    pin: String,
) -> Result<StaffId, ApprovalFailed> {
    let pin = match pin.is_empty() {
        true => ctx.shown_badge(register).unwrap_or_default(),
        false => pin,
    };
    let with = Badge::is_one(&pin).then_some(ShownAs::Badge);
    if with.is_some() {
        badges::may_approve(ctx, register).await?;
    }
    let (because, by) = match approver(ctx, register, pin).await {
        Ok(member) if member.role == Role::Manager && but != Some(member.id) => {
            if let Some(with) = with {
                note_given(ctx, register, member.id, with).await?;
            }
            ctx.forget_shown(register);
            return Ok(member.id);
        }
        Ok(member) => (ApprovalBecause::NotAManager, Some(member.id)),
        Err(ApprovalFailed::Refused(refused)) if refused.is_wrong() => {
            let because = (ApprovalBecause::WrongPin, with);
            let noted = note_refused(ctx, register, because, None).await;
            noted.map_err(|failed| ApprovalFailed::Failed(Box::new(failed)))?;
            return Err(ApprovalFailed::Refused(refused));
        }
        Err(failed) => return Err(failed),
    };
    ctx.forget_shown(register);
    let noted = note_refused(ctx, register, (because, with), by).await;
    noted.map_err(|failed| ApprovalFailed::Failed(Box::new(failed)))?;
    Err(ApprovalFailed::NotAManager)
}

/// States that somebody approved by what they showed.
async fn note_given(
    ctx: &Context,
    register: RegisterId,
    by: StaffId,
    with: ShownAs,
) -> Result<(), ApprovalFailed> {
    let noted = note(ctx, register, ApprovalGiven { by, with }).await;
    noted.map_err(|failed| ApprovalFailed::Failed(Box::new(failed)))
}

/// States that somebody asked for an approval and did not get it: whoever is signed in there.
pub(super) async fn note_refused(
    ctx: &Context,
    register: RegisterId,
    (because, with): (ApprovalBecause, Option<ShownAs>),
    by: Option<StaffId>,
) -> Result<(), StaffError> {
    note(ctx, register, ApprovalRefused { because, by, with }).await
}

/// States something of an approval, by whoever is signed in at the register.
async fn note(
    ctx: &Context,
    register: RegisterId,
    body: impl Body + Send + 'static,
) -> Result<(), StaffError> {
    let context = ctx.clone();
    let noted = ctx.db().write(move |tx| {
        let asked = person_at(tx, register, context.now_ms())?;
        let place = context.place(Some(register), asked.map(|member| member.id));
        let replica = context.replica();
        replica.record(tx, EdgeNumber::HUB, place, &body)?;
        Ok::<_, StaffError>(())
    });
    noted.await
}

/// Returns whose PIN was typed.
async fn approver(
    ctx: &Context,
    register: RegisterId,
    pin: String,
) -> Result<Member, ApprovalFailed> {
    let credentials = Credentials {
        register,
        member: None,
        pin,
    };
    let failed = |error| match error {
        StaffError::Refused(refused) => ApprovalFailed::Refused(refused),
        other => ApprovalFailed::Failed(Box::new(other)),
    };
    let (left, candidates) = charge(ctx, &credentials).await.map_err(failed)?;
    let member = check(credentials, left, candidates).await.map_err(failed)?;
    let given_back = give_back(ctx, register).await;
    given_back.map_err(|error| failed(error.into()))?;
    Ok(member)
}
