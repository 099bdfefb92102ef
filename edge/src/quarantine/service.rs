//! Lists what was set aside, and lets a record count while the store runs.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{AsideShown, ReadmitRefused, Replica, Said};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::policies::Operation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::reference;
use crate::staff::{self, ApprovalFailed, Limits, Person};
use crate::web::STATUS_TOPIC;

/// The topic that is published when a record was let in.
pub(super) const TOPIC: &str = "quarantine";

/// Records listed: more stand aside only where something is very wrong, and the status counts them.
const LISTED: u32 = 50;

/// Where a record stands: the run of the hub's feed, and its number there.
pub(super) type Place = (u32, u64);

/// A record that was set aside.
pub(super) struct Aside {
    pub(super) shown: AsideShown,
    /// What whoever said it is called here, if it was a person of this store.
    pub(super) by: Option<String>,
}

/// What stands aside, the newest first.
pub(super) struct Listed {
    pub(super) records: Vec<Aside>,
    /// Whether older ones stand aside too.
    pub(super) has_more: bool,
}

/// What letting a record in did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(super) struct Readmitted {
    /// Facts that were folded into every view, which was made anew.
    pub(super) facts: u64,
}

/// Why a record does not count now.
#[derive(Debug, thiserror::Error)]
pub(super) enum QuarantineError {
    /// Nobody approved it.
    #[error(transparent)]
    Approval(#[from] ApprovalFailed),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// It was refused.
    #[error(transparent)]
    Refused(#[from] ReadmitRefused),
    /// The database failed.
    #[error("could not let a record count")]
    Db(#[from] DbError),
}

/// Returns the newest records that the hub sent and this store set aside.
///
/// # Errors
///
/// Those of the database.
pub(super) fn list(replica: &Replica, tx: &mut Tx) -> Result<Listed, DbError> {
    let mut listed = replica.aside(tx, None, LISTED + 1)?;
    let has_more = listed.len() > LISTED as usize;
    listed.truncate(LISTED as usize);
    let mut records = Vec::new();
    for one in listed {
        let record = &one.record;
        let found = replica.aside_one(tx, record.peer, record.feed, record.seq)?;
        if let Some(shown) = found {
            let by = name_of(tx, &shown.said)?;
            records.push(Aside { shown, by });
        }
    }
    Ok(Listed { records, has_more })
}

fn name_of(tx: &mut Tx, said: &Said) -> Result<Option<String>, DbError> {
    let Said::Fact { staff_id, .. } = said else {
        return Ok(None);
    };
    match staff_id.as_ref().and_then(|text| text.parse().ok()) {
        Some(staff_id) => Ok(reference::member_by_id(tx, staff_id)?.map(|member| member.name)),
        None => Ok(None),
    }
}

/// Checks a record of the hub's once more and lets it count if it holds now, for a manager or for
/// somebody for whom one types their PIN. Every view is made anew in one transaction, so nothing
/// else is written meanwhile.
///
/// # Errors
///
/// [`QuarantineError`]; then nothing changed.
pub(super) async fn readmit(
    ctx: &Context,
    person: &Person,
    (run, seq): Place,
    approval_pin: Option<String>,
    command: Command,
) -> Result<Readmitted, QuarantineError> {
    let asked = (Operation::ReadmitRecord, Limits::Within);
    let approved_by = staff::permit_with(ctx, person, asked, approval_pin).await?;
    let by = approved_by.unwrap_or(person.staff_id);
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let readmitted = context.replica().readmit(tx, EdgeNumber::HUB, run, seq)?;
            let live = context.live().clone();
            tx.on_commit(Box::new(move || {
                live.publish(TOPIC);
                live.publish(STATUS_TOPIC);
            }));
            tracing::warn!(
                staff.id = %by,
                register.id = register.0,
                run,
                seq,
                "somebody lets a record of the hub's count"
            );
            let facts = readmitted.rebuilt.facts;
            Ok::<_, QuarantineError>(Readmitted { facts })
        })
    };
    ctx.db().write(work).await
}
