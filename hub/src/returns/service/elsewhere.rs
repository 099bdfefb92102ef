//! Refunds of one sale by several stores: what was too much is named, and the stores concerned are
//! told, so that what was refunded elsewhere counts there too.

use std::collections::BTreeSet;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed, ReplicaFailed};
use counterpart_daemon::web::text::{Locale, money};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{DocumentId, EdgeNumber, SaleId};
use counterpart_protocol::returns::{CameBack, RefundOf, RefundsTold, ReturnRecorded, over_refund};
use counterpart_protocol::sales::SaleRecorded;

use crate::context::{Context, Progress};
use crate::exceptions;
use crate::orders::ToldFact;
use crate::returns::store::{self, Due, Refund};
use crate::sales;
use crate::sync::edges::{self, Edge};
use crate::sync::hearing;

/// Sales looked at in one turn.
const SALES_AT_ONCE: u32 = 200;

/// The views of refunds by sale.
pub(super) struct Elsewhere;

impl Projection for Elsewhere {
    fn name(&self) -> &'static str {
        "refunds_elsewhere"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded, Kind::ReturnRecorded, Kind::RefundsTold]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, writer) = (projected.fact, projected.origin.writer.edge);
        match fact.kind() {
            Some(Kind::SaleRecorded) => {
                let sale: SaleRecorded = fact.read()?;
                // Its refund may have arrived first: the store that sold it was cut off.
                if store::lock(tx, sale.sale_id)? {
                    store::set_due(tx, sale.sale_id, Due::Yes)?;
                    name_excess(tx, sale.sale_id)?;
                }
            }
            Some(Kind::ReturnRecorded) => {
                let recorded: ReturnRecorded = fact.read()?;
                store::put_refund(tx, writer, fact, &recorded)?;
                name_excess(tx, recorded.sale_id)?;
            }
            Some(Kind::RefundsTold) => {
                let told: RefundsTold = fact.read()?;
                let about = match projected.document {
                    DocumentId::Segment(segment) => segment.about,
                    DocumentId::Order(_) => None,
                };
                if let Some(edge) = about {
                    store::put_told(tx, edge, &told)?;
                }
            }
            Some(_) | None => {}
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::ELSEWHERE_VIEWS
    }
}

/// Raises the exception of a sale, or takes it back: it is what all facts of it say, in whatever
/// order they came. Of a sale that has not arrived nobody knows what is too much.
fn name_excess(tx: &mut Tx, sale_id: SaleId) -> Result<(), DbError> {
    let sold = store::sold_units(tx, sale_id)?;
    if sold.is_empty() {
        return Ok(());
    }
    let refunds = store::refunds(tx, sale_id)?;
    let back: Vec<_> = refunds
        .iter()
        .map(|it| (it.fact.header.id, CameBack::of(&it.recorded).lines))
        .collect();
    let raised = over_refund(&sold, back.iter().map(|(id, of)| (*id, of.as_slice())));
    let last = refunds.iter().max_by_key(|it| it.fact.header.id);
    let about = last.map_or((EdgeNumber::HUB, 0), |it| (it.edge, at_ms(it)));
    let is_provisional = refunds.iter().any(|it| it.recorded.provisional.is_some());
    if raised.is_some() || is_provisional {
        store::set_due(tx, sale_id, Due::Yes)?;
    }
    exceptions::of_sale(tx, sale_id, about, raised)
}

fn at_ms(refund: &Refund) -> i64 {
    i64::try_from(refund.fact.header.hlc.at_ms()).unwrap_or(i64::MAX)
}

/// Tells stores what they have not heard of refunds of a sale: the one that sold it, whoever may
/// refund it and whoever refunded some of it, once any was refunded without the right to or too
/// much was.
///
/// # Errors
/// [`ReplicaFailed`]; what was told before stays told.
pub(super) async fn tell_once(context: &Context) -> Result<Progress, ReplicaFailed> {
    let read = |tx: &mut Tx| store::due(tx, SALES_AT_ONCE).map_err(ReplicaFailed::from);
    let mut progress = Progress::Idle;
    for sale_id in context.db().read(read).await? {
        let within = context.clone();
        let told = context.db().write(move |tx| tell(&within, tx, sale_id));
        if told.await? == Progress::Moved {
            progress = Progress::Moved;
        }
    }
    Ok(progress)
}

fn tell(context: &Context, tx: &mut Tx, sale_id: SaleId) -> Result<Progress, ReplicaFailed> {
    if !store::lock(tx, sale_id)? {
        return Ok(Progress::Idle);
    }
    // A sale and its refund that arrived at once did not see each other.
    name_excess(tx, sale_id)?;
    let all = edges::all(tx)?;
    let Some((told, seller)) = what_to_tell(tx, &all, sale_id)? else {
        return Ok(Progress::Idle);
    };
    if !told.is_news() {
        store::set_due(tx, sale_id, Due::No)?;
        return Ok(Progress::Idle);
    }
    let mut concerned: BTreeSet<EdgeNumber> = told.refunds.iter().map(|it| it.edge).collect();
    concerned.insert(seller);
    concerned.extend(store::held(tx, sale_id)?.map(|held| held.edge));
    let before = store::told_to(tx, &told)?;
    let (mut progress, mut due) = (Progress::Idle, Due::No);
    for edge in all.iter().filter(|edge| concerned.contains(&edge.number)) {
        if before.contains(&(edge.number, true)) {
            continue;
        }
        // A restored hub may have told it already.
        if edge.blocked_at_ms.is_some() || hearing::is_unheard(context, tx, edge.number)? {
            due = Due::Yes;
            continue;
        }
        let place = context.place_on(&edge.days);
        context.replica().record(tx, edge.number, place, &told)?;
        tracing::info!(edge.id = edge.number.0, "told a store of refunds elsewhere");
        progress = Progress::Moved;
    }
    store::set_due(tx, sale_id, due)?;
    Ok(progress)
}

/// Returns what there is to tell of a sale, and the edge that sold it; nothing before it arrived.
fn what_to_tell(
    tx: &mut Tx,
    all: &[Edge],
    sale_id: SaleId,
) -> Result<Option<(RefundsTold, EdgeNumber)>, DbError> {
    let Some((seller, receipt)) = sales::receipt_of_sale(tx, sale_id)? else {
        return Ok(None);
    };
    let refunds = store::refunds(tx, sale_id)?;
    let store_of = |edge: EdgeNumber| {
        let found = all.iter().find(|it| it.number == edge);
        found.map(|edge| edge.store_id.clone())
    };
    let (Some(sold_by), Some(first)) = (store_of(seller), refunds.first()) else {
        return Ok(None);
    };
    let told = RefundsTold {
        sale_id,
        sold_by,
        receipt,
        currency: first.recorded.currency,
        sold: store::sold_units(tx, sale_id)?,
        refunds: refunds
            .iter()
            .filter_map(|refund| {
                let recorded = &refund.recorded;
                Some(RefundOf {
                    fact_id: refund.fact.header.id,
                    store: store_of(refund.edge)?,
                    edge: refund.edge,
                    register: refund.fact.header.register,
                    at_ms: at_ms(refund),
                    number: recorded.number.to_string(),
                    is_provisional: recorded.provisional.is_some(),
                    total_minor: recorded.total_minor,
                    back: CameBack::of(recorded),
                })
            })
            .collect(),
    };
    Ok(Some((told, seller)))
}

/// Returns what was refunded of a sale in words, each with its till.
///
/// # Errors
/// Those of the database.
pub fn told(tx: &mut Tx, sale_id: SaleId) -> Result<Vec<ToldFact>, DbError> {
    let all = edges::all(tx)?;
    let refunds = store::refunds(tx, sale_id)?;
    let facts = refunds.iter().map(|refund| {
        let recorded = &refund.recorded;
        let store = all.iter().find(|it| it.number == refund.edge);
        let store = store.map_or_else(
            || "an unknown store".to_owned(),
            |it| it.store_id.to_string(),
        );
        let till = refund.fact.header.register;
        let till = till.map_or_else(String::new, |register| format!(", register {register}"));
        let without = match recorded.provisional.is_some() {
            true => ", without the right to",
            false => "",
        };
        let currency = recorded.currency;
        let amount = money(
            recorded.total_minor.0,
            currency.code(),
            currency.decimals(),
            Locale::En,
        );
        ToldFact {
            fact_id: refund.fact.header.id,
            at_ms: at_ms(refund),
            edge: refund.edge,
            title: "Refunded".to_owned(),
            detail: format!("{amount} by {} at {store}{till}{without}", recorded.number),
        }
    });
    Ok(facts.collect())
}
