//! Keeps price lists, and publishes each store's book whenever it would be another one.
//!
//! Publishing takes no input and looks at every store: a new store, a list that is over and a hub
//! that was killed in between are the same case.

use std::collections::HashMap;
use std::sync::Arc;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{GroupId, Sku, StoreId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::prices::{PriceBook, PriceList};
use counterpart_protocol::reference::packing::PackingFailed;
use jiff::tz::TimeZone;

use super::rules::{self, ListDraft, ListRefused, OVER_KEPT_MS, Terms, in_zone};
use super::store::{self, List};
use crate::context::Context;
use crate::sync::{Prepared, Scope, publish};
use crate::{customers, stores};

/// The topic of pages that show price lists.
pub(super) const PRICES: &str = "prices";
/// Rows read, stored or deleted by one transaction.
const CHUNK: usize = 1_000;
const READ_CHUNK: u32 = 20_000;

/// Why a price list was not kept or published.
#[derive(Debug, thiserror::Error)]
pub enum PricesFailed {
    /// A field is wrong.
    #[error(transparent)]
    Refused(#[from] ListRefused),
    /// There is no such list.
    #[error("there is no price list called {0}")]
    Unknown(String),
    /// The lists of a store are larger than it takes.
    #[error("the price lists of a store are too large together: end one")]
    Packing(#[from] PackingFailed),
    /// A fact could not be stated.
    #[error("could not tell a store of its prices")]
    Replica(#[from] ReplicaFailed),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
    /// The database.
    #[error("could not store a price list")]
    Db(#[from] DbError),
}

impl ToProblem for PricesFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(refused) => {
                Problem::refused("list_refused", &sentence).field(refused.field, sentence)
            }
            Self::Unknown(_) => Problem::not_found(sentence),
            Self::Packing(_) => Problem::refused("lists_too_large", sentence),
            Self::Replica(_) => Problem::failed("replica_failed", sentence),
            Self::Stopping => Problem::failed("stopping", sentence),
            Self::Db(error) => error.to_problem(),
        }
    }
}

/// Checks that a list may be, before its file is read.
///
/// # Errors
/// [`PricesFailed::Refused`]; those of the database.
pub fn check_draft(context: &Context, tx: &mut Tx, draft: &ListDraft) -> Result<(), PricesFailed> {
    terms(context, tx, draft).map(|_| ())
}

fn terms(context: &Context, tx: &mut Tx, draft: &ListDraft) -> Result<Terms, PricesFailed> {
    let known: Vec<StoreId> = stores::names(context, tx)?
        .into_iter()
        .map(|store| store.store_id)
        .collect();
    let groups = customers::known_groups(tx)?;
    Ok(rules::check(draft, &known, &groups)?)
}

/// Returns a list for a group that nobody ended, if there is one.
///
/// # Errors
/// Those of the database.
pub fn open_list_for(tx: &mut Tx, group: &GroupId) -> Result<Option<String>, DbError> {
    let mut lists = store::open_lists(tx)?.into_iter();
    let found = lists.find(|list| list.terms.group.as_ref() == Some(group));
    Ok(found.map(|list| list.terms.list_id))
}

/// Whether a list is another one than before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is.
    Changed,
    /// It is the same.
    Same,
}

/// Puts a list in the place of the one with its id, a few rows at a time and then at once, and
/// wakes who publishes it.
///
/// # Errors
/// [`PricesFailed`]; the list is as it was then.
pub async fn put_list(
    context: &Context,
    draft: ListDraft,
    prices: Vec<(Sku, Minor)>,
    by: String,
) -> Result<Put, PricesFailed> {
    let (within, asked) = (context.clone(), draft.clone());
    let read = context.db().read(move |tx| {
        let terms = terms(&within, tx, &asked)?;
        let before = store::list_by_id(tx, &terms.list_id)?;
        Ok::<_, PricesFailed>((terms, before))
    });
    let (terms, before) = read.await?;
    let mut sorted = prices;
    sorted.sort_by(|a, b| a.0.cmp(&b.0));
    if let Some(before) = &before
        && before.ended_at_ms.is_none()
        && before.terms == terms
        && all_prices(context, before).await? == sorted
    {
        return Ok(Put::Same);
    }
    let in_use = before.map_or(0, |before| before.generation);
    // What a killed run left behind is written anew.
    forget_others(context, &terms.list_id, in_use).await?;
    let generation = in_use + 1;
    for chunk in sorted.chunks(CHUNK) {
        let (list_id, rows) = (terms.list_id.clone(), chunk.to_vec());
        let put = context
            .db()
            .write(move |tx| store::put_prices(tx, &list_id, generation, &rows));
        let put: Result<(), DbError> = put.await;
        put?;
    }
    let list = List {
        generation,
        prices: i64::try_from(sorted.len()).unwrap_or(i64::MAX),
        put_at_ms: context.now_ms(),
        put_by: by,
        ended_at_ms: None,
        terms,
    };
    let (within, list_id) = (context.clone(), list.terms.list_id.clone());
    let flipped = context.db().write(move |tx| {
        store::put_list(tx, &list)?;
        wake_on_commit(&within, tx);
        Ok::<_, DbError>(())
    });
    flipped.await?;
    tracing::info!(list = list_id, prices = sorted.len(), "put a price list");
    forget_others(context, &list_id, generation).await?;
    Ok(Put::Changed)
}

async fn forget_others(context: &Context, list_id: &str, kept: i64) -> Result<(), DbError> {
    let limit = u32::try_from(CHUNK).expect("a chunk is small");
    loop {
        let list_id = list_id.to_owned();
        let deleted = context
            .db()
            .write(move |tx| store::delete_others(tx, &list_id, kept, limit));
        let deleted: u64 = deleted.await?;
        if deleted == 0 {
            return Ok(());
        }
    }
}

/// Reads every price of a list, by SKU.
async fn all_prices(context: &Context, list: &List) -> Result<Vec<(Sku, Minor)>, DbError> {
    let mut all: Vec<(Sku, Minor)> = Vec::new();
    loop {
        let after = all.last().map_or(String::new(), |(sku, _)| sku.to_string());
        let wanted = list.clone();
        let some = context
            .db()
            .read(move |tx| store::prices(tx, &wanted, &after, READ_CHUNK));
        let some: Vec<(Sku, Minor)> = some.await?;
        if some.is_empty() {
            return Ok(all);
        }
        all.extend(some);
    }
}

/// Ends a list before its time.
pub(super) fn end_list(
    context: &Context,
    tx: &mut Tx,
    list_id: &str,
    by: &str,
) -> Result<(), PricesFailed> {
    if store::list_by_id(tx, list_id)?.is_none() {
        return Err(PricesFailed::Unknown(list_id.to_owned()));
    }
    if store::end_list(tx, list_id, by, context.now_ms())? {
        tracing::info!(list = list_id, by, "ended a price list");
        wake_on_commit(context, tx);
    }
    Ok(())
}

fn wake_on_commit(context: &Context, tx: &mut Tx) {
    let context = context.clone();
    tx.on_commit(Box::new(move || {
        context.upkeep().wake.notify_one();
        context.live().publish(PRICES);
    }));
}

/// A store whose book is another one than the one it was sent.
struct Stale {
    store_id: StoreId,
    currency: Currency,
    zone: TimeZone,
    lists: Vec<List>,
    marks: String,
}

/// Publishes the book of every store that has not got it; returns of how many.
///
/// # Errors
/// [`PricesFailed`]; doing it again goes on where it stopped.
pub async fn run_once(context: &Context) -> Result<usize, PricesFailed> {
    let within = context.clone();
    let stale = context.db().read(move |tx| stale(&within, tx));
    let stale: Vec<Stale> = stale.await?;
    // Stores with the same lists in the same zone read the same book.
    let mut books: HashMap<String, Arc<Prepared>> = HashMap::new();
    let count = stale.len();
    for store in stale {
        let book = match books.get(&store.marks) {
            Some(book) => Arc::clone(book),
            None => {
                let book = Arc::new(book(context, &store).await?);
                books.insert(store.marks.clone(), Arc::clone(&book));
                book
            }
        };
        let within = context.clone();
        let published = context.db().write(move |tx| {
            publish(&within, tx, &Scope::Store(store.store_id.clone()), &book)?;
            store::put_marks(tx, &store.store_id, &store.marks)?;
            Ok::<_, PricesFailed>(())
        });
        published.await?;
    }
    Ok(count)
}

fn stale(context: &Context, tx: &mut Tx) -> Result<Vec<Stale>, DbError> {
    let lists = store::open_lists(tx)?;
    let now_ms = context.now_ms();
    let mut stale = Vec::new();
    for named in stores::names(context, tx)? {
        let ours = |list: &&List| {
            let stores = &list.terms.stores;
            let until = list.terms.until.and_then(|wall| in_zone(wall, &named.zone));
            (stores.is_empty() || stores.contains(&named.store_id))
                && until.is_none_or(|until_ms| now_ms < until_ms + OVER_KEPT_MS)
        };
        let lists: Vec<List> = lists.iter().filter(ours).cloned().collect();
        let zone = named.zone.iana_name().unwrap_or("UTC");
        let mut marks = format!("{} {zone}", named.currency);
        for list in &lists {
            marks += &format!(" {}@{}", list.terms.list_id, list.generation);
        }
        let before = store::marks(tx, &named.store_id)?;
        let unheard = before.is_none() && lists.is_empty();
        if !unheard && before.as_deref() != Some(&marks) {
            stale.push(Stale {
                store_id: named.store_id,
                currency: named.currency,
                zone: named.zone,
                lists,
                marks,
            });
        }
    }
    Ok(stale)
}

async fn book(context: &Context, store: &Stale) -> Result<Prepared, PricesFailed> {
    let mut lists = Vec::new();
    for list in &store.lists {
        let prices = all_prices(context, list).await?;
        let at = |wall: Option<_>| wall.and_then(|wall| in_zone(wall, &store.zone));
        lists.push(PriceList {
            id: list.terms.list_id.clone(),
            name: list.terms.name.clone(),
            from_ms: at(list.terms.from),
            until_ms: at(list.terms.until),
            group: list.terms.group.clone(),
            prices: prices.into_iter().collect(),
        });
    }
    let book = PriceBook::of(store.currency, lists);
    let prepared = tokio::task::spawn_blocking(move || Prepared::of(&book));
    Ok(prepared.await.map_err(|_| PricesFailed::Stopping)??)
}
