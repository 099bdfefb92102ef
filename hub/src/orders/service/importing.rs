//! Open orders of an old system: checked and captured as any channel's, one transaction each.

use std::collections::{BTreeMap, HashMap};

use counterpart_daemon::db::Tx;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::StoreId;
use counterpart_protocol::money::Currency;

use super::capturing::capture_in;
use super::failed::OrderFailed;
use super::places;
use crate::context::Context;
use crate::orders::rules::{self, KnownProduct, OrderDraft, Terms};
use crate::orders::store;

/// What orders of a file are checked against.
#[derive(Debug, Clone)]
pub struct OrderChecker {
    now_ms: i64,
    stores: BTreeMap<StoreId, Currency>,
    products: BTreeMap<String, KnownProduct>,
}

impl OrderChecker {
    /// Makes one for a moment in milliseconds UTC.
    #[must_use]
    pub fn of(
        now_ms: i64,
        stores: BTreeMap<StoreId, Currency>,
        units: &HashMap<String, Unit>,
    ) -> Self {
        let products = units.iter().map(|(sku, unit)| {
            let known = KnownProduct {
                name: String::new(),
                measured: *unit != Unit::Piece,
            };
            (sku.clone(), known)
        });
        Self {
            now_ms,
            stores,
            products: products.collect(),
        }
    }

    /// Returns what is wrong with an order: each field and a sentence to act on.
    #[must_use]
    pub fn wrong(&self, draft: &OrderDraft) -> Vec<(String, String)> {
        let alike = BTreeMap::new();
        let terms = Terms {
            now_ms: self.now_ms,
            stores: &self.stores,
            products: &self.products,
            alike: &alike,
        };
        match rules::check(draft, &terms) {
            Ok(_) => Vec::new(),
            Err(refused) => refused.fields(),
        }
    }
}

/// Loads what orders of a file are checked against.
///
/// # Errors
/// [`OrderFailed`].
pub fn checker(
    context: &Context,
    tx: &mut Tx,
    units: &HashMap<String, Unit>,
) -> Result<OrderChecker, OrderFailed> {
    let stores = places(tx)?;
    let stores = stores
        .into_iter()
        .map(|place| (place.store_id, place.currency));
    Ok(OrderChecker::of(context.now_ms(), stores.collect(), units))
}

/// What became of an order of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Imported {
    /// A store serves it.
    Routed,
    /// It waits until a store may promise it.
    Waiting,
    /// It was captured before, and nothing changed.
    Known,
    /// It cannot be captured: each field and a sentence to act on.
    Refused(Vec<(String, String)>),
}

/// Captures an order of a file as `/v1/orders` does.
///
/// # Errors
/// [`OrderFailed`] when it could not be carried out; what a person can mend is a result.
pub async fn import_one(
    context: &Context,
    draft: OrderDraft,
    by: String,
) -> Result<Imported, OrderFailed> {
    let within = context.clone();
    let captured = context.db().write(move |tx| {
        let before = store::capture(tx, &draft.channel, &draft.channel_reference)?;
        let answer = capture_in(&within, tx, &draft, &by)?;
        Ok::<_, OrderFailed>(match (before, answer.fulfilment) {
            (Some(_), _) => Imported::Known,
            (None, Some(_)) => Imported::Routed,
            (None, None) => Imported::Waiting,
        })
    });
    match captured.await {
        Err(OrderFailed::Refused(refused)) => Ok(Imported::Refused(refused.fields())),
        Err(taken @ OrderFailed::ReferenceTaken { .. }) => {
            let sentence = format!("{taken}: change that order instead");
            let field = "channel_reference".to_owned();
            Ok(Imported::Refused(vec![(field, sentence)]))
        }
        other => other,
    }
}
