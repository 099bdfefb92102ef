//! Puts labels into the print queue and sends them to another printer.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_hardware::{LabelJob, LabelRefused};
use counterpart_paper::{Label, LabelMedia, ShelfLabel};
use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::catalog::{Product, Unit};
use counterpart_protocol::ids::{PrintJobId, RegisterId, Sku};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::command::{Command, CommandFailed};
use crate::context::Context;
use crate::devices::{self, LabelUse, NewLabelJob, PrintKind, Rerouted};
use crate::reference;

use super::label::{self, Bag, LabelCopy, Parcel};

/// Labels of one command: more are a print shop's work, and hold up everybody else's.
pub(super) const COPIES_MAX: u16 = 100;

/// A label in the queue, as the API answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) struct LabelView {
    /// Its print job.
    pub job_id: PrintJobId,
    /// The register whose printer prints it.
    pub register: RegisterId,
}

/// Why no label was queued or moved.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LabelError {
    /// Nobody sells it here.
    #[error("this store knows no product '{0}'")]
    UnknownProduct(Sku),
    /// It cannot be put on a shelf without a price.
    #[error("'{0}' has no price yet: publish one first")]
    NoPrice(Sku),
    /// None, or more than anybody sticks on.
    #[error("print 1 to {COPIES_MAX} labels at a time")]
    Copies,
    /// The bytes are no label.
    #[error(transparent)]
    Carrier(#[from] LabelRefused),
    /// The register has none.
    #[error("register {0} has no label printer: choose another register")]
    NoPrinter(RegisterId),
    /// It is being printed, on paper or in doubt.
    #[error(
        "this label is being printed, is printed or in doubt: say first at its till what came out"
    )]
    NotWaiting,
    /// There is none.
    #[error("there is no label {0}")]
    Unknown(PrintJobId),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// The database failed.
    #[error("could not read or store labels")]
    Db(#[from] DbError),
}

/// Queues the shelf label of a product with the price of this moment.
///
/// # Errors
///
/// [`LabelError`].
pub(super) async fn shelf(
    ctx: &Context,
    register: RegisterId,
    (sku, copies): (Sku, u16),
    command: Command,
) -> Result<LabelView, LabelError> {
    if !(1..=COPIES_MAX).contains(&copies) {
        return Err(LabelError::Copies);
    }
    let context = ctx.clone();
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let found = reference::find_by_sku(tx, &sku)?;
            let product = found.ok_or_else(|| LabelError::UnknownProduct(sku.clone()))?;
            let product = reference::priced(tx, product, None, context.now_ms())?;
            let label = shelf_label(&context, &product)?;
            let job = LabelJob::of_ours(&label, copies);
            put(
                &context,
                tx,
                register,
                (PrintKind::Label, &product.name),
                &job,
            )
        })
    };
    ctx.db().write(work).await
}

/// Queues a carrier's label as it came.
///
/// # Errors
///
/// [`LabelError`].
pub(super) async fn carrier(
    ctx: &Context,
    register: RegisterId,
    (about, bytes): (String, Vec<u8>),
    command: Command,
) -> Result<LabelView, LabelError> {
    let job = LabelJob::of_carrier(bytes)?;
    let context = ctx.clone();
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            put(
                &context,
                tx,
                register,
                (PrintKind::CarrierLabel, &about),
                &job,
            )
        })
    };
    ctx.db().write(work).await
}

/// Sends a label that waits or failed to a register's printer.
///
/// # Errors
///
/// [`LabelError`].
pub(super) async fn reroute(
    ctx: &Context,
    job_id: PrintJobId,
    register: RegisterId,
    command: Command,
) -> Result<LabelView, LabelError> {
    let context = ctx.clone();
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let job = devices::print_job(tx, job_id)?;
            if !job.is_some_and(|job| job.kind.is_label()) {
                return Err(LabelError::Unknown(job_id));
            }
            match context.devices().reroute(tx, job_id, register)? {
                Rerouted::Queued => Ok(LabelView { job_id, register }),
                Rerouted::NoPrinter | Rerouted::OtherPrinter => {
                    Err(LabelError::NoPrinter(register))
                }
                Rerouted::NotWaiting => Err(LabelError::NotWaiting),
                Rerouted::Unknown => Err(LabelError::Unknown(job_id)),
            }
        })
    };
    ctx.db().write(work).await
}

/// Returns whether some register of this store prints labels of this use.
#[must_use]
pub fn prints(ctx: &Context, near: RegisterId, of: LabelUse) -> bool {
    ctx.devices().prints_labels(near, of).is_some()
}

/// Queues the labels of a parcel's cartons in the caller's transaction, at the register it was
/// packed at or the first that prints such labels, and tells how many; none where no printer is
/// set to.
///
/// # Errors
///
/// Those of the database.
pub fn print_parcel(
    ctx: &Context,
    tx: &mut Tx,
    near: RegisterId,
    parcel: &Parcel<'_>,
    copy: LabelCopy,
) -> Result<u16, DbError> {
    let Some(register) = ctx.devices().prints_labels(near, LabelUse::Cartons) else {
        return Ok(0);
    };
    let (lang, profile) = (ctx.lang(), ctx.profile());
    for number in 1..=parcel.cartons {
        let about = format!("{} {number}/{}", parcel.to, parcel.cartons);
        let label = label::carton((&lang, &profile), parcel, number, copy);
        queue(ctx, tx, register, &about, &label)?;
    }
    Ok(parcel.cartons)
}

/// Queues the label of a bag in the caller's transaction, at the register it was staged at or the
/// first that prints such labels, and tells whether one does.
///
/// # Errors
///
/// Those of the database.
pub fn print_bag(
    ctx: &Context,
    tx: &mut Tx,
    near: RegisterId,
    bag: &Bag<'_>,
    copy: LabelCopy,
) -> Result<bool, DbError> {
    let Some(register) = ctx.devices().prints_labels(near, LabelUse::Pickups) else {
        return Ok(false);
    };
    let (lang, profile) = (ctx.lang(), ctx.profile());
    let label = label::bag((&lang, &profile), bag, copy);
    queue(ctx, tx, register, bag.reference, &label)?;
    Ok(true)
}

fn queue(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    about: &str,
    label: &Label,
) -> Result<(), DbError> {
    let (at_ms, random) = ctx.new_ulid();
    let job = NewLabelJob {
        job_id: PrintJobId::from_parts(at_ms, random),
        register,
        kind: PrintKind::Label,
        about,
        label: &LabelJob::of_ours(label, 1),
    };
    ctx.devices().queue_label(tx, &job)
}

fn put(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (kind, about): (PrintKind, &str),
    label: &LabelJob,
) -> Result<LabelView, LabelError> {
    let (at_ms, random) = ctx.new_ulid();
    let job_id = PrintJobId::from_parts(at_ms, random);
    ctx.devices().queue_label(
        tx,
        &NewLabelJob {
            job_id,
            register,
            kind,
            about,
            label,
        },
    )?;
    Ok(LabelView { job_id, register })
}

fn shelf_label(ctx: &Context, product: &Product) -> Result<Label, LabelError> {
    let profile = ctx.profile();
    let price = product.price_minor;
    let price = price.ok_or_else(|| LabelError::NoPrice(product.sku.clone()))?;
    let (code, decimals) = (profile.currency.code(), profile.currency.decimals());
    let price = ctx.lang().money(price.0, code, decimals);
    let shelf = ShelfLabel {
        name: product.name.clone(),
        price: match product.unit {
            Unit::Piece => price,
            Unit::Kilogram => format!("{price} / kg"),
        },
        sku: product.sku.to_string(),
        gtin: product.gtins.iter().find_map(printable),
        ..ShelfLabel::default()
    };
    let without_bars = ShelfLabel {
        gtin: None,
        ..shelf.clone()
    };
    let label = shelf.label(LabelMedia::SHELF);
    let label = label.or_else(|_| without_bars.label(LabelMedia::SHELF));
    Ok(label.expect("a label without bars has nothing to refuse"))
}

/// A number as it stands on a package: 13 or 8 digits; one of a case is on no shelf.
fn printable(gtin: &Gtin) -> Option<String> {
    let digits = gtin.to_14();
    match digits.strip_prefix("000000") {
        Some(short) => Some(short.to_owned()),
        None => digits.strip_prefix('0').map(str::to_owned),
    }
}
