//! The work on one file at a time: check it, or publish it chunk by chunk and then at once.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::catalog::Catalog;

use super::{CATALOG, ImportFailed, PROBLEMS_MAX, Published};
use crate::catalog::rules::{Checked, Terms, check};
use crate::catalog::store::{self, Import, State, Version};
use crate::context::Context;
use crate::sync::{Prepared, Scope, publish};

/// Rows stored by one transaction: sync and tills' records go in between.
const CHUNK: usize = 1_000;

/// What a run found to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing.
    Idle,
    /// It moved one file on; there may be more.
    Moved,
}

/// Moves the next file on by one step: checked, or published. Only one runs at a time.
///
/// # Errors
/// Those of the database; a file that can't be worked on is marked so and does not hold up others.
pub async fn run_once(context: &Context) -> Result<Progress, DbError> {
    let _turn = context.imports().turn.lock().await;
    let next = context.db().read(store::next_import).await;
    let Some(import) = next? else {
        return Ok(Progress::Idle);
    };
    note(context, 0);
    let outcome = match import.state {
        State::Publishing => publish_file(context, &import).await,
        _ => check_file(context, &import).await,
    };
    let failed = match outcome {
        Ok(()) => return Ok(Progress::Moved),
        Err(ImportFailed::Db(passing)) if passing.is_passing() => return Err(passing),
        Err(failed) => failed,
    };
    tracing::error!(file = import.file_name, error = %failed, "could not work on a product file");
    let stopped = Import {
        state: State::Failed,
        sentence: Some(failed.to_string()),
        ..import
    };
    put(context, stopped).await?;
    Ok(Progress::Moved)
}

fn note(context: &Context, permille: u64) {
    if context.imports().note_permille(permille) {
        context.live().publish(CATALOG);
    }
}

async fn put(context: &Context, import: Import) -> Result<(), DbError> {
    let live = context.live().clone();
    let stored = context.db().write(move |tx| {
        store::put_import(tx, &import)?;
        tx.on_commit(Box::new(move || live.publish(CATALOG)));
        Ok(())
    });
    stored.await
}

/// Reads a file's rows on a blocking thread; the page sees how far it is.
async fn read_file(context: &Context, import: &Import) -> Result<Checked, ImportFailed> {
    let id = import.id;
    let bytes = context.db().read(move |tx| store::bytes_of(tx, id)).await?;
    let bytes = bytes
        .ok_or_else(|| ImportFailed::Failed("its bytes are gone: upload it again".to_owned()))?;
    let (within, currency) = (context.clone(), import.currency);
    let read = tokio::task::spawn_blocking(move || {
        let terms = Terms {
            currency,
            tax_classes: within.tax_classes(),
        };
        let whole = (bytes.len() as u64).max(1);
        // Hundredths are enough to see it move.
        check(&bytes, &terms, |done| {
            note(&within, done * 100 / whole * 10);
        })
    });
    read.await
        .map_err(|_| ImportFailed::Failed("the program is stopping".to_owned()))
}

async fn check_file(context: &Context, import: &Import) -> Result<(), ImportFailed> {
    let checked = read_file(context, import).await?;
    let kept = PROBLEMS_MAX as usize;
    let mut first = 0;
    for chunk in checked.problems[..checked.problems.len().min(kept)].chunks(CHUNK) {
        let (id, problems, from) = (import.id, chunk.to_vec(), first);
        context
            .db()
            .write(move |tx| store::put_problems(tx, id, from, &problems))
            .await?;
        first += u32::try_from(chunk.len()).expect("a chunk is small");
    }
    let good = checked.problems.is_empty();
    let moved = Import {
        state: match (good, import.publish_at_once) {
            (false, _) => State::Refused,
            (true, true) => State::Publishing,
            (true, false) => State::Checked,
        },
        rows_good: stored(checked.rows_good()),
        rows_bad: stored(checked.rows_bad),
        ..import.clone()
    };
    Ok(put(context, moved).await?)
}

async fn publish_file(context: &Context, import: &Import) -> Result<(), ImportFailed> {
    let checked = read_file(context, import).await?;
    if !checked.problems.is_empty() {
        // The tax classes of the settings may have changed since the check.
        let sentence = "it was good when it was checked and is not any more: upload it again";
        return Err(ImportFailed::Failed(sentence.to_owned()));
    }
    let current = context.db().read(store::current).await?;
    let current = current.map_or(0, |current| current.version);
    // What a killed run left behind is written anew.
    forget_others(context, current).await?;
    let whole = checked.products.len().max(1);
    for (at, chunk) in checked.products.chunks(CHUNK).enumerate() {
        let products = chunk.to_vec();
        let put = context.db().write(move |tx| {
            let mut each = products.iter();
            each.try_for_each(|product| store::put_product(tx, current + 1, product))
        });
        put.await
            .map_err(|error: DbError| ImportFailed::Db(error))?;
        note(context, (at * CHUNK * 100 / whole * 10) as u64);
    }
    let catalog = Catalog {
        currency: import.currency,
        tax_classes: context.tax_classes().to_vec(),
        groups: Vec::new(),
        products: checked.products,
    };
    let (within, import) = (context.clone(), import.clone());
    let count = stored(catalog.products.len() as u64);
    let prepared = tokio::task::spawn_blocking(move || Prepared::of(&catalog));
    let prepared = prepared
        .await
        .map_err(|_| ImportFailed::Failed("the program is stopping".to_owned()))?
        .map_err(|failed| ImportFailed::Failed(failed.to_string()))?;
    let flipped = context
        .db()
        .write(move |tx| flip(&within, tx, import, &prepared, count, current));
    let published = flipped.await?;
    tracing::info!(
        version = published.version,
        products = published.products,
        "published a catalogue"
    );
    Ok(forget_others(context, published.version).await?)
}

/// Makes the stored products the catalogue and tells every store, in one transaction.
fn flip(
    context: &Context,
    tx: &mut Tx,
    import: Import,
    prepared: &Prepared,
    products: i64,
    current: i64,
) -> Result<Published, ImportFailed> {
    let announced = publish(context, tx, &Scope::Everywhere, prepared)?;
    let version = i64::try_from(announced.version).unwrap_or(i64::MAX);
    let sentence = match version > current {
        true => {
            let new = Version {
                version,
                currency: import.currency,
                products,
                published_at_ms: context.now_ms(),
                published_by: import.uploaded_by.clone(),
                file_name: import.file_name.clone(),
            };
            store::add_version(tx, &new)?;
            None
        }
        false => Some(format!(
            "it is the same as version {version}: nothing changed"
        )),
    };
    let done = Import {
        state: State::Published,
        version: Some(version),
        sentence,
        ..import
    };
    store::put_import(tx, &done)?;
    let live = context.live().clone();
    tx.on_commit(Box::new(move || live.publish(CATALOG)));
    Ok(Published { version, products })
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

fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
