//! Pickups carried out: load the order, decide, state facts, wake who must see it: one transaction.

mod background;
mod bell;
mod breaking;
mod handing;
mod loading;
mod names;
mod picking;
mod screens;
mod shelf;
mod views;

pub use background::{Progress, keep, run_once};
pub use bell::new_pickups;
pub use breaking::break_allocation;
pub use names::{NamesProgress, fetch_names};
pub use screens::{ScanTarget, left_for_the_till, scan_target, scanned};

pub(crate) use bell::heard;
pub(crate) use handing::{Proving, Shown, hand_over, identify, refuse};
pub(crate) use names::CustomerName;
pub(crate) use picking::{accept, finish_picking, label_again, reprint, scan, short, stage};
pub(crate) use screens::{Opening, open, scan_here};
pub(crate) use shelf::{finish_put_away, scan_put_away};
pub(crate) use views::{
    CardLineView, Counts, ListView, PickupCard, PickupView, Waiting, WorkLine, among, list,
    list_counts, one,
};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Recorded, ReplicaFailed, is_recovering};
use counterpart_protocol::facts::{Body, BodyRefused, Kind};
use counterpart_protocol::ids::{FulfilmentId, OrderId, Sku};
use counterpart_protocol::quantity::Milli;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::TOPIC;
use super::rules::PickupRefused;
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::staff::{ApprovalFailed, Person};
use loading::{Loaded, load};

/// Why nothing was done with a pickup.
#[derive(Debug, thiserror::Error)]
pub enum PickupError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] PickupRefused),
    /// This store has no such pickup.
    #[error("this store has no pickup {0}")]
    NoSuchPickup(FulfilmentId),
    /// Nobody is signed in at the register whose scanner it was.
    #[error("nobody is signed in at this register: sign in, then scan again")]
    NobodySignedIn,
    /// The manager's PIN was not believed.
    #[error(transparent)]
    Approval(#[from] ApprovalFailed),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// A fact could not be stated or read.
    #[error("could not state what became of a pickup")]
    Replica(#[from] ReplicaFailed),
    /// A fact of the order says what cannot be read.
    #[error("could not read a fact of the order")]
    Unreadable(#[from] BodyRefused),
    /// The database failed.
    #[error("could not read or store pickups")]
    Db(#[from] DbError),
}

/// What became of a pickup by a command. It holds no name: it is kept to answer a repeated command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct Done {
    /// The part.
    pub fulfilment_id: FulfilmentId,
    /// Its order.
    pub order_id: OrderId,
    /// How far it is now, in a word.
    pub stage: String,
    /// What to tell the person, if there is something to tell.
    pub note: Option<String>,
    /// What is left of each line.
    pub lines: Vec<LineLeft>,
}

/// What is left of a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct LineLeft {
    /// Its number.
    pub line: u16,
    /// What.
    pub sku: Sku,
    /// Still to be found and scanned.
    pub to_scan_milli: Milli,
    /// Scanned, and in no fact yet.
    pub scanned_milli: Milli,
    /// In the bag.
    pub bag_milli: Milli,
    /// With the customer.
    pub handed_over_milli: Milli,
    /// Still to be put away.
    pub to_put_away_milli: Milli,
}

/// Carries a command out once, in one transaction.
async fn carry_out<T>(
    ctx: &Context,
    command: Command,
    work: impl FnOnce(&Context, &mut Tx) -> Result<T, PickupError> + Send + 'static,
) -> Result<T, PickupError>
where
    T: Serialize + DeserializeOwned + Send + 'static,
{
    let context = ctx.clone();
    ctx.db()
        .write(move |tx| command.once(tx, context.now_ms(), |tx| work(&context, tx)))
        .await
}

/// Tells whether a fact uses units up that an earlier life of this store may have used up already.
const fn consumes(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::HandedOver | Kind::LinesShorted | Kind::UnitsReleased | Kind::AllocationBroken
    )
}

/// States a fact about a part under its custody's epoch.
fn state<B: Body>(
    ctx: &Context,
    tx: &mut Tx,
    loaded: &Loaded,
    person: Option<&Person>,
    body: &B,
) -> Result<Recorded, PickupError> {
    if consumes(B::KIND) && is_recovering(tx)? {
        return Err(PickupRefused::Recovering.into());
    }
    let place = ctx.place(
        person.map(|person| person.register),
        person.map(|person| person.staff_id),
    );
    let epoch = loaded.work.part.epoch;
    let recorded = ctx
        .replica()
        .record_order(tx, loaded.order_id, epoch, place, body)?;
    tracing::info!(
        order.id = %loaded.order_id,
        fulfilment.id = %loaded.fulfilment_id,
        fact = B::KIND.word(),
        "stated a fact of a pickup"
    );
    Ok(recorded)
}

/// Returns how a part is now, and wakes the pages that show it.
fn done(
    ctx: &Context,
    tx: &mut Tx,
    fulfilment_id: FulfilmentId,
    note: Option<String>,
) -> Result<Done, PickupError> {
    shelf::settle_tasks(ctx, tx, fulfilment_id)?;
    let loaded = load(ctx, tx, fulfilment_id)?;
    wake(ctx, tx);
    let lines = loaded.work.lines.iter().map(|line| LineLeft {
        line: line.line,
        sku: line.count.sku.clone(),
        to_scan_milli: line.to_scan(),
        scanned_milli: line.scanned_milli(),
        bag_milli: line.count.in_the_bag(),
        handed_over_milli: line.count.handed_over,
        to_put_away_milli: line.to_put_away(),
    });
    Ok(Done {
        fulfilment_id,
        order_id: loaded.order_id,
        stage: loaded.work.part.stage().word().to_owned(),
        note,
        lines: lines.collect(),
    })
}

/// Tells the pages once it is durable.
fn wake(ctx: &Context, tx: &mut Tx) {
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(TOPIC)));
}
