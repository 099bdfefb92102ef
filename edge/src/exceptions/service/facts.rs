//! The facts that raise an exception, side by side and in words.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{self, order_facts};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{EdgeNumber, FactId, OrderId, SaleId, Sku, StoredId};
use counterpart_protocol::orders::{
    AllocationBroken, CancelRequested, HandedOver, LinesShorted, OrderCancelled, Units,
};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::source;

use super::{ExceptionError, FactView};
use crate::transfers::Difference;
use crate::written::{moment, spelled};
use crate::{reference, returns, stored};

/// Returns the facts of an order that raise an exception, as they are named.
pub(super) fn facts_of_order(
    tx: &mut Tx,
    order_id: OrderId,
    raising: &[FactId],
) -> Result<Vec<FactView>, ExceptionError> {
    let me = replica::own_edge(tx)?;
    let stated = order_facts(tx, order_id)?;
    let mut facts = Vec::new();
    for fact_id in raising.iter().copied() {
        let of_order = stated.iter().find(|one| one.fact.header.id == fact_id);
        let view = match of_order {
            Some(one) => fact_view(tx, &one.fact, by(one.writer.edge, me))?,
            // What took the goods stands in this store's own journal.
            None => match replica::fact(tx, fact_id)? {
                Some(fact) => fact_view(tx, &fact, "this store")?,
                None => unknown(fact_id),
            },
        };
        facts.push(view);
    }
    Ok(facts)
}

/// Puts both ends of a parcel side by side, with what people call the store it came from.
pub(super) fn ends(
    tx: &mut Tx,
    both: &Difference,
) -> Result<(Vec<FactView>, String), ExceptionError> {
    let nearby = reference::stores_nearby(tx)?;
    let named = nearby.into_iter().find(|(store, _)| *store == both.from);
    let from = named.map_or_else(|| both.from.to_string(), |(_, name)| name);
    let sent = FactView {
        fact_id: both.sent.fact_id,
        kind: Some(Kind::TransferSent.word()),
        says: format!("sent by {from}: {}", quantities(tx, &both.sent.lines)?),
        by: "another store",
        staff: None,
        at: Some(moment(both.sent.at_ms)),
        at_ms: Some(both.sent.at_ms),
    };
    let counted = match replica::fact(tx, both.counted.fact_id)? {
        Some(fact) => FactView {
            says: format!("counted in: {}", quantities(tx, &both.counted.lines)?),
            ..fact_view(tx, &fact, "this store")?
        },
        None => unknown(both.counted.fact_id),
    };
    Ok((vec![sent, counted], from))
}

/// Puts what redeemed a card side by side, with what people call the card.
pub(super) fn uses(tx: &mut Tx, card: StoredId) -> Result<(Vec<FactView>, String), ExceptionError> {
    let Some(told) = stored::told(tx, card)? else {
        return Ok((Vec::new(), card.to_string()));
    };
    let me = replica::own_edge(tx)?;
    let facts = told.uses.iter().map(|one| FactView {
        fact_id: one.fact_id,
        kind: Some(Kind::SaleRecorded.word()),
        says: format!(
            "{} redeemed at {}",
            spelled(one.amount_minor, told.currency),
            one.store_id
        ),
        by: by(one.edge, me),
        staff: None,
        at: Some(moment(one.at_ms)),
        at_ms: Some(one.at_ms),
    });
    let name = format!(
        "…{}, {} too much",
        told.card.last_four,
        spelled(told.over_minor, told.currency)
    );
    Ok((facts.collect(), name))
}

/// Puts what was refunded of a sale side by side, each with its till, with what people call the
/// sale.
pub(super) fn refunds(
    tx: &mut Tx,
    sale_id: SaleId,
) -> Result<(Vec<FactView>, String), ExceptionError> {
    let Some(told) = returns::refunds_told(tx, sale_id)? else {
        return Ok((Vec::new(), sale_id.to_string()));
    };
    let me = replica::own_edge(tx)?;
    let facts = told.refunds.iter().map(|one| {
        let till = one
            .register
            .map(|register| format!(", register {register}"));
        let without = match one.is_provisional {
            true => ", without the right to",
            false => "",
        };
        FactView {
            fact_id: one.fact_id,
            kind: Some(Kind::ReturnRecorded.word()),
            says: format!(
                "{} refunded by {} at {}{}{without}",
                spelled(one.total_minor, told.currency),
                one.number,
                one.store,
                till.unwrap_or_default(),
            ),
            by: by(one.edge, me),
            staff: None,
            at: Some(moment(one.at_ms)),
            at_ms: Some(one.at_ms),
        }
    });
    let name = format!("{} of {}", told.receipt, told.sold_by);
    Ok((facts.collect(), name))
}

fn quantities(tx: &mut Tx, lines: &[(Sku, Milli)]) -> Result<String, DbError> {
    let mut texts = Vec::new();
    for (sku, quantity) in lines {
        texts.push(format!("{quantity} × {}", name_of(tx, sku)?));
    }
    Ok(texts.join(", "))
}

fn by(writer: EdgeNumber, me: Option<EdgeNumber>) -> &'static str {
    match writer {
        EdgeNumber::HUB => "the hub",
        edge if Some(edge) == me => "this store",
        _ => "another store",
    }
}

fn unknown(fact_id: FactId) -> FactView {
    FactView {
        fact_id,
        kind: None,
        says: "a fact that has not arrived here".to_owned(),
        by: "another store",
        staff: None,
        at: None,
        at_ms: None,
    }
}

fn fact_view(tx: &mut Tx, fact: &Fact, by: &'static str) -> Result<FactView, ExceptionError> {
    let at_ms = i64::try_from(fact.header.hlc.at_ms()).ok();
    let staff = match fact.header.staff {
        Some(staff_id) => reference::member_by_id(tx, staff_id)?.map(|member| member.name),
        None => None,
    };
    Ok(FactView {
        fact_id: fact.header.id,
        kind: fact.kind().map(Kind::word),
        says: says(tx, fact)?,
        by,
        staff,
        at: at_ms.map(moment),
        at_ms,
    })
}

/// Says what a fact says, in a few words.
fn says(tx: &mut Tx, fact: &Fact) -> Result<String, ExceptionError> {
    let Some(kind) = fact.kind() else {
        return Ok("something this program does not know yet".to_owned());
    };
    let (what, units) = match kind {
        Kind::LinesShorted => ("could not be picked", fact.read::<LinesShorted>()?.units),
        Kind::AllocationBroken => ("lost its goods", fact.read::<AllocationBroken>()?.units),
        Kind::HandedOver => ("handed over", fact.read::<HandedOver>()?.units),
        Kind::CancelRequested => ("asked to cancel", fact.read::<CancelRequested>()?.units),
        Kind::OrderCancelled => ("cancelled for good", fact.read::<OrderCancelled>()?.units),
        other => {
            let source = source(fact)?;
            let reference = source.and_then(|source| source.reference);
            let word = other.word().replace('_', " ");
            return Ok(match reference {
                Some(reference) => format!("{word}, {reference}"),
                None => word,
            });
        }
    };
    Ok(format!("{what}: {}", units_text(tx, &units)?))
}

fn units_text(tx: &mut Tx, units: &[Units]) -> Result<String, DbError> {
    let mut texts = Vec::new();
    for unit in units {
        let name = name_of(tx, &unit.sku)?;
        texts.push(format!("{} × {name}", unit.quantity_milli));
    }
    Ok(texts.join(", "))
}

pub(super) fn name_of(tx: &mut Tx, sku: &Sku) -> Result<String, DbError> {
    let product = reference::find_by_sku(tx, sku)?;
    Ok(product.map_or_else(|| sku.to_string(), |product| product.name))
}
