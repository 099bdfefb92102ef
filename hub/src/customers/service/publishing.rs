//! Publishes the book of customers whom tills know whenever it would be another one.
//!
//! One book serves every store, so that a card counts in all of them. It holds pseudonyms alone.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::customers::{CustomerBook, REGULARS_MAX, Regular};

use super::RegularFailed;
use crate::context::Context;
use crate::customers::store::{self, RegularRow};
use crate::sync::{Prepared, Scope, publish};

/// Counts a change of the book, and wakes who publishes it once it is committed.
pub(super) fn changed(context: &Context, tx: &mut Tx) -> Result<(), DbError> {
    store::count_change(tx)?;
    let context = context.clone();
    tx.on_commit(Box::new(move || context.upkeep().wake.notify_one()));
    Ok(())
}

/// Publishes the book if it changed since stores were told of it; returns how often: once or not.
///
/// # Errors
/// [`RegularFailed`]; doing it again begins anew.
pub async fn run_once(context: &Context) -> Result<usize, RegularFailed> {
    let Some((changes, book)) = context.db().read(stale).await? else {
        return Ok(0);
    };
    book.check()?;
    let customers = book.regulars.len();
    let prepared = tokio::task::spawn_blocking(move || Prepared::of(&book));
    let prepared = prepared.await.map_err(|_| RegularFailed::Stopping)??;
    let within = context.clone();
    let published = context.db().write(move |tx| {
        publish(&within, tx, &Scope::Everywhere, &prepared)?;
        store::note_published(tx, changes)?;
        Ok::<_, RegularFailed>(())
    });
    published.await?;
    tracing::info!(customers, "published the customers tills know");
    Ok(1)
}

/// Returns the book and how many changes are in it, if stores were not told of all.
fn stale(tx: &mut Tx) -> Result<Option<(i64, CustomerBook)>, DbError> {
    // Read before the book: a change in between is published once more.
    let (changes, published) = store::changes(tx)?;
    if changes == published {
        return Ok(None);
    }
    let limit = u32::try_from(REGULARS_MAX).expect("it is a small number");
    let regulars = store::regulars(tx, limit)?.into_iter();
    let book = CustomerBook {
        groups: store::groups(tx)?,
        regulars: regulars.map(as_told).collect(),
    };
    Ok(Some((changes, book)))
}

fn as_told(row: RegularRow) -> Regular {
    Regular {
        customer_id: row.customer_id,
        record: row.record,
        card: row.terms.card,
        group: row.terms.group,
        exemption: row.terms.exemption,
    }
}
