//! What a code stands for: goods at the price they have now for whom they are sold to, how much of
//! them the code says it is, and what comes with them.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::barcode::{self, Aim, Scanned};
use counterpart_protocol::catalog::{Product, Traced, Unit};
use counterpart_protocol::ids::{GroupId, RegisterId, Sku};

use super::taxing::rate_of;
use crate::context::Context;
use crate::reference;
use crate::sales::rules::{Item, Measured, Why, item_of, measured, unread};
use crate::sales::store;

/// What a code stands for, and what comes with it.
pub(super) struct Goods {
    pub(super) measured: Measured,
    pub(super) age_min: Option<u8>,
    /// How it is traced, and as what, if the code says so.
    pub(super) traced: Option<(Traced, Option<String>)>,
    /// What goes with each piece: its deposit.
    pub(super) attached: Option<Item>,
}

/// Finds what a code stands for, at the price it has now.
pub(super) fn look_up(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (code, aim): (&[u8], Option<Aim>),
) -> Result<Result<Goods, Why>, DbError> {
    let sold_to = store::sold_to(tx, register)?;
    let group = sold_to.group.as_ref();
    let whole = item_sold_as(ctx, tx, (code, aim), group)?;
    match (&whole, aim, barcode::split_aim(code)) {
        // A scanner that types as a keyboard does sends its identifier as part of the code.
        (Err(Why::Unknown), None, Some((aim, rest))) => {
            item_sold_as(ctx, tx, (rest, Some(aim)), group)
        }
        _ => Ok(whole),
    }
}

fn item_sold_as(
    ctx: &Context,
    tx: &mut Tx,
    (code, aim): (&[u8], Option<Aim>),
    group: Option<&GroupId>,
) -> Result<Result<Goods, Why>, DbError> {
    let scanned = match barcode::read_with(code, aim, ctx.in_store_codes()) {
        Ok(scanned) => scanned,
        Err(refused) => return Ok(Err(unread(&refused))),
    };
    let Some(product) = reference::find_scanned(tx, &scanned)? else {
        return Ok(Err(Why::Unknown));
    };
    let (age_min, goes_with) = (product.age_min, product.goes_with.clone());
    let traced = product.traced.map(|it| (it, number_in(&scanned, it)));
    let amount = scanned.amount(u32::from(ctx.profile().currency.decimals()));
    let item = match priced_item(ctx, tx, product, group)? {
        Ok(item) => item,
        Err(why) => return Ok(Err(why)),
    };
    let attached = match goes_with {
        Some(sku) => attached(ctx, tx, &sku, group)?,
        None => None,
    };
    Ok(Ok(Goods {
        measured: measured(item, amount),
        age_min,
        traced,
        attached,
    }))
}

/// Returns the serial number or lot a code bears: GS1's AI 21 and AI 10.
fn number_in(scanned: &Scanned, traced: Traced) -> Option<String> {
    let Scanned::Elements(elements) = scanned else {
        return None;
    };
    let number = match traced {
        Traced::Serial => elements.serial(),
        Traced::Lot => elements.lot(),
    };
    number.map(str::to_owned)
}

fn priced_item(
    ctx: &Context,
    tx: &mut Tx,
    product: Product,
    group: Option<&GroupId>,
) -> Result<Result<Item, Why>, DbError> {
    let rate = rate_of(ctx, tx, &product.tax_class)?;
    let priced = reference::priced(tx, product, group, ctx.now_ms())?;
    Ok(item_of(Some(priced), rate))
}

/// Finds what goes with goods. Without a price, or gone from the catalogue, nothing does: goods in
/// the customer's hand are sold.
fn attached(
    ctx: &Context,
    tx: &mut Tx,
    sku: &Sku,
    group: Option<&GroupId>,
) -> Result<Option<Item>, DbError> {
    let item = match reference::find_by_sku(tx, sku)? {
        Some(product) => priced_item(ctx, tx, product, group)?,
        None => Err(Why::Unknown),
    };
    if let Err(why) = &item {
        tracing::warn!(sku = %sku, why = why.word(), "what goes with goods cannot be sold");
    }
    Ok(item.ok().filter(|item| item.unit == Unit::Piece))
}
