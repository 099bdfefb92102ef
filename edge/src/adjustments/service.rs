//! States what was put right, in one fact.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{EdgeNumber, FactId, Sku, StaffId};
use counterpart_protocol::policies::Operation;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{AdjustReason, AdjustedLine};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::rules::{self, AdjustRefused, Known};
use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::staff::{self, ApprovalFailed, Limits, Person};
use crate::{reference, stock};

/// Stock that was put right, as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct AdjustedView {
    /// The fact.
    pub fact_id: FactId,
    /// How many products it puts right.
    pub lines: usize,
}

/// A product as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub(super) sku: Sku,
    pub(super) name: String,
    pub(super) unit: Option<Unit>,
    pub(super) on_hand: Milli,
}

/// Why nothing was put right.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdjustError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] AdjustRefused),
    /// Nobody approved it.
    #[error(transparent)]
    Approval(#[from] ApprovalFailed),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The fact could not be stated.
    #[error("could not state what was put right")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store stock")]
    Db(#[from] DbError),
}

/// Puts stock right: by a manager, or by somebody for whom a manager types their PIN.
///
/// # Errors
///
/// [`AdjustError`].
pub(super) async fn adjust(
    ctx: &Context,
    person: &Person,
    (because, lines): (AdjustReason, Vec<AdjustedLine>),
    approval_pin: Option<String>,
    command: Command,
) -> Result<AdjustedView, AdjustError> {
    let asked = (Operation::AdjustStock, Limits::Within);
    let approved_by = staff::permit_with(ctx, person, asked, approval_pin).await?;
    let (context, staff) = (ctx.clone(), person.staff_id);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let what = (because, lines.as_slice());
            adjust_now(&context, tx, (staff, approved_by), what)
        })
    };
    ctx.db().write(work).await
}

fn adjust_now(
    ctx: &Context,
    tx: &mut Tx,
    (staff, approved_by): (StaffId, Option<StaffId>),
    (because, lines): (AdjustReason, &[AdjustedLine]),
) -> Result<AdjustedView, AdjustError> {
    let mut checked = Vec::new();
    for line in lines.iter().take(rules::LINES_MAX + 1) {
        checked.push((line.clone(), known(tx, &line.sku)?));
    }
    let adjusted = rules::adjust(because, &checked, approved_by)?;
    let place = ctx.place(None, Some(staff));
    let recorded = ctx
        .replica()
        .record(tx, EdgeNumber::HUB, place, &adjusted)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(stock::TOPIC)));
    tracing::info!(
        lines = checked.len(),
        reason = because.word(),
        "stock was put right"
    );
    Ok(AdjustedView {
        fact_id: recorded.fact_id,
        lines: checked.len(),
    })
}

fn known(tx: &mut Tx, sku: &Sku) -> Result<Known, DbError> {
    Ok(match reference::find_by_sku(tx, sku)? {
        Some(product) => Known::ByCatalog(product.unit),
        None if stock::on_hand(tx, sku)? != Milli::ZERO => Known::ByShelf,
        None => Known::Nowhere,
    })
}

/// Returns a product with what is on hand; nothing for one this store does not know.
///
/// # Errors
///
/// Those of the database.
pub(super) fn shown(tx: &mut Tx, sku: &Sku) -> Result<Option<Shown>, DbError> {
    let product = reference::find_by_sku(tx, sku)?;
    let on_hand = stock::on_hand(tx, sku)?;
    if product.is_none() && on_hand == Milli::ZERO {
        return Ok(None);
    }
    Ok(Some(Shown {
        unit: product.as_ref().map(|product| product.unit),
        name: product.map_or_else(|| sku.to_string(), |product| product.name),
        sku: sku.clone(),
        on_hand,
    }))
}
