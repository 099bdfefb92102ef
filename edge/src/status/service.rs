//! Gathers the state of everything this store is made of, in one read.
//!
//! It asks no device and no hub: it reads what they last said.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::measure::measure;
use counterpart_daemon::replica::{LastComparison, Quarantined, Recovery, UpState};
use counterpart_protocol::condition::{Concern, Measured, Urgency};
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sales::OutageReason;

use super::rules::{Known, KnownRecovery, KnownReference, KnownSigner, concerns};
use crate::context::Context;
use crate::days::{self, DayRow, PackedDays};
use crate::devices::{self, DeviceHealth, DrawerOpening, PrintJob, PrintState, RegisterDevices};
use crate::reference::{self, Held};
use crate::signing::{self, Outage};
use crate::sync::LinkState;

/// Quarantined records, print jobs and drawer openings shown.
const SHOWN: u32 = 20;
/// Business days shown.
const DAYS_SHOWN: u32 = 14;

/// The state of a store.
#[derive(Debug, Clone)]
pub(super) struct Status {
    pub(super) now_ms: i64,
    pub(super) link: LinkState,
    pub(super) up: UpState,
    pub(super) edge: Option<EdgeNumber>,
    pub(super) reference: Vec<Held>,
    pub(super) quarantined: Vec<Quarantined>,
    pub(super) registers: Vec<RegisterDevices>,
    /// Prints that wait, are uncertain, or failed, newest first.
    pub(super) prints: Vec<PrintJob>,
    /// Drawer openings, newest first, with the name of who wanted each, for those who may see it.
    pub(super) openings: Vec<(DrawerOpening, Option<String>)>,
    /// The fiscal signer, where this store signs or sales wait for one.
    pub(super) signer: Option<SignerState>,
    /// The newest life, if it began with the data of an earlier one.
    pub(super) recovery: Option<Recovery>,
    /// What the last comparison with the hub came to: of our records, and of the hub's.
    pub(super) compared: [Option<LastComparison>; 2],
    /// Disk, database and backups.
    pub(super) measured: Measured,
    /// When the certificate of the pages ends, where they have one.
    pub(super) pages_end_at_ms: Option<i64>,
    /// The last business days that are over, newest first.
    pub(super) days: Vec<DayRow>,
    /// What lies in packs.
    pub(super) packed: PackedDays,
    pub(super) concerns: Vec<Concern>,
}

/// How the fiscal signer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SignerState {
    /// Whether one is set.
    pub(super) has_signer: bool,
    /// The outage that goes on, if one does.
    pub(super) outage: Option<Outage>,
    /// Paid sales without the signature they should have.
    pub(super) unsigned: u32,
}

/// Who looks at the state of a store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Audience {
    /// Whoever can reach the page: people are not named to them.
    Anybody,
    /// Somebody who works here.
    Staff,
}

/// Reads the state of this store.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn status(context: &Context, audience: Audience) -> Result<Status, DbError> {
    let replica = context.replica().clone();
    let registers = context.devices().all();
    let ids: Vec<_> = registers
        .iter()
        .map(|one| (one.register, one.name.clone()))
        .collect();
    let link = context.link().state();
    let now_ms = context.now_ms();
    let has_signer = context.signer().is_some();
    let pages_end_at_ms = context.machine().pages_end_at_ms();
    let (folder, db) = (context.machine().folder().to_owned(), context.db().clone());
    let measuring = tokio::task::spawn_blocking(move || measure(&folder, &db));
    // A measurement that failed with the program stopping says nothing about the machine.
    let measured = measuring.await.unwrap_or_default();
    let read = context.db().read(move |tx| {
        let mut uncertain = Vec::new();
        for (id, name) in ids {
            let count = devices::uncertain_jobs(tx, id)?.len();
            if count > 0 {
                uncertain.push((name, count));
            }
        }
        let mut status = Status {
            now_ms,
            up: replica.up_state(tx, EdgeNumber::HUB)?,
            edge: replica.identity(tx)?.map(|me| me.writer.edge),
            reference: reference::held(tx)?,
            quarantined: replica.quarantined(tx, SHOWN)?,
            prints: devices::latest_jobs(tx, SHOWN)?,
            openings: openings(tx, audience)?,
            registers,
            link,
            signer: signer(tx, has_signer)?,
            recovery: replica.recovery(tx)?,
            compared: replica.last_comparisons(tx)?,
            measured,
            pages_end_at_ms,
            days: days::latest(tx, DAYS_SHOWN)?,
            packed: days::packed(&replica, tx)?,
            concerns: Vec::new(),
        };
        status.prints.retain(needs_attention);
        status.concerns = concerns(&known(&status, uncertain));
        Ok::<_, DbError>(status)
    });
    read.await
}

/// Returns how the signer stands; nothing where nothing is signed and nothing waits for it.
fn signer(tx: &mut Tx, has_signer: bool) -> Result<Option<SignerState>, DbError> {
    let state = SignerState {
        has_signer,
        outage: signing::outage(tx)?,
        unsigned: signing::unsigned(tx)?,
    };
    let concerns_anybody = has_signer || state.unsigned > 0;
    Ok(concerns_anybody.then_some(state))
}

fn openings(
    tx: &mut Tx,
    audience: Audience,
) -> Result<Vec<(DrawerOpening, Option<String>)>, DbError> {
    let mut named = Vec::new();
    for opening in devices::openings(tx, SHOWN)? {
        let by = opening.by.filter(|_| audience == Audience::Staff);
        let member = by.map(|by| reference::member_by_id(tx, by)).transpose()?;
        named.push((opening, member.flatten().map(|member| member.name)));
    }
    Ok(named)
}

fn needs_attention(job: &PrintJob) -> bool {
    match job.state {
        PrintState::Queued | PrintState::Sending | PrintState::Failed => true,
        PrintState::Uncertain => job.is_unsettled(),
        PrintState::Sent | PrintState::Confirmed => false,
    }
}

fn known(status: &Status, uncertain: Vec<(String, usize)>) -> Known {
    let devices = status.registers.iter().flat_map(|register| {
        register.troubled().into_iter().filter_map(|device| {
            let todo = device.todo.as_ref()?;
            let urgency = match device.health {
                DeviceHealth::Stopped => Urgency::Now,
                DeviceHealth::Soon => Urgency::Soon,
                DeviceHealth::Ready | DeviceHealth::None => return None,
            };
            let sentence = format!("{}. {todo}", device.word);
            Some((register.name.clone(), sentence, urgency))
        })
    });
    Known {
        now_ms: status.now_ms,
        hub_trouble: status.link.trouble.clone(),
        hub_needs_a_person: status.link.needs_a_person,
        contact_at_ms: status.up.contact_at_ms,
        clock_off_ms: status.link.clock_off_ms,
        certificate_ends_at_ms: status.link.certificate_ends_at_ms,
        pages_end_at_ms: status.pages_end_at_ms,
        measured: status.measured,
        waiting: status.up.waiting(),
        quarantined: status.quarantined.len(),
        lost: status.compared.iter().flatten().map(|last| last.lost).sum(),
        reference: status
            .reference
            .iter()
            .map(|held| KnownReference {
                kind: held.kind,
                in_use: held.in_use.map(|(version, _)| version),
                trouble: held.trouble.clone(),
            })
            .collect(),
        devices: devices.collect(),
        recovery: status.recovery.map(|recovery| KnownRecovery {
            opened_at_ms: recovery.opened_at_ms,
            unproven_from_ms: recovery.unproven_from_ms,
            ended_at_ms: recovery.ended_at_ms,
        }),
        signer: status.signer.map(|signer| KnownSigner {
            todo: match (signer.outage, signer.has_signer) {
                (Some(outage), _) => Some(signing::todo(outage.reason)),
                (None, false) => Some(signing::todo(OutageReason::Removed)),
                (None, true) => None,
            },
            unsigned: signer.unsigned,
        }),
        uncertain,
    }
}
