//! Folds the facts of sales into the views, and reads them for the pages.

mod papers;
mod sold_to;

pub(super) use sold_to::{SoldToView, buyer};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{EdgeNumber, SaleId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::{ReceiptReprinted, ReceiptUnsigned, SaleRecorded, SaleSigned};
use counterpart_protocol::tax::{Rate, summarise};

use super::store::{self, Invoice, Line, Paid, Receipt, Stated, StatedTax};
use crate::context::Context;
use crate::returns::{self, ReturnOfSale, Waiting};
use crate::stores::{self, StoreName};

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(Sales),
        Box::new(Unsigned),
        Box::new(papers::Papers),
    ]
}

/// The views of received sales.
struct Sales;

impl Projection for Sales {
    fn name(&self) -> &'static str {
        "sales"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded, Kind::ReceiptReprinted]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        if fact.kind() == Some(Kind::ReceiptReprinted) {
            let reprinted: ReceiptReprinted = fact.read()?;
            return Ok(store::count_copy(tx, reprinted.sale_id.to_bytes())?);
        }
        let sale: SaleRecorded = fact.read()?;
        if store::is_known(tx, sale.sale_id.to_bytes())? {
            let reason = format!(
                "the sale {} was stated before by another fact",
                sale.sale_id
            );
            return Err(ProjectionFailed::Content(reason));
        }
        if let Err(wrong) = sale.check() {
            // It happened, so it counts; what does not add up is for whoever looks after the till.
            tracing::error!(
                sale.id = %sale.sale_id,
                edge.id = projected.origin.writer.edge.0,
                reason = %wrong,
                "a sale does not add up"
            );
        }
        let hlc = fact.header.hlc;
        let stated = Stated {
            edge: projected.origin.writer.edge,
            business_date: fact.header.business_date,
            at_ms: i64::try_from(hlc.at_ms()).unwrap_or(i64::MAX),
            hlc: i64::try_from(hlc.0).unwrap_or(i64::MAX),
            staff_id: fact.header.staff.map(|staff| staff.to_bytes()),
        };
        let again = store::has_number(tx, stated.edge, &sale.receipt)?;
        store::count_receipt(
            tx,
            stated.edge,
            &sale.receipt,
            u32::from(!again),
            u32::from(again),
        )?;
        store::put_sale(tx, &stated, &sale)?;
        let (date, total_minor) = (stated.business_date, sale.total_minor.0);
        match store::count_in_day(tx, stated.edge, date, total_minor)? {
            true => Ok(()),
            false => Err(ProjectionFailed::Content(
                "the amount is beyond all money".to_owned(),
            )),
        }
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

/// The view of receipts that lack their fiscal signature.
struct Unsigned;

impl Projection for Unsigned {
    fn name(&self) -> &'static str {
        "unsigned_receipts"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::ReceiptUnsigned, Kind::SaleSigned]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        if fact.kind() == Some(Kind::SaleSigned) {
            let signed: SaleSigned = fact.read()?;
            return Ok(store::forget_unsigned(tx, signed.sale_id.to_bytes())?);
        }
        let unsigned: ReceiptUnsigned = fact.read()?;
        let edge = projected.origin.writer.edge;
        let at_ms = i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        Ok(store::put_unsigned(
            tx,
            unsigned.sale_id.to_bytes(),
            edge,
            at_ms,
        )?)
    }

    fn tables(&self) -> &'static [&'static str] {
        store::UNSIGNED_VIEWS
    }
}

/// A received sale with everything in it.
#[derive(Debug, Clone)]
pub(super) struct SaleView {
    pub(super) receipt: Receipt,
    pub(super) lines: Vec<Line>,
    pub(super) tenders: Vec<Paid>,
    pub(super) taxes: Vec<StatedTax>,
    pub(super) invoices: Vec<Invoice>,
    pub(super) returns: Vec<ReturnOfSale>,
    pub(super) right: RightView,
    pub(super) sold_to: Option<SoldToView>,
    pub(super) store: Option<StoreName>,
    pub(super) cashier: Option<String>,
}

/// Returns a received sale, or nothing if it has not arrived.
pub(super) fn sale(
    context: &Context,
    tx: &mut Tx,
    sale_id: [u8; 16],
) -> Result<Option<SaleView>, DbError> {
    let Some(receipt) = store::by_id(tx, sale_id)? else {
        return Ok(None);
    };
    let stores = stores::names(context, tx)?;
    let cashier = match receipt.staff_id {
        Some(staff_id) => stores::member_names(tx)?.remove(&staff_id),
        None => None,
    };
    let lines = store::lines(tx, sale_id)?;
    Ok(Some(SaleView {
        taxes: taxes_of(tx, sale_id, &lines)?,
        lines,
        tenders: store::tenders(tx, sale_id)?,
        invoices: store::invoices_of(tx, sale_id)?,
        returns: returns::of_sale(tx, sale_id)?,
        sold_to: sold_to::sold_to_view(tx, sale_id)?,
        right: right_view(tx, SaleId::from_bytes(sale_id), receipt.edge, &stores)?,
        store: stores
            .into_iter()
            .find(|store| store.edges.contains(&receipt.edge)),
        cashier,
        receipt,
    }))
}

/// Returns the taxes of a sale: as it stated them, else as they follow from its lines.
fn taxes_of(tx: &mut Tx, sale_id: [u8; 16], lines: &[Line]) -> Result<Vec<StatedTax>, DbError> {
    let stated = store::stated_taxes(tx, sale_id)?;
    if !stated.is_empty() {
        return Ok(stated);
    }
    let rate = |line: &Line| Rate(u32::try_from(line.tax_rate).unwrap_or(0));
    let within = lines
        .iter()
        .map(|line| (rate(line), Minor(line.amount_minor)));
    let sums = summarise(within).unwrap_or_default().into_iter();
    let unnamed = |sum| StatedTax {
        sum,
        parts: Vec::new(),
    };
    Ok(sums.map(unnamed).collect())
}

/// Who may refund a sale, as the hub knows it.
#[derive(Debug, Clone)]
pub(super) struct RightView {
    /// The store that may, by name; its number while it has none.
    pub(super) holder: String,
    /// Since when, in milliseconds UTC; nothing while it never left the store that sold it.
    pub(super) since_ms: Option<i64>,
    /// Who asks for it and waits: the store, since when, and whether it is on its way.
    pub(super) waiting: Vec<(String, Waiting)>,
}

fn right_view(
    tx: &mut Tx,
    sale_id: SaleId,
    seller: EdgeNumber,
    stores: &[StoreName],
) -> Result<RightView, DbError> {
    let held = returns::held(tx, sale_id)?;
    let name = |edge: EdgeNumber| {
        let found = stores.iter().find(|store| store.edges.contains(&edge));
        found.map_or_else(|| format!("edge {}", edge.0), |store| store.name.clone())
    };
    let waiting = returns::waiting(tx, sale_id)?.into_iter();
    Ok(RightView {
        holder: name(held.map_or(seller, |held| held.edge)),
        since_ms: held.map(|held| held.at_ms),
        waiting: waiting.map(|one| (name(one.edge), one)).collect(),
    })
}
