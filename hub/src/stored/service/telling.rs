//! What stores are told of cards, and the redemptions of one in words.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_daemon::web::text::{Locale, money};
use counterpart_protocol::ids::{EdgeNumber, StoreId, StoredId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::stored::StoredUse;

use super::redeemed;
use crate::context::{Context, Progress};
use crate::orders::ToldFact;
use crate::stored::rules;
use crate::stored::store::{self, Moved};
use crate::sync::edges::{self, Edge};
use crate::sync::hearing;

/// Tells stores what they have not heard of cards: whoever redeemed one of more than was on it, and
/// every store of a block.
///
/// # Errors
/// [`ReplicaFailed`]; what was told before stays told.
pub async fn run_once(context: &Context) -> Result<Progress, ReplicaFailed> {
    let cards = context
        .db()
        .read(|tx| store::to_look_at(tx).map_err(ReplicaFailed::from))
        .await?;
    let mut progress = Progress::Idle;
    for card in cards {
        let within = context.clone();
        let told = context.db().write(move |tx| tell(&within, tx, card));
        if told.await? == Progress::Moved {
            progress = Progress::Moved;
        }
    }
    Ok(progress)
}

fn tell(context: &Context, tx: &mut Tx, id: StoredId) -> Result<Progress, ReplicaFailed> {
    let Some(card) = store::locked(tx, id)? else {
        return Ok(Progress::Idle);
    };
    let is_blocked = store::block(tx, id)?.is_some();
    let used = redeemed(store::moves(tx, id)?);
    let by_edge: BTreeMap<EdgeNumber, Edge> = edges::all(tx)?
        .into_iter()
        .map(|edge| (edge.number, edge))
        .collect();
    let uses = uses(&used, &by_edge);
    let told = rules::to_tell(&card, is_blocked, uses);
    let before = store::told_to(tx, &told)?;
    let mut progress = Progress::Idle;
    for (number, edge) in &by_edge {
        let known = before.iter().find(|it| it.0 == *number);
        let concerned = told.is_blocked || used.iter().any(|it| it.edge == *number);
        let is_due = match known {
            Some((_, is_current)) => !is_current,
            None => concerned && !rules::is_nothing(&told),
        };
        // A restored hub may have told it already.
        if !is_due || edge.blocked_at_ms.is_some() || hearing::is_unheard(context, tx, *number)? {
            continue;
        }
        let place = context.place_on(&edge.days);
        context.replica().record(tx, *number, place, &told)?;
        tracing::info!(edge.id = number.0, "told a store how a card stands");
        progress = Progress::Moved;
    }
    Ok(progress)
}

fn uses(used: &[Moved], edges: &BTreeMap<EdgeNumber, Edge>) -> Vec<StoredUse> {
    let uses = used.iter().filter_map(|it| {
        Some(StoredUse {
            fact_id: it.fact_id,
            store_id: edges.get(&it.edge)?.store_id.clone(),
            at_ms: it.at_ms,
            amount_minor: Minor(it.amount_minor.0.saturating_neg()),
            edge: it.edge,
        })
    });
    let mut uses: Vec<StoredUse> = uses.collect();
    uses.sort_by_key(|it| it.fact_id);
    uses
}

/// Returns what redeemed a card, in words.
///
/// # Errors
/// Those of the database.
pub fn told(tx: &mut Tx, card: StoredId) -> Result<Vec<ToldFact>, DbError> {
    let Some(known) = store::by_id(tx, card)? else {
        return Ok(Vec::new());
    };
    let stores: BTreeMap<EdgeNumber, StoreId> = edges::all(tx)?
        .into_iter()
        .map(|edge| (edge.number, edge.store_id))
        .collect();
    let used = redeemed(store::moves(tx, card)?);
    let facts = used.into_iter().map(|it| ToldFact {
        fact_id: it.fact_id,
        at_ms: it.at_ms,
        edge: it.edge,
        title: "Redeemed".to_owned(),
        detail: format!(
            "{} of the card that ends in {}{}",
            money(
                it.amount_minor.0.saturating_neg(),
                known.currency.code(),
                known.currency.decimals(),
                Locale::En
            ),
            known.card.last_four,
            stores
                .get(&it.edge)
                .map_or_else(String::new, |store| format!(", at {store}")),
        ),
    });
    Ok(facts.collect())
}
