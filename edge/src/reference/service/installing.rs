//! Taking snapshots into use: put in beside what is in use, a little at a time, then switched.
//!
//! A sale never waits for it: each transaction is short, and the last one is tiny.

use std::sync::Arc;

use counterpart_daemon::db::{Db, DbError, Tx};
use counterpart_protocol::catalog::Catalog;
use counterpart_protocol::customers::CustomerBook;
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::keyring::Keyring;
use counterpart_protocol::neighbours::NeighbourStock;
use counterpart_protocol::policies::Policies;
use counterpart_protocol::prices::PriceBook;
use counterpart_protocol::pricing::PromotionBook;
use counterpart_protocol::reference::packing;
use counterpart_protocol::reference::{Reference, ReferenceKind, Snapshot};
use counterpart_protocol::staff::Roster;

use super::{ReferenceFailed, install_policies, install_promotions, install_store, off_thread};
use crate::context::Context;
use crate::customers;
use crate::reference::TOPIC;
use crate::reference::rules::{check_catalog, check_prices};
use crate::reference::store::{self, Version};
use crate::web::STATUS_TOPIC;

/// Products in one transaction: some 15 ms on the slowest disk a till has, so no sale waits.
const PRODUCTS_AT_ONCE: usize = 250;
/// Small rows, prices or numbers on hand, in one transaction.
const ROWS_AT_ONCE: usize = 1_000;

/// Takes a snapshot into use that has the hash of `to`, and keeps it to apply differences to.
pub(super) async fn install(
    context: &Context,
    kind: ReferenceKind,
    to: Version,
    plain: Vec<u8>,
) -> Result<(), ReferenceFailed> {
    let Version { version, sha256 } = to;
    let plain = Arc::new(plain);
    match kind {
        ReferenceKind::Catalog => {
            let catalog: Catalog = read(&plain, sha256).await?;
            install_catalog(context, version, sha256, catalog).await?;
        }
        ReferenceKind::Roster => {
            let roster: Roster = read(&plain, sha256).await?;
            install_roster(context, version, sha256, roster).await?;
        }
        ReferenceKind::Prices => {
            let book: PriceBook = read(&plain, sha256).await?;
            install_prices(context, version, sha256, book).await?;
        }
        ReferenceKind::Keys => {
            let keyring: Keyring = read(&plain, sha256).await?;
            install_keys(context, version, sha256, keyring).await?;
        }
        ReferenceKind::Neighbours => {
            let stock: NeighbourStock = read(&plain, sha256).await?;
            install_neighbours(context, to, stock).await?;
        }
        ReferenceKind::Store => {
            let words: StoreIdentity = read(&plain, sha256).await?;
            install_store(context, version, sha256, words).await?;
        }
        ReferenceKind::Policies => {
            let policies: Policies = read(&plain, sha256).await?;
            install_policies(context, version, sha256, policies).await?;
        }
        ReferenceKind::Promotions => {
            let book: PromotionBook = read(&plain, sha256).await?;
            install_promotions(context, version, sha256, book).await?;
        }
        ReferenceKind::Customers => {
            let book: CustomerBook = read(&plain, sha256).await?;
            install_customers(context, version, sha256, book).await?;
        }
    }
    let packed = off_thread(move || packing::pack(&plain).map_err(ReferenceFailed::Damaged));
    let packed = packed.await?;
    let keeping = context
        .db()
        .write(move |tx| store::keep_content(tx, kind, sha256, &packed));
    Ok(keeping.await?)
}

/// Reads a snapshot off the async threads.
async fn read<R: Reference + Send + 'static>(
    plain: &Arc<Vec<u8>>,
    sha256: [u8; 32],
) -> Result<R, ReferenceFailed> {
    let plain = Arc::clone(plain);
    off_thread(move || Snapshot::read(&plain, &sha256).map_err(ReferenceFailed::Refused)).await
}

/// Takes a catalogue into use that has the hash `sha256`, in short transactions: the one in use
/// sells until the last of them.
///
/// # Errors
///
/// [`ReferenceFailed::Unusable`]; those of the database, after which the old one is still in use.
pub async fn install_catalog(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    catalog: Catalog,
) -> Result<(), ReferenceFailed> {
    check_catalog(&catalog, context.profile().currency).map_err(ReferenceFailed::Unusable)?;
    let kind = ReferenceKind::Catalog;
    let db = context.db();
    let generation = begin(db, kind).await?;
    let catalog = Arc::new(catalog);
    let count = catalog.products.len();
    let whole = Arc::clone(&catalog);
    db.write(move |tx| store::put_tax_classes(tx, generation, &whole))
        .await?;
    let whole = Arc::clone(&catalog);
    in_steps(db, catalog.groups.len(), ROWS_AT_ONCE, move |tx, range| {
        store::put_groups(tx, generation, &whole.groups[range])
    })
    .await?;
    in_steps(db, count, PRODUCTS_AT_ONCE, move |tx, range| {
        store::put_products(tx, generation, range.start, &catalog.products[range])
    })
    .await?;
    switch(context, kind, Version { version, sha256 }, generation).await?;
    tracing::info!(version, products = count, "a new catalogue is in use");
    Ok(drop_others(db, kind, generation).await?)
}

/// Takes a roster into use that has the hash `sha256`.
///
/// # Errors
///
/// Those of the database.
pub async fn install_roster(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    roster: Roster,
) -> Result<(), ReferenceFailed> {
    let count = roster.members.len();
    let to = Version { version, sha256 };
    switch_with(context, ReferenceKind::Roster, to, 0, move |tx| {
        store::put_members(tx, &roster.members)
    })
    .await?;
    tracing::info!(version, members = count, "a new roster is in use");
    Ok(())
}

/// Takes price lists into use that have the hash `sha256`, in short transactions.
///
/// # Errors
///
/// [`ReferenceFailed::Unusable`]; those of the database, after which the old ones are still in use.
pub async fn install_prices(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    book: PriceBook,
) -> Result<(), ReferenceFailed> {
    check_prices(&book, context.profile().currency).map_err(ReferenceFailed::Unusable)?;
    let kind = ReferenceKind::Prices;
    let db = context.db();
    let generation = begin(db, kind).await?;
    let count = book.lists.len();
    for (rank, list) in (0_i64..).zip(book.lists) {
        let prices: Vec<_> = list.prices.iter().map(|(k, v)| (k.clone(), *v)).collect();
        db.write(move |tx| store::put_price_list(tx, generation, rank, &list))
            .await?;
        in_steps(db, prices.len(), ROWS_AT_ONCE, move |tx, range| {
            store::put_prices(tx, generation, rank, &prices[range])
        })
        .await?;
    }
    switch(context, kind, Version { version, sha256 }, generation).await?;
    tracing::info!(version, lists = count, "new price lists are in use");
    Ok(drop_others(db, kind, generation).await?)
}

/// Takes keys into use that have the hash `sha256`.
///
/// # Errors
///
/// Those of the database.
pub async fn install_keys(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    keyring: Keyring,
) -> Result<(), ReferenceFailed> {
    let count = keyring.keys.len();
    let to = Version { version, sha256 };
    switch_with(context, ReferenceKind::Keys, to, 0, move |tx| {
        store::put_keys(tx, &keyring.keys)
    })
    .await?;
    tracing::info!(version, keys = count, "new keys are in use");
    Ok(())
}

/// Takes a book of customers into use, a thousand at a time. Names are no part of it: those that
/// are here stay, and the others are asked for beside it.
///
/// # Errors
///
/// [`ReferenceFailed::UnusableBook`]; those of the database.
pub async fn install_customers(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    book: CustomerBook,
) -> Result<(), ReferenceFailed> {
    book.check().map_err(ReferenceFailed::UnusableBook)?;
    let db = context.db();
    let number = db.read(customers::next_book).await?;
    let CustomerBook { groups, regulars } = book;
    let count = regulars.len();
    in_steps(db, count, ROWS_AT_ONCE, move |tx, range| {
        customers::put_regulars(tx, number, &regulars[range])
    })
    .await?;
    let to = Version { version, sha256 };
    switch_with(context, ReferenceKind::Customers, to, 0, move |tx| {
        customers::close_book(tx, number, &groups)
    })
    .await?;
    context.live().publish(customers::TOPIC);
    tracing::info!(version, customers = count, "the tills know other customers");
    Ok(())
}

async fn install_neighbours(
    context: &Context,
    to: Version,
    stock: NeighbourStock,
) -> Result<(), ReferenceFailed> {
    let kind = ReferenceKind::Neighbours;
    let db = context.db();
    let generation = begin(db, kind).await?;
    for (place, store) in (0_i64..).zip(stock.stores) {
        let on_hand: Vec<_> = store
            .on_hand_milli
            .iter()
            .map(|(k, v)| (k.clone(), *v))
            .collect();
        db.write(move |tx| store::put_neighbour(tx, generation, place, &store))
            .await?;
        in_steps(db, on_hand.len(), ROWS_AT_ONCE, move |tx, range| {
            store::put_neighbour_stock(tx, generation, place, &on_hand[range])
        })
        .await?;
    }
    switch(context, kind, to, generation).await?;
    Ok(drop_others(db, kind, generation).await?)
}

/// Drops what an interrupted installation left and returns the generation of the next one.
async fn begin(db: &Db, kind: ReferenceKind) -> Result<i64, DbError> {
    let in_use = db.read(move |tx| store::generation(tx, kind)).await?;
    drop_others(db, kind, in_use).await?;
    Ok(in_use + 1)
}

/// Puts `count` rows in, so many a transaction.
async fn in_steps(
    db: &Db,
    count: usize,
    at_once: usize,
    put: impl Fn(&mut Tx, std::ops::Range<usize>) -> Result<(), DbError> + Send + Sync + 'static,
) -> Result<(), DbError> {
    let put = Arc::new(put);
    for first in (0..count).step_by(at_once) {
        let (put, last) = (Arc::clone(&put), (first + at_once).min(count));
        db.write(move |tx| put(tx, first..last)).await?;
    }
    Ok(())
}

/// Takes a generation that was put in into use.
async fn switch(
    context: &Context,
    kind: ReferenceKind,
    to: Version,
    generation: i64,
) -> Result<(), DbError> {
    switch_with(context, kind, to, generation, |_| Ok(())).await
}

/// Takes a version into use in the transaction of `put`, which puts the last of it in.
pub(super) async fn switch_with(
    context: &Context,
    kind: ReferenceKind,
    to: Version,
    generation: i64,
    put: impl FnOnce(&mut Tx) -> Result<(), DbError> + Send + 'static,
) -> Result<(), DbError> {
    let (now_ms, live) = (context.now_ms(), context.live().clone());
    let switched = context.db().write(move |tx| {
        put(tx)?;
        store::switch(tx, kind, to, generation, now_ms)?;
        tx.on_commit(Box::new(move || {
            live.publish(TOPIC);
            live.publish(STATUS_TOPIC);
        }));
        Ok(())
    });
    switched.await
}

/// Drops what earlier, perhaps interrupted, versions left behind.
async fn drop_others(db: &Db, kind: ReferenceKind, generation: i64) -> Result<(), DbError> {
    let limit = u32::try_from(PRODUCTS_AT_ONCE).expect("it is small");
    while db
        .write(move |tx| store::drop_others(tx, kind, generation, limit))
        .await?
        > 0
    {}
    Ok(())
}
