//! Folds the facts that move rights, and gives stores back what they ask for.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::{
    Projected, Projection, ProjectionFailed, ReplicaFailed, lacks_facts,
};
use counterpart_daemon::seeded::{self, Bug};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{DocumentId, EdgeNumber, FactId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{
    RightsAsked, RightsReturned, SkuUnits, Term, effects, rights_kinds,
};

use super::store;
use crate::context::{Context, Progress};
use crate::sync::{edges, hearing};

/// Askings answered by one run: each is a transaction of its own.
const ANSWERED_MAX: u32 = 100;

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Sums), Box::new(Asked)]
}

/// The sums.
struct Sums;

const KINDS: [Kind; 8] = rights_kinds();

impl Projection for Sums {
    fn name(&self) -> &'static str {
        "rights"
    }

    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let about = match projected.document {
            DocumentId::Segment(segment) => segment.about,
            DocumentId::Order(_) => None,
        };
        let moved = effects(projected.fact, projected.origin.writer.edge, about)?;
        if let Some(wrong) = moved.iter().find(|effect| effect.quantity_milli.0 < 0) {
            let reason = format!("less than nothing of {} moves", wrong.sku);
            return Err(ProjectionFailed::Content(reason));
        }
        for effect in moved {
            let rights = store::of_one(tx, effect.edge, &effect.sku)?;
            let rights = match effect.term {
                Term::Consumed if seeded::has(Bug::ConsumedIgnored) => rights,
                Term::Released if seeded::has(Bug::ReleasedIgnored) => rights,
                Term::Returned if seeded::has(Bug::ReturnedIgnored) => rights,
                Term::Granted if seeded::has(Bug::GrantedTwice) => rights
                    .with(effect.term, effect.quantity_milli)
                    .with(effect.term, effect.quantity_milli),
                term => rights.with(term, effect.quantity_milli),
            };
            store::put(tx, effect.edge, &effect.sku, &rights)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

/// What stores want back.
struct Asked;

impl Projection for Asked {
    fn name(&self) -> &'static str {
        "rights_asked"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::RightsAsked]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let asked: RightsAsked = projected.fact.read()?;
        let (fact, edge) = (projected.fact.header.id, projected.origin.writer.edge);
        for (place, line) in (0_u32..).zip(&asked.lines) {
            store::put_asked(tx, fact, place, edge, line)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::ASKED_VIEWS
    }
}

/// Gives back what stores asked for, as much as is not reserved, each asking once.
///
/// # Errors
/// [`ReplicaFailed`]; what was answered before stays answered.
pub async fn run_once(context: &Context) -> Result<Progress, ReplicaFailed> {
    let waiting = context
        .db()
        .read(|tx| store::unanswered(tx, ANSWERED_MAX).map_err(ReplicaFailed::from))
        .await?;
    let mut progress = Progress::Idle;
    for (fact, edge) in waiting {
        let within = context.clone();
        let answered = context
            .db()
            .write(move |tx| answer(&within, tx, fact, edge));
        if answered.await? == Progress::Moved {
            progress = Progress::Moved;
        }
    }
    Ok(progress)
}

fn answer(
    context: &Context,
    tx: &mut Tx,
    fact: FactId,
    edge: EdgeNumber,
) -> Result<Progress, ReplicaFailed> {
    // A restored hub may have given them back already: the store says so first. So may one whose
    // view lacks facts whose bytes are damaged.
    if hearing::is_unheard(context, tx, edge)? || lacks_facts(tx, edge)? {
        return Ok(Progress::Idle);
    }
    if !store::note_answered(tx, fact, context.now_ms())? {
        return Ok(Progress::Idle);
    }
    let mut back: Vec<SkuUnits> = Vec::new();
    for asked in store::asked(tx, fact)? {
        let promised_here = back
            .iter()
            .filter(|line| line.sku == asked.sku)
            .map(|line| line.quantity_milli.0)
            .sum::<i64>();
        let rights = store::of_one(tx, edge, &asked.sku)?;
        let free = rights.hub_may_promise().0 - promised_here;
        let quantity = asked.quantity_milli.0.min(free);
        if quantity > 0 {
            back.push(SkuUnits {
                sku: asked.sku,
                quantity_milli: Milli(quantity),
            });
        }
    }
    let Some(known) = edges::by_number(tx, edge)? else {
        return Ok(Progress::Moved);
    };
    if back.is_empty() {
        tracing::info!(
            edge.id = edge.0,
            "a store wants rights back that are all reserved"
        );
        return Ok(Progress::Moved);
    }
    tracing::info!(
        edge.id = edge.0,
        skus = back.len(),
        "gave rights back to a store"
    );
    let place = context.place_on(&known.days);
    let body = RightsReturned { lines: back };
    context.replica().record(tx, edge, place, &body)?;
    Ok(Progress::Moved)
}
