//! What is printed of a parcel that leaves: the slip that goes with it, a label for each carton.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{PrintJobId, RegisterId, StoreId, TransferId};
use serde::{Deserialize, Serialize};

use super::{Done, TransferError, carry_out, views};
use crate::command::Command;
use crate::context::Context;
use crate::devices::{LabelUse, NewPrintJob, PrintKind};
use crate::labels::{self, LabelCopy, Parcel};
use crate::reference;
use crate::staff::Person;
use crate::transfers::rules::{CARTONS_MAX, NotFree, TransferRefused};
use crate::transfers::slip::{Slip, slip};
use crate::transfers::store::{self, Direction, Packing};

/// How many cartons a parcel is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, utoipa::IntoParams,
)]
#[into_params(parameter_in = Query)]
pub(crate) struct Cartons {
    /// How many cartons it is, 1 to 50: each gets a label. 1 unless said.
    #[serde(default)]
    pub cartons: Option<u16>,
}

impl Cartons {
    /// Returns the number.
    pub(super) fn counted(self) -> Result<u16, TransferRefused> {
        let cartons = self.cartons.unwrap_or(1);
        match (1..=CARTONS_MAX).contains(&cartons) {
            true => Ok(cartons),
            false => Err(TransferRefused::Cartons),
        }
    }
}

/// Prints the labels of a parcel that left once more, marked as copies.
///
/// # Errors
///
/// [`TransferError`].
pub(crate) async fn print_labels(
    ctx: &Context,
    person: &Person,
    (id, cartons): (TransferId, Cartons),
    command: Command,
) -> Result<Done, TransferError> {
    let register = person.register;
    carry_out(ctx, command, move |ctx, tx| {
        let cartons = cartons.counted()?;
        if store::packing(tx)?.iter().any(|packing| packing.id == id) {
            return Err(TransferRefused::NotSent.into());
        }
        let known = store::by_id(tx, id)?.ok_or(TransferRefused::Unknown(id))?;
        if known.direction == Direction::In {
            return Err(TransferRefused::CameHere.into());
        }
        if !labels::prints(ctx, register, LabelUse::Cartons) {
            return Err(TransferRefused::NoLabelPrinter.into());
        }
        let parcel = (id, &known.other_store, known.sent_at_ms, cartons);
        labels_of(ctx, tx, register, parcel, LabelCopy::Again)?;
        Ok(Done { transfer_id: id })
    })
    .await
}

/// Prints the labels of a parcel where a printer is set to.
pub(super) fn labels_of(
    ctx: &Context,
    tx: &mut Tx,
    near: RegisterId,
    (id, to, sent_at_ms, cartons): (TransferId, &StoreId, i64, u16),
    copy: LabelCopy,
) -> Result<(), DbError> {
    let parcel = Parcel {
        number: &id.to_string(),
        to: &views::store_name(tx, to)?,
        sent_at_ms,
        cartons,
    };
    let printed = labels::print_parcel(ctx, tx, near, &parcel, copy)?;
    if printed > 0 {
        tracing::info!(transfer.id = %id, labels = printed, "carton labels were queued");
    }
    Ok(())
}

/// Prints the slip of a parcel where its register has a printer.
pub(super) fn slip_of(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    packing: &Packing,
    packed: &[NotFree],
) -> Result<(), DbError> {
    let registers = ctx.registers();
    let has_printer = registers
        .iter()
        .any(|one| one.id == person.register && one.printer.is_some());
    if !has_printer {
        return Ok(());
    }
    let mut lines = Vec::new();
    for line in packed {
        let product = reference::find_by_sku(tx, &line.sku)?;
        let sku = line.sku.to_string();
        let name = product.map_or_else(|| sku.clone(), |product| product.name);
        lines.push((name, sku, line.packed));
    }
    let lang = ctx.lang();
    let document = slip(
        &lang,
        &Slip {
            number: &packing.id.to_string(),
            from: &ctx.profile().name,
            to: &views::store_name(tx, &packing.to)?,
            sent: lang.date_time(ctx.now_ms(), &ctx.profile().time_zone),
            lines: &lines,
        },
    );
    let (at_ms, random) = ctx.new_ulid();
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id: PrintJobId::from_parts(at_ms, random),
            register: person.register,
            kind: PrintKind::Report,
            sale_id: None,
            document: &document,
            open_drawer: None,
        },
    )
}
