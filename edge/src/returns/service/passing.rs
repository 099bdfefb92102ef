//! Refund rights: asking for that of another store's sale, and passing on what this store holds.
//!
//! It is given away before anybody else has it: from the fact on nothing of the sale is refunded
//! here, however long the hub and the other store take to hear of it.

use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::is_recovering;
use counterpart_protocol::ids::{EdgeNumber, FactId, SaleId, StoreId};
use counterpart_protocol::returns::{CameBack, RefundRightAsked, RefundRightPassed};
use counterpart_protocol::sales::ReceiptNumber;
use tokio_util::sync::CancellationToken;

use super::{ReturnError, TOPIC, exchanging};
use crate::command::Command;
use crate::context::Context;
use crate::returns::rules::ReturnRefused;
use crate::returns::store::{self, Ask, Wanted};
use crate::sales::{self, Sold};
use crate::staff::Person;
use crate::{reference, shifts};

/// Rights passed on in one transaction.
const RIGHTS_AT_ONCE: u32 = 50;
/// How often somebody looks without being woken: a return that waited for its terminal is over.
const LOOK: Duration = Duration::from_secs(30);

/// What became of asking for a right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The hub is asked.
    Asked(Ask),
    /// This store may refund the sale already.
    Here(SaleId),
}

/// Asks the hub for the right to refund a sale of another store, as soon as the line is there.
///
/// # Errors
///
/// [`ReturnError::NotANumber`], [`ReturnRefused::UnknownStore`]; those of the database.
pub(crate) async fn ask_right(
    ctx: &Context,
    person: &Person,
    (store, receipt): (StoreId, String),
    command: Command,
) -> Result<Asked, ReturnError> {
    let receipt = super::finding::number(ctx, &receipt)?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        let ask = command.once(tx, context.now_ms(), |tx| {
            ask_now(&context, tx, &person, (&store, receipt))
        })?;
        let found = match ask {
            Some(ask) => store::ask_by_id(tx, ask)?,
            None => None,
        };
        match found {
            Some(ask) => Ok(Asked::Asked(ask)),
            None => {
                let sale_id = held(tx, &store, receipt)?;
                let sale_id = sale_id.ok_or(ReturnError::NoSuchReceipt(receipt))?;
                Ok(Asked::Here(sale_id))
            }
        }
    };
    ctx.db().write(work).await
}

/// Returns the fact that asks; nothing when this store may refund the sale already.
fn ask_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    (store, receipt): (&StoreId, ReceiptNumber),
) -> Result<Option<FactId>, ReturnError> {
    shifts::open_shift(tx, person.register)?.ok_or(ReturnError::TillClosed)?;
    if held(tx, store, receipt)?.is_some() {
        return Ok(None);
    }
    let here = ctx.profile().store_id.clone();
    let nearby = reference::stores_nearby(tx)?;
    if *store != here && !nearby.iter().any(|(known, _)| known == store) {
        return Err(ReturnRefused::UnknownStore(store.to_string()).into());
    }
    if let Some(open) = store::open_ask(tx, store, receipt)? {
        return Ok(Some(open.ask));
    }
    let place = ctx.place(Some(person.register), Some(person.staff_id));
    let body = RefundRightAsked {
        store: store.clone(),
        receipt,
    };
    let recorded = ctx.replica().record(tx, EdgeNumber::HUB, place, &body)?;
    tracing::info!(register.id = person.register.0, %receipt, "a refund right was asked for");
    Ok(Some(recorded.fact_id))
}

/// Returns the sale of a receipt, if this store may refund it.
fn held(
    tx: &mut Tx,
    store: &StoreId,
    receipt: ReceiptNumber,
) -> Result<Option<SaleId>, ReturnError> {
    let foreign = store::foreign_receipt(tx, store, receipt)?;
    let Some(sale_id) = foreign else {
        return Ok(None);
    };
    let right = store::right_of(tx, sale_id)?;
    Ok(right.filter(|right| right.is_here).map(|_| sale_id))
}

/// Returns a sale this store made, or another one made and this store got the right to refund.
///
/// # Errors
///
/// [`ReturnRefused::PassedOn`] when another store has the right; [`ReturnRefused::OtherCurrency`];
/// [`ReturnError::NoSuchSale`]; those of the database.
pub(crate) fn refundable(ctx: &Context, tx: &mut Tx, sale_id: SaleId) -> Result<Sold, ReturnError> {
    let sold = sold_anywhere(tx, sale_id)?.ok_or(ReturnError::NoSuchSale(sale_id))?;
    let right = store::right_of(tx, sale_id)?;
    if let Some(right) = right.filter(|right| !right.is_here) {
        let at = ctx.lang().date_time(right.at_ms, &ctx.profile().time_zone);
        let nearby = reference::stores_nearby(tx)?;
        let named = nearby.into_iter().find(|(id, _)| *id == right.other_store);
        let name = named.map_or_else(|| right.other_store.to_string(), |(_, name)| name);
        return Err(ReturnRefused::PassedOn(name, at).into());
    }
    let (paid, here) = (sold.sale.currency, ctx.profile().currency);
    match paid == here {
        true => Ok(sold),
        false => Err(ReturnRefused::OtherCurrency { paid, here }.into()),
    }
}

/// Returns a sale of this store, or one of another it got the right to refund.
pub(crate) fn sold_anywhere(tx: &mut Tx, sale_id: SaleId) -> Result<Option<Sold>, DbError> {
    if let Some(sold) = sales::sold(tx, sale_id)? {
        return Ok(Some(sold));
    }
    let granted = store::foreign_sale(tx, sale_id)?;
    Ok(granted.map(|granted| Sold {
        back: None,
        staff: None,
        business_date: granted.passed.business_date,
        sold_at_ms: granted.passed.sold_at_ms,
        sale: granted.passed.sale,
    }))
}

/// Tells whether a sale was made by another store.
pub(super) fn is_foreign(tx: &mut Tx, sale_id: SaleId) -> Result<bool, DbError> {
    Ok(sales::sold(tx, sale_id)?.is_none())
}

/// Passes rights on until `stop`, whenever the hub wants one.
pub async fn keep(context: Context, stop: CancellationToken) {
    let mut changes = context.live().changes();
    loop {
        if let Err(error) = pass_once(&context).await {
            tracing::error!(error = %error, "could not pass a refund right on");
        }
        let woken = async {
            tokio::select! {
                _ = changes.any_of(&[TOPIC]) => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        };
        if stop.run_until_cancelled(woken).await.is_none() {
            return;
        }
    }
}

/// Passes on what the hub wants, as far as nothing of it is being refunded now. Returns how many.
///
/// # Errors
///
/// [`ReturnError`]; nothing of the turn is kept then.
pub async fn pass_once(context: &Context) -> Result<usize, ReturnError> {
    let within = context.clone();
    let work = move |tx: &mut Tx| {
        // A new life does not know yet what the earlier ones refunded or passed on.
        if is_recovering(tx)? {
            return Ok(0);
        }
        let mut passed = 0;
        for wanted in store::wanted(tx, RIGHTS_AT_ONCE)? {
            passed += usize::from(pass(&within, tx, &wanted)?);
        }
        Ok(passed)
    };
    context.db().write(work).await
}

fn pass(ctx: &Context, tx: &mut Tx, wanted: &Wanted) -> Result<bool, ReturnError> {
    let sale_id = wanted.sale_id;
    let right = store::right_of(tx, sale_id)?;
    let is_here = right.as_ref().is_none_or(|right| right.is_here);
    let sold = sold_anywhere(tx, sale_id)?.filter(|_| is_here);
    let Some(sold) = sold else {
        return Ok(false);
    };
    // Somebody stands at a till with it: it goes on once that is over.
    if exchanging::free(tx, sale_id).is_err() {
        return Ok(false);
    }
    let granted = store::foreign_sale(tx, sale_id)?;
    let here = ctx.profile().store_id.clone();
    let own = store::of_sale(tx, sale_id)?;
    let mut before = store::came_back(tx, sale_id)?;
    before.extend(own.iter().map(|it| CameBack::of(&it.recorded)));
    let body = RefundRightPassed {
        ask: wanted.ask,
        to: wanted.to.clone(),
        to_edge: wanted.to_edge,
        turn: right.map_or(0, |right| right.turn).saturating_add(1),
        sold_by: granted.map_or(here, |granted| granted.passed.sold_by),
        sold_at_ms: sold.sold_at_ms,
        business_date: sold.business_date,
        sale: sold.sale,
        before,
    };
    let place = ctx.place(None, None);
    ctx.replica().record(tx, EdgeNumber::HUB, place, &body)?;
    tracing::info!(sale.id = %sale_id, to = %wanted.to, "a refund right was passed on");
    Ok(true)
}
