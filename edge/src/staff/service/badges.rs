//! Badges: whose one is, showing it at a register, and forgetting it.
//!
//! A badge that is read by the register's own scanner waits for what somebody presses next: the
//! sign-in, or the key of what is to be approved.

use std::time::Duration;

use counterpart_protocol::approvals::{ApprovalBecause, ShownAs};
use counterpart_protocol::badges::Badge;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::policies::BadgePolicy;
use counterpart_protocol::staff::Member;
use tokio_util::sync::CancellationToken;

use super::approving::note_refused;
use super::{ApprovalFailed, Credentials, StaffError, charge, give_back};
use crate::context::{Context, WhatWasShown};
use crate::reference;
use crate::staff::rules::{Left, SignInRefused};

/// How often badges that were shown and not used are looked for.
const LOOKED_AT: Duration = Duration::from_secs(5);

/// Returns whose badge was shown, of those who may be meant.
pub(super) fn owner(
    text: &str,
    candidates: Vec<Member>,
    left: Left,
) -> Result<Member, SignInRefused> {
    let hash = Badge::read(text).map(|badge| badge.hash());
    let hash = hash.ok_or(SignInRefused::BadgeMisread { left })?;
    let was_taken_back = candidates
        .iter()
        .any(|member| member.badges.revoked.contains(&hash));
    let mut candidates = candidates.into_iter();
    match candidates.find(|member| member.badges.current == Some(hash)) {
        Some(member) => Ok(member),
        None if was_taken_back => Err(SignInRefused::BadgeRevoked { left }),
        None => Err(SignInRefused::WrongBadge { left }),
    }
}

/// Takes a badge that a scanner of a register read: it counts for what is pressed there within a
/// minute. One that does not count is counted as a wrong PIN is, and shown with its reason.
///
/// # Errors
///
/// [`StaffError`]; a refusal is among them, and shown at the register already.
pub async fn badge_shown(
    ctx: &Context,
    register: RegisterId,
    text: String,
) -> Result<(), StaffError> {
    match known(ctx, register, &text).await {
        Ok(member) => {
            let name = member.name;
            ctx.show(register, WhatWasShown::Badge { text, name });
            tracing::info!(register.id = register.0, staff.id = %member.id, "a badge was shown");
            Ok(())
        }
        Err(StaffError::Refused(refused)) => {
            ctx.show(register, WhatWasShown::Refused(refused.to_string()));
            tracing::info!(register.id = register.0, reason = %refused, "a badge was refused");
            Err(refused.into())
        }
        Err(failed) => Err(failed),
    }
}

async fn known(ctx: &Context, register: RegisterId, text: &str) -> Result<Member, StaffError> {
    if ctx.register(register).is_none() {
        let register = register.0;
        return Err(SignInRefused::NoSuchRegister { register }.into());
    }
    let credentials = Credentials {
        register,
        member: None,
        pin: String::new(),
    };
    let (left, candidates) = charge(ctx, &credentials).await?;
    match owner(text, candidates, left) {
        Ok(member) => {
            give_back(ctx, register).await?;
            Ok(member)
        }
        Err(refused) => {
            let because = ApprovalBecause::WrongPin;
            note_refused(ctx, register, (because, Some(ShownAs::Badge)), None).await?;
            Err(refused.into())
        }
    }
}

/// Checks that a badge may approve here at all.
pub(super) async fn may_approve(ctx: &Context, register: RegisterId) -> Result<(), ApprovalFailed> {
    let policies = ctx.db().read(reference::policies).await;
    let policies = policies.map_err(|failed| ApprovalFailed::Failed(Box::new(failed.into())))?;
    match policies.till.badges {
        BadgePolicy::Approves => Ok(()),
        BadgePolicy::SignsIn => {
            ctx.forget_shown(register);
            Err(ApprovalFailed::BadgeWantsPin)
        }
    }
}

/// Forgets badges that were shown and not used, until `stop`.
pub async fn keep_forgetting(ctx: Context, stop: CancellationToken) {
    let mut timer = tokio::time::interval(LOOKED_AT);
    while stop.run_until_cancelled(timer.tick()).await.is_some() {
        ctx.forget_old_shown();
    }
}
