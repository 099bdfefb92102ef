//! Publishes catalogues, and looks products up.
//!
//! The work is idempotent: a hub that is killed while it publishes begins anew, and no store has
//! heard of it before everything is stored.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::catalog::{Catalog, Product, ProductGroup, Unit};
use counterpart_protocol::money::Currency;
use counterpart_protocol::reference::packing::PackingFailed;

use super::store::{self, ProductFilter, ProductName, Version};
use crate::context::Context;
use crate::sync::{Prepared, Scope, publish};

/// The topic of pages that show the catalogue.
pub(super) const CATALOG: &str = "catalog";
/// Rows stored by one transaction: sync and tills' records go in between.
const CHUNK: usize = 1_000;

/// Why a catalogue was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishFailed {
    /// It is larger than stores take.
    #[error(transparent)]
    Packing(#[from] PackingFailed),
    /// A fact could not be stated.
    #[error("could not tell the stores of a catalogue")]
    Replica(#[from] ReplicaFailed),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopping,
    /// The database.
    #[error("could not store a catalogue")]
    Db(#[from] DbError),
}

/// A catalogue to be published.
#[derive(Debug, Clone)]
pub struct Edition {
    /// The currency of every price.
    pub currency: Currency,
    /// The groups, by id.
    pub groups: Vec<ProductGroup>,
    /// The products, by SKU.
    pub products: Vec<Product>,
    /// The file it came in.
    pub file_name: String,
    /// Who brought it.
    pub by: String,
}

/// A publication that came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Counts the publications from 1.
    pub version: i64,
    /// How many products it has.
    pub products: i64,
    /// Whether it is another one than before.
    pub news: News,
}

/// Whether a publication changed anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// Stores sell from something else now.
    Changed,
    /// It is the same as the one before.
    Same,
}

/// Publishes a catalogue to every store, a few rows at a time and then at once. `progress` is told
/// how far it is, in thousandths.
///
/// # Errors
/// [`PublishFailed`]; no store has heard of it then, and doing it again begins anew.
pub async fn publish_edition(
    context: &Context,
    edition: Edition,
    progress: impl Fn(u64),
) -> Result<Published, PublishFailed> {
    let current = context.db().read(store::current).await?;
    let current = current.map_or(0, |current| current.version);
    // What a killed run left behind is written anew.
    forget_others(context, current).await?;
    let whole = edition.products.len().max(1);
    for (at, chunk) in edition.products.chunks(CHUNK).enumerate() {
        let (products, groups) = (chunk.to_vec(), edition.groups.clone());
        let put = context.db().write(move |tx| {
            let mut each = products.iter();
            each.try_for_each(|product| store::put_product(tx, current + 1, product, &groups))
        });
        let put: Result<(), DbError> = put.await;
        put?;
        progress((at * CHUNK * 100 / whole * 10) as u64);
    }
    let catalog = Catalog {
        currency: edition.currency,
        tax_classes: context.tax_classes().to_vec(),
        groups: edition.groups,
        products: edition.products,
    };
    let new = Version {
        version: current + 1,
        currency: edition.currency,
        products: i64::try_from(catalog.products.len()).unwrap_or(i64::MAX),
        published_at_ms: context.now_ms(),
        published_by: edition.by,
        file_name: edition.file_name,
    };
    let prepared = tokio::task::spawn_blocking(move || Prepared::of(&catalog));
    let prepared = prepared.await.map_err(|_| PublishFailed::Stopping)??;
    let within = context.clone();
    let flipped = context
        .db()
        .write(move |tx| flip(&within, tx, new, &prepared, current));
    let published = flipped.await?;
    tracing::info!(
        version = published.version,
        products = published.products,
        "published a catalogue"
    );
    forget_others(context, published.version).await?;
    Ok(published)
}

/// Makes the stored products the catalogue and tells every store, in one transaction.
fn flip(
    context: &Context,
    tx: &mut Tx,
    new: Version,
    prepared: &Prepared,
    current: i64,
) -> Result<Published, PublishFailed> {
    let announced = publish(context, tx, &Scope::Everywhere, prepared)?;
    let version = i64::try_from(announced.version).unwrap_or(i64::MAX);
    let products = new.products;
    let news = match version > current {
        true => {
            store::add_version(tx, &Version { version, ..new })?;
            News::Changed
        }
        false => News::Same,
    };
    let live = context.live().clone();
    tx.on_commit(Box::new(move || live.publish(CATALOG)));
    Ok(Published {
        version,
        products,
        news,
    })
}

/// Deletes the products of every publication but `kept`, a chunk at a time.
async fn forget_others(context: &Context, kept: i64) -> Result<(), DbError> {
    let limit = u32::try_from(CHUNK).expect("a chunk is small");
    loop {
        let deleted = context
            .db()
            .write(move |tx| store::delete_others(tx, kept, limit))
            .await?;
        if deleted == 0 {
            return Ok(());
        }
    }
}

/// Returns the departments of what stores sell now.
///
/// # Errors
/// Those of the database.
pub fn departments(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let Some(current) = store::current(tx)? else {
        return Ok(Vec::new());
    };
    let departments = store::departments(tx, current.version)?;
    Ok(departments.into_iter().map(|(name, _)| name).collect())
}

/// Returns the currency of the catalogue stores sell from, if there is one.
///
/// # Errors
/// Those of the database.
pub fn currency(tx: &mut Tx) -> Result<Option<Currency>, DbError> {
    Ok(store::current(tx)?.map(|current| current.currency))
}

/// Returns the names of these SKUs, as far as the catalogue has them.
///
/// # Errors
/// Those of the database.
pub fn product_names(
    tx: &mut Tx,
    skus: &[String],
) -> Result<BTreeMap<String, ProductName>, DbError> {
    match store::current(tx)? {
        Some(current) => store::names(tx, current.version, skus),
        None => Ok(BTreeMap::new()),
    }
}

/// Returns those of `codes` that products of the catalogue bear or are counted under.
///
/// # Errors
/// Those of the database.
pub fn known_codes(tx: &mut Tx, codes: &BTreeSet<String>) -> Result<BTreeSet<String>, DbError> {
    match store::current(tx)? {
        Some(current) if !codes.is_empty() => store::known_codes(tx, current.version, codes),
        Some(_) | None => Ok(BTreeSet::new()),
    }
}

/// Returns the SKUs of the catalogue that a text finds, at most `limit`.
///
/// # Errors
/// Those of the database.
pub fn find_skus(tx: &mut Tx, text: &str, limit: u32) -> Result<Vec<String>, DbError> {
    let Some(current) = store::current(tx)? else {
        return Ok(Vec::new());
    };
    let filter = ProductFilter {
        text: text.to_owned(),
        ..ProductFilter::default()
    };
    let found = store::products(tx, current.version, &filter, limit)?;
    Ok(found.into_iter().map(|product| product.sku).collect())
}

/// Returns every SKU of the catalogue with how it is counted.
///
/// # Errors
/// Those of the database.
pub fn units(tx: &mut Tx) -> Result<HashMap<String, Unit>, DbError> {
    match store::current(tx)? {
        Some(current) => store::units(tx, current.version),
        None => Ok(HashMap::new()),
    }
}
