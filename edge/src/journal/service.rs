//! Searching the journal, and handing it out page by page.

use std::io;

use counterpart_daemon::db::{Db, DbError, Tx};
use counterpart_daemon::replica::{Replica, ReplicaFailed};
use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::ids::Sku;

use super::rules::{Exporter, Search, Span};
use super::store::{self, Found};
use crate::reference;

/// Entries on one page.
pub(crate) const PAGE: u32 = 50;
/// Products one typed name may mean.
const MEANT_MAX: u32 = 50;
/// Records read at a time while a journal is handed out.
const RECORDS: u32 = 500;

/// Returns what a search finds, the newest first, a page of it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn search(tx: &mut Tx, search: &Search) -> Result<Found, DbError> {
    let skus = match &search.item {
        Some(item) => Some(meant(tx, item)?),
        None => None,
    };
    if skus.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Found {
            entries: Vec::new(),
            more: false,
        });
    }
    store::search(tx, search, skus.as_deref(), PAGE)
}

/// Returns the products that are meant by an SKU, a number or a name, those that the catalogue has
/// forgotten too.
fn meant(tx: &mut Tx, item: &str) -> Result<Vec<Sku>, DbError> {
    // A number names one product; a word may be part of the names of many.
    if let Ok(gtin) = Gtin::read(item)
        && let Some(product) = reference::find_by_gtin(tx, gtin)?
    {
        return Ok(vec![product.sku]);
    }
    let mut skus = store::named(tx, &item.to_lowercase(), MEANT_MAX)?;
    skus.extend(item.parse::<Sku>());
    let found = reference::search(tx, item, MEANT_MAX)?;
    skus.extend(found.into_iter().map(|product| product.sku));
    skus.sort_unstable();
    skus.dedup();
    Ok(skus)
}

/// What an export handed out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Exported {
    /// Facts written.
    pub facts: u64,
    /// Facts of the span the form has no place for.
    pub left_out: u64,
    /// Records that cannot be read.
    pub unreadable: u64,
}

/// Why a journal was not handed out.
#[derive(Debug, thiserror::Error)]
pub enum ExportFailed {
    /// It could not be read.
    #[error("could not read the journal")]
    Replica(#[from] ReplicaFailed),
    /// It could not be written.
    #[error("could not write the journal out")]
    Out(#[from] io::Error),
}

/// Hands the facts of a span out, in the order they were stated, a page at a time.
///
/// # Errors
///
/// [`ExportFailed`]; what was written before stands there.
pub async fn export(
    (db, replica): (&Db, &Replica),
    span: Span,
    exporter: &Exporter,
    out: &mut (dyn io::Write + Send),
) -> Result<Exported, ExportFailed> {
    let mut exported = Exported::default();
    let mut after = None;
    out.write_all(exporter.head().as_bytes())?;
    loop {
        let replica = replica.clone();
        let read = db.read(move |tx| replica.journal_after(tx, after, RECORDS));
        let page = read.await?;
        for stated in page.stated {
            let place = (stated.run, stated.seq);
            let text = match &stated.fact {
                Ok(fact) if !span.holds(fact.header.business_date) => continue,
                Ok(fact) => exporter.fact(place, fact),
                Err(why) => {
                    exported.unreadable += 1;
                    exporter.unreadable(place, why)
                }
            };
            match text {
                Some(text) => {
                    exported.facts += u64::from(stated.fact.is_ok());
                    out.write_all(text.as_bytes())?;
                }
                None => exported.left_out += u64::from(stated.fact.is_ok()),
            }
        }
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    out.write_all(exporter.foot().as_bytes())?;
    out.flush()?;
    Ok(exported)
}
