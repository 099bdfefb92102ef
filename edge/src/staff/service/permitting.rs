//! Asking whether somebody may do something, and who approves it: the one way every operation goes.

use std::sync::{Arc, OnceLock};

use counterpart_protocol::approvals::{OperationApproved, OperationRefused};
use counterpart_protocol::facts::Body;
use counterpart_protocol::ids::{EdgeNumber, RegisterId, StaffId};
use counterpart_protocol::policies::{Operation, Permission};
use counterpart_protocol::staff::Role;

use super::approving::{ApprovalFailed, approve_by};
use super::{Person, StaffError};
use crate::context::Context;
use crate::staff::rules::{self, Approver, Limits, Verdict};

/// What a request brought along to have something approved, and where is said what is missing.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct AtHand {
    /// The PIN a manager typed for this one request.
    pub pin: Option<String>,
    /// Where is noted that somebody must approve first, if the request's page can ask.
    pub asked: Option<Arc<OnceLock<Asked>>>,
}

/// What somebody must approve first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The operation.
    pub operation: Operation,
    /// Where.
    pub register: RegisterId,
    /// Who wants to do it.
    pub staff_id: StaffId,
    /// Why what was shown did not approve it; nothing where nobody showed anything.
    pub why_not: Option<String>,
}

/// Shows that a PIN came along, never which.
impl std::fmt::Debug for AtHand {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AtHand").finish_non_exhaustive()
    }
}

/// Decides whether a person may do an operation now. Returns who approved it, if somebody had to:
/// a PIN or badge that came with the request, or a badge that was shown at the register.
///
/// # Errors
///
/// [`ApprovalFailed::NeedsManager`], [`ApprovalFailed::NeedsAnother`] and
/// [`ApprovalFailed::NotPermitted`] say who may; the others that nobody approved it.
pub(crate) async fn permit(
    ctx: &Context,
    person: &Person,
    operation: Operation,
) -> Result<Option<StaffId>, ApprovalFailed> {
    let permitted = permit_with(ctx, person, (operation, Limits::Within), None).await;
    let Err(failed) = &permitted else {
        return permitted;
    };
    let why_not = match failed {
        ApprovalFailed::NeedsManager | ApprovalFailed::NeedsAnother => None,
        ApprovalFailed::Refused(_)
        | ApprovalFailed::NotAManager
        | ApprovalFailed::BadgeWantsPin => Some(failed.to_string()),
        ApprovalFailed::NotPermitted | ApprovalFailed::Failed(_) => return permitted,
    };
    if let Some(asked) = &person.at_hand.asked {
        // Whatever was asked first is asked first: the rest follows when it is tried again.
        asked.get_or_init(|| Asked {
            operation,
            register: person.register,
            staff_id: person.staff_id,
            why_not,
        });
    }
    permitted
}

/// Decides like [`permit`], for an operation with limits of its own and a field for the PIN.
///
/// # Errors
///
/// Those of [`permit`].
pub(crate) async fn permit_with(
    ctx: &Context,
    person: &Person,
    (operation, limits): (Operation, Limits),
    pin: Option<String>,
) -> Result<Option<StaffId>, ApprovalFailed> {
    let pin = shown(ctx, person, pin);
    let by = match pin {
        Some(_) => Approver::Shown,
        None => Approver::Nobody,
    };
    let permission = person.may(operation);
    match rules::decide(permission, limits, by) {
        Verdict::Allowed => Ok(None),
        Verdict::NeedsApproval => Err(match person.role {
            Role::Associate => ApprovalFailed::NeedsManager,
            Role::Manager => ApprovalFailed::NeedsAnother,
        }),
        Verdict::Refused => {
            let operation = operation.word().to_owned();
            note(ctx, person, OperationRefused { operation }).await?;
            Err(ApprovalFailed::NotPermitted)
        }
        Verdict::IfApproved => {
            let pin = pin.unwrap_or_default();
            let by = approve_by(ctx, person, pin).await?;
            if permission == Permission::WithManager && !rules::names_approver(operation) {
                let operation = operation.word().to_owned();
                note(ctx, person, OperationApproved { operation, by }).await?;
            }
            Ok(Some(by))
        }
    }
}

/// Returns what stands for an approval: what was typed for it, what came with the request, or a
/// badge that was shown at the register.
pub(crate) fn shown(ctx: &Context, person: &Person, typed: Option<String>) -> Option<String> {
    let typed = typed.filter(|pin| !pin.is_empty());
    let at_hand = || person.at_hand.pin.clone();
    typed
        .or_else(at_hand)
        .or_else(|| ctx.shown_badge(person.register))
}

async fn note(
    ctx: &Context,
    person: &Person,
    body: impl Body + Send + 'static,
) -> Result<(), ApprovalFailed> {
    let place = (Some(person.register), Some(person.staff_id));
    let context = ctx.clone();
    let noted = ctx.db().write(move |tx| {
        let place = context.place(place.0, place.1);
        context
            .replica()
            .record(tx, EdgeNumber::HUB, place, &body)?;
        Ok::<_, StaffError>(())
    });
    let noted = noted.await;
    noted.map_err(|failed| ApprovalFailed::Failed(Box::new(failed)))
}
