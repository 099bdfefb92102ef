//! Folds the facts that move stock, and reads what is on hand for the pages.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::Problem;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{EdgeNumber, FactId, SaleId, Sku};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{Rights, Term};
use counterpart_protocol::stock::{movements, moving_kinds, source};

use super::rules::moved_words;
use super::store::{self, Level, LevelFilter, Movement};
use crate::catalog::{self, ProductName};
use crate::context::Context;
use crate::rights;
use crate::stores::{self, StoreName};

/// SKUs a search looks at: more would not be read anyway.
const FOUND_MAX: u32 = 200;
/// Movements told of one number.
const MOVEMENTS_MAX: u32 = 200;

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Stock)]
}

/// Returns what some edges of a store have on hand together, where it is more than nothing, by SKU,
/// at most `limit` rows.
///
/// # Errors
/// Those of the database.
pub fn on_hand_of(
    tx: &mut Tx,
    edges: &[EdgeNumber],
    limit: u32,
) -> Result<BTreeMap<Sku, Milli>, DbError> {
    let mut sums: BTreeMap<Sku, Milli> = BTreeMap::new();
    let filter = LevelFilter {
        edges: Some(edges.to_vec()),
        ..LevelFilter::default()
    };
    if edges.is_empty() {
        return Ok(sums);
    }
    for level in store::levels(tx, &filter, limit)? {
        // A SKU that is none could not have come in; it would have nothing to say here.
        if let Ok(sku) = level.sku.parse() {
            let sum = sums.entry(sku).or_insert(Milli::ZERO);
            *sum = Milli(sum.0.saturating_add(level.on_hand_milli));
        }
    }
    sums.retain(|_, sum| *sum > Milli::ZERO);
    Ok(sums)
}

/// The views of stock.
struct Stock;

const KINDS: [Kind; 8] = moving_kinds();

impl Projection for Stock {
    fn name(&self) -> &'static str {
        "stock"
    }

    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, origin) = (projected.fact, projected.origin);
        let Some(told) = source(fact)? else {
            return Ok(());
        };
        let at_ms = i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
        for (place, moved) in (0_u32..).zip(movements(fact)?) {
            let edge = origin.writer.edge;
            if !store::move_level(tx, edge, &moved.sku, moved.delta_milli.0, at_ms)? {
                let reason = format!("the quantity of {} is beyond all shelves", moved.sku);
                return Err(ProjectionFailed::Content(reason));
            }
            if fact.kind() == Some(Kind::SaleRecorded) {
                let week = fact.header.business_date.days().div_euclid(7);
                let counted = match moved.delta_milli.0.checked_neg() {
                    Some(sold) => store::add_sold(tx, edge, moved.sku.as_str(), week, sold)?,
                    None => false,
                };
                if !counted {
                    let reason = format!("more of {} was sold than can be counted", moved.sku);
                    return Err(ProjectionFailed::Content(reason));
                }
            }
            let movement = Movement {
                fact_id: fact.header.id,
                place,
                edge,
                sku: moved.sku.to_string(),
                delta_milli: moved.delta_milli.0,
                kind: told.word.to_owned(),
                business_date: fact.header.business_date,
                at_ms,
                hlc: i64::try_from(fact.header.hlc.0).unwrap_or(i64::MAX),
                register: fact.header.register.map(|register| register.0),
                staff_id: fact.header.staff.map(|staff| staff.to_bytes()),
                reference: told.reference.clone(),
                sale_id: told.sale_id.map(SaleId::to_bytes),
            };
            store::put_movement(tx, &movement)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

/// What one fact moved, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MovedBy {
    /// When, in milliseconds UTC.
    pub at_ms: i64,
    /// Whose stock.
    pub edge: EdgeNumber,
    /// What people read: `sold 2 of PEN, 1-1-000042`.
    pub sentence: String,
}

/// Returns what a fact moved; nothing if it moved no stock, or has not arrived.
///
/// # Errors
/// Those of the database.
pub fn moved_by(tx: &mut Tx, fact: FactId) -> Result<Option<MovedBy>, DbError> {
    let movements = store::movements_of(tx, fact)?;
    let Some(first) = movements.first() else {
        return Ok(None);
    };
    let each: Vec<String> = movements
        .iter()
        .map(|moved| {
            let quantity = Milli(moved.delta_milli.saturating_abs());
            format!("{quantity} of {}", moved.sku)
        })
        .collect();
    let what = moved_words(&first.kind);
    let paper = match &first.reference {
        Some(reference) => format!(", {reference}"),
        None => String::new(),
    };
    Ok(Some(MovedBy {
        at_ms: first.at_ms,
        edge: first.edge,
        sentence: format!("{what} {}{paper}", each.join(", ")),
    }))
}

/// What is asked of the stock list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Question {
    /// Words of a product, its SKU or a number of it.
    pub(super) text: String,
    /// A store's slug.
    pub(super) store: Option<String>,
    /// Only what is below zero.
    pub(super) below_zero: bool,
    /// After this SKU and edge.
    pub(super) after: Option<(String, u32)>,
}

/// A page of the stock list.
#[derive(Debug, Clone)]
pub(super) struct Shelf {
    pub(super) rows: Vec<ShelfRow>,
    pub(super) below_zero: i64,
    pub(super) stores: Vec<StoreName>,
    /// Where the next page begins, if there is one.
    pub(super) next: Option<(String, u32)>,
}

/// One SKU in one store.
#[derive(Debug, Clone)]
pub(super) struct ShelfRow {
    pub(super) sku: String,
    pub(super) product: Option<ProductName>,
    pub(super) edge: EdgeNumber,
    pub(super) store: Option<StoreName>,
    pub(super) on_hand_milli: i64,
    pub(super) moved_at_ms: i64,
    /// What of it the hub may promise, and has.
    pub(super) rights: Rights,
}

/// Returns a page of what is on hand.
pub(super) fn shelf(
    context: &Context,
    tx: &mut Tx,
    question: &Question,
    limit: u32,
) -> Result<Shelf, Problem> {
    let stores = stores::names(context, tx)?;
    let edges = match &question.store {
        Some(wanted) => {
            let found = stores
                .iter()
                .find(|store| store.store_id.as_str() == wanted);
            let missing = || Problem::not_found(format!("there is no store called {wanted}"));
            Some(found.ok_or_else(missing)?.edges.clone())
        }
        None => None,
    };
    let text = question.text.trim();
    let skus = match text.is_empty() {
        true => None,
        false => {
            let mut skus = catalog::find_skus(tx, text, FOUND_MAX)?;
            // What the catalogue no longer has may still be on a shelf.
            skus.push(text.to_owned());
            Some(skus)
        }
    };
    let filter = LevelFilter {
        edges: edges.clone(),
        skus,
        below_zero: question.below_zero,
        after: question.after.clone(),
    };
    let mut levels = store::levels(tx, &filter, limit + 1)?;
    let more = levels.len() > limit as usize;
    levels.truncate(limit as usize);
    let next = levels.last().filter(|_| more);
    let next = next.map(|level| (level.sku.clone(), level.edge.0));
    Ok(Shelf {
        rows: named(tx, levels, &stores)?,
        below_zero: store::below_zero(tx, edges.as_deref())?,
        stores,
        next,
    })
}

fn named(tx: &mut Tx, levels: Vec<Level>, stores: &[StoreName]) -> Result<Vec<ShelfRow>, DbError> {
    let skus: Vec<String> = levels.iter().map(|level| level.sku.clone()).collect();
    let names = catalog::product_names(tx, &skus)?;
    let wanted: Vec<(EdgeNumber, String)> = levels
        .iter()
        .map(|level| (level.edge, level.sku.clone()))
        .collect();
    let rights = rights::at(tx, &wanted)?;
    let rows = levels.into_iter().map(|level| ShelfRow {
        rights: rights
            .get(&(level.edge, level.sku.clone()))
            .copied()
            .unwrap_or_default(),
        product: names.get(&level.sku).cloned(),
        store: stores
            .iter()
            .find(|store| store.edges.contains(&level.edge))
            .cloned(),
        edge: level.edge,
        on_hand_milli: level.on_hand_milli,
        moved_at_ms: level.moved_at_ms,
        sku: level.sku,
    });
    Ok(rows.collect())
}

/// Adds up what several edges of one store have: a store that got a new edge is still one store.
fn by_store(rows: Vec<ShelfRow>) -> Vec<ShelfRow> {
    let mut merged: Vec<ShelfRow> = Vec::new();
    for row in rows {
        let id = row.store.as_ref().map(|store| &store.store_id);
        let same = merged
            .iter_mut()
            .find(|known| id.is_some() && known.store.as_ref().map(|store| &store.store_id) == id);
        match same {
            Some(known) => {
                known.on_hand_milli = known.on_hand_milli.saturating_add(row.on_hand_milli);
                known.moved_at_ms = known.moved_at_ms.max(row.moved_at_ms);
                known.rights = sum(known.rights, row.rights);
            }
            None => merged.push(row),
        }
    }
    merged
}

/// Adds up the rights of a store's edges.
fn sum(rights: Rights, more: Rights) -> Rights {
    rights
        .with(Term::Granted, more.granted)
        .with(Term::Returned, more.returned)
        .with(Term::Reserved, more.reserved)
        .with(Term::Released, more.released)
        .with(Term::Consumed, more.consumed)
}

/// Why the number of one SKU is what it is.
#[derive(Debug, Clone)]
pub(super) struct Why {
    pub(super) sku: String,
    pub(super) product: Option<ProductName>,
    /// In every store that ever had it.
    pub(super) rows: Vec<ShelfRow>,
    /// The movements of the store that was asked for, or of all, the newest first.
    pub(super) movements: Vec<Movement>,
    pub(super) members: BTreeMap<[u8; 16], String>,
    pub(super) stores: Vec<StoreName>,
}

/// Returns where a SKU is and by which facts.
pub(super) fn why(
    context: &Context,
    tx: &mut Tx,
    sku: &str,
    store_slug: Option<&str>,
) -> Result<Why, Problem> {
    let stores = stores::names(context, tx)?;
    let filter = LevelFilter {
        skus: Some(vec![sku.to_owned()]),
        ..LevelFilter::default()
    };
    let levels = store::levels(tx, &filter, 10_000)?;
    let rows = by_store(named(tx, levels, &stores)?);
    let product = catalog::product_names(tx, &[sku.to_owned()])?.remove(sku);
    if rows.is_empty() && product.is_none() {
        return Err(Problem::not_found(format!(
            "nobody has ever heard of the SKU {sku}"
        )));
    }
    let asked = |store: &&StoreName| store_slug.is_none_or(|slug| store.store_id.as_str() == slug);
    let edges: Vec<EdgeNumber> = stores
        .iter()
        .filter(asked)
        .flat_map(|store| &store.edges)
        .copied()
        .collect();
    Ok(Why {
        sku: sku.to_owned(),
        product,
        movements: store::movements(tx, sku, &edges, MOVEMENTS_MAX)?,
        members: stores::member_names(tx)?,
        rows,
        stores,
    })
}
