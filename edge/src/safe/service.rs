//! Booking at the safe: the fact and its slip in one transaction.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{EdgeNumber, FactId, PrintJobId, StaffId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::shifts::SafeEntry;
use counterpart_protocol::staff::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::receipt::{SafeSlip, safe_slip};
use super::rules::{self, SafeRefused, Told};
use super::store::{self, EntryRow};
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::devices::{NewPrintJob, PrintKind};
use crate::reference;
use crate::staff::{self, ApprovalFailed, Limits, Person};

/// Entries shown: some weeks.
const LISTED: u32 = 100;

/// The safe as pages show it.
#[derive(Debug, Clone)]
pub(crate) struct SafeView {
    /// What should be in it; nothing for whoever is no manager, because the count is blind.
    pub expected_minor: Option<Minor>,
    /// Its last entries, the newest first.
    pub entries: Vec<EntryRow>,
    /// Who made them, by name.
    pub names: BTreeMap<StaffId, String>,
}

/// What was booked, as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct BookedView {
    /// The fact.
    pub fact_id: FactId,
    /// What happened.
    pub entry: SafeEntry,
    /// How much moved, or was counted.
    pub amount_minor: Minor,
    /// The currency of every amount.
    pub currency: Currency,
    /// Counted less expected, for a count.
    pub over_short_minor: Option<Minor>,
    /// Why a count differs.
    pub reason: Option<String>,
    /// Its slip on paper.
    pub print_job_id: PrintJobId,
}

/// Why nothing was booked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SafeError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] SafeRefused),
    /// Nobody approved it.
    #[error(transparent)]
    Approval(#[from] ApprovalFailed),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The fact could not be stated.
    #[error("could not state what happened at the safe")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store the safe's book")]
    Db(#[from] DbError),
}

/// Books what the person says: a manager, or somebody for whom one types their PIN.
///
/// # Errors
///
/// [`SafeError`].
pub(crate) async fn book(
    ctx: &Context,
    person: &Person,
    told: Told,
    approval_pin: Option<String>,
    command: Command,
) -> Result<BookedView, SafeError> {
    let asked = (rules::operation_of(told.entry()), Limits::Within);
    staff::permit_with(ctx, person, asked, approval_pin).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            book_now(&context, tx, &person, &told)
        })
    };
    ctx.db().write(work).await
}

fn book_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    told: &Told,
) -> Result<BookedView, SafeError> {
    let profile = ctx.profile();
    let expected = store::expected(tx, profile.currency)?;
    let booked = rules::book(told, expected, profile.currency)?;
    let place = ctx.place(Some(person.register), Some(person.staff_id));
    let recorded = ctx.replica().record(tx, EdgeNumber::HUB, place, &booked)?;
    let slip = SafeSlip {
        booked: &booked,
        at_ms: ctx.now_ms(),
        register: person.register,
        by: &person.name,
    };
    let document = safe_slip(&profile, &ctx.lang(), &slip);
    let (at_ms, random) = ctx.new_ulid();
    let print_job_id = PrintJobId::from_parts(at_ms, random);
    let job = NewPrintJob {
        job_id: print_job_id,
        register: person.register,
        kind: PrintKind::Report,
        sale_id: None,
        document: &document,
        open_drawer: None,
    };
    ctx.devices().queue_print(tx, &job)?;
    tracing::info!(
        register.id = person.register.0,
        entry = booked.entry.word(),
        "the safe was booked"
    );
    let is_count = booked.entry == SafeEntry::Counted;
    Ok(BookedView {
        fact_id: recorded.fact_id,
        entry: booked.entry,
        amount_minor: booked.amount_minor,
        currency: booked.currency,
        over_short_minor: is_count.then(|| booked.change_minor()),
        reason: booked.reason,
        print_job_id,
    })
}

/// Returns the safe as `role` may see it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn safe(tx: &mut Tx, currency: Currency, role: Role) -> Result<SafeView, DbError> {
    let entries = store::entries(tx, currency, LISTED)?;
    let mut names = BTreeMap::new();
    for staff_id in entries.iter().filter_map(|row| row.staff) {
        if let Some(member) = reference::member_by_id(tx, staff_id)? {
            names.insert(staff_id, member.name);
        }
    }
    let expected = store::expected(tx, currency)?;
    Ok(SafeView {
        expected_minor: (role == Role::Manager).then_some(expected),
        entries,
        names,
    })
}
