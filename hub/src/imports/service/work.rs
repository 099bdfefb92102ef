//! The work on one file at a time: read its rows, or apply them.

use std::collections::{HashMap, HashSet};

use counterpart_daemon::db::{DbError, Tx};

use super::applying::{Outcome, apply};
use super::{IMPORTS, ImportFailed, PROBLEMS_MAX, PURPOSE, Said};
use crate::context::Context;
use crate::imports::rules::{Known, RowProblem, Rows, State, Subject, Takes, Terms};
use crate::imports::rules::{after_check, check};
use crate::imports::store::{self, Import};
use crate::{catalog, customers, openings, orders, stores};

/// Problems stored by one transaction.
const CHUNK: usize = 1_000;

/// What a run found to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing.
    Idle,
    /// It moved one file on; there may be more.
    Moved,
}

/// Moves the next file on by one step: checked, or applied. Only one runs at a time.
///
/// # Errors
/// Those of the database; a file that can't be worked on is marked so and does not hold up others.
pub async fn run_once(context: &Context) -> Result<Progress, DbError> {
    let _turn = context.imports().turn.lock().await;
    let next: Option<Import> = context.db().read(store::next).await?;
    if next.is_none() {
        return Ok(Progress::Idle);
    }
    // Of several hubs on one database one works on files; should it end, another goes on.
    let Some(_among_hubs) = context.db().turn("imports").await? else {
        return Ok(Progress::Idle);
    };
    let next: Option<Import> = context.db().read(store::next).await?;
    let Some(import) = next else {
        return Ok(Progress::Idle);
    };
    note(context, 0);
    let outcome = match import.state {
        State::Applying => apply_file(context, &import).await,
        _ => check_file(context, &import).await,
    };
    let failed = match outcome.map_err(ImportFailed::passing) {
        Ok(()) => return Ok(Progress::Moved),
        Err(Ok(passing)) => return Err(passing),
        Err(Err(failed)) => failed,
    };
    tracing::error!(file = import.file_name, error = %failed, "could not work on a file");
    let stopped = Import {
        state: State::Failed,
        sentence: Some(failed.to_string()),
        ..import
    };
    put(context, stopped).await?;
    Ok(Progress::Moved)
}

/// Notes how far the file in hand is, in thousandths.
pub(super) fn note(context: &Context, permille: u64) {
    if context.imports().note_permille(permille) {
        context.live().publish(IMPORTS);
    }
}

async fn put(context: &Context, import: Import) -> Result<(), DbError> {
    let live = context.live().clone();
    let stored = context.db().write(move |tx| {
        store::put(tx, &import)?;
        tx.on_commit(Box::new(move || live.publish(IMPORTS)));
        Ok(())
    });
    stored.await
}

/// Loads what the rows of a file are compared with.
fn knowledge(context: &Context, tx: &mut Tx, import: &Import) -> Result<Known, ImportFailed> {
    let said: Said = serde_json::from_str(&import.said)
        .map_err(|_| ImportFailed::Failed("what was said beside it is lost".to_owned()))?;
    let slugs = |tx: &mut Tx| -> Result<HashSet<_>, DbError> {
        let names = stores::names(context, tx)?;
        Ok(names.into_iter().map(|store| store.store_id).collect())
    };
    Ok(match import.subject {
        Subject::Catalog => Known::Products(Terms {
            currency: said.currency.ok_or(ImportFailed::NoCatalog)?,
            tax_classes: context.tax_classes().to_vec(),
        }),
        Subject::Prices => {
            let currency = catalog::currency(tx)?.ok_or(ImportFailed::NoCatalog)?;
            let skus = catalog::units(tx)?.into_keys().collect();
            Known::Prices(currency, skus)
        }
        Subject::Staff => Known::Staff(slugs(tx)?),
        Subject::Stock => {
            let units = catalog::units(tx)?;
            if units.is_empty() {
                return Err(ImportFailed::NoCatalog);
            }
            let stated: HashMap<_, _> = openings::added(tx)?;
            Known::Stock(slugs(tx)?, units, stated)
        }
        Subject::Customers => Known::Customers(customers::known_groups(tx)?),
        Subject::Orders => {
            let currency = catalog::currency(tx)?.ok_or(ImportFailed::NoCatalog)?;
            let units = catalog::units(tx)?;
            let checker = orders::checker(context, tx, &units)?;
            Known::Orders(currency, units, checker)
        }
    })
}

/// Reads a file's rows on a blocking thread; the page sees how far it is.
async fn read_file(context: &Context, import: &Import) -> Result<Rows, ImportFailed> {
    let (within, file) = (context.clone(), import.clone());
    let loaded = context.db().read(move |tx| {
        let bytes = store::bytes_of(tx, file.id)?;
        Ok::<_, ImportFailed>((bytes, knowledge(&within, tx, &file)?))
    });
    let (bytes, known) = loaded.await?;
    let bytes = bytes
        .ok_or_else(|| ImportFailed::Failed("its bytes are gone: upload it again".to_owned()))?;
    let bytes = match import.subject.is_about_people() {
        true => context
            .vault()
            .unseal(PURPOSE, &import.id, &bytes)
            .map_err(|refused| ImportFailed::Failed(refused.to_string()))?,
        false => bytes,
    };
    let (within, form) = (context.clone(), import.form);
    let read = tokio::task::spawn_blocking(move || {
        let whole = (bytes.len() as u64).max(1);
        // Hundredths are enough to see it move.
        check(&bytes, form, known, |done| {
            note(&within, done * 100 / whole * 10);
        })
    });
    read.await
        .map_err(|_| ImportFailed::Failed("the program is stopping".to_owned()))
}

/// Stores what is wrong with a file in place of what was known before.
async fn put_problems(
    context: &Context,
    id: [u8; 16],
    problems: &[RowProblem],
) -> Result<(), DbError> {
    context
        .db()
        .write(move |tx| store::clear_problems(tx, id))
        .await?;
    let kept = &problems[..problems.len().min(PROBLEMS_MAX as usize)];
    let mut first = 0;
    for chunk in kept.chunks(CHUNK) {
        let (problems, from) = (chunk.to_vec(), first);
        context
            .db()
            .write(move |tx| store::put_problems(tx, id, from, &problems))
            .await?;
        first += u32::try_from(chunk.len()).expect("a chunk is small");
    }
    Ok(())
}

async fn check_file(context: &Context, import: &Import) -> Result<(), ImportFailed> {
    let rows = read_file(context, import).await?;
    let (good, bad, problems) = rows.verdict();
    put_problems(context, import.id, problems).await?;
    let moved = Import {
        state: after_check(import.afterwards, import.takes, good, problems.len()),
        rows_good: stored(good),
        rows_bad: stored(bad),
        ..import.clone()
    };
    Ok(put(context, moved).await?)
}

async fn apply_file(context: &Context, import: &Import) -> Result<(), ImportFailed> {
    let rows = read_file(context, import).await?;
    let (good, bad, problems) = rows.verdict();
    let problems = problems.to_vec();
    if good == 0 || (import.takes == Takes::All && !problems.is_empty()) {
        // What rows are compared with may have changed since the check.
        put_problems(context, import.id, &problems).await?;
        let refused = Import {
            state: State::Refused,
            rows_good: stored(good),
            rows_bad: stored(bad),
            ..import.clone()
        };
        return Ok(put(context, refused).await?);
    }
    let Outcome {
        sentence,
        problems: found,
    } = apply(context, import, rows).await?;
    if !found.is_empty() {
        let all: Vec<RowProblem> = problems.into_iter().chain(found.clone()).collect();
        put_problems(context, import.id, &all).await?;
    }
    let refused_late = found.len() as u64;
    let done = Import {
        state: State::Applied,
        rows_good: stored(good - refused_late.min(good)),
        rows_bad: stored(bad + refused_late),
        sentence: Some(sentence),
        ..import.clone()
    };
    Ok(put(context, done).await?)
}

fn stored(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
