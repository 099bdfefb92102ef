//! The names customers are called by at the counter: fetched from the hub, kept sealed, shown with
//! the hub cut off, and dropped when nobody comes with them any more.
//!
//! No fact and no answer that is remembered holds one, and no log does.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::customers::{
    CUSTOMERS_MAX, CustomerAsked, CustomerTold, CustomersAsked, NameTold,
};
use counterpart_protocol::ids::{CustomerId, FulfilmentId};

use super::wake;
use crate::context::Context;
use crate::pickups::rules::{self, NameStanding};
use crate::pickups::store::{self, NameRow};
use crate::sync::{HubClient, Standing};

/// What a name is sealed for.
const PURPOSE: &str = "customer name";
/// Open pickups that are searched by name: more than wait in any store.
const SEARCHED_MAX: u32 = 5_000;
/// Pickups found by name that are shown.
const FOUND_MAX: usize = 20;

/// What one pass over the names did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NamesProgress {
    /// Names the hub told.
    pub told: u32,
    /// Names it has erased, and this store with it.
    pub erased: u32,
    /// Customers of whom it tells this store no name.
    pub unknown: u32,
    /// Customers it was asked about and did not answer.
    pub unanswered: u32,
    /// Names dropped because nobody comes with them any more.
    pub dropped: u64,
    /// Whether more are to be asked for at once.
    pub more: bool,
}

/// What a person at the counter is shown of who ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CustomerName {
    /// The channel named nobody, or it is long over.
    Nobody,
    /// The name has not arrived yet.
    Awaited,
    /// The name.
    Known(String),
    /// The hub was asked to erase it.
    Erased,
}

impl CustomerName {
    /// Returns the name, if it is here.
    pub(crate) fn known(&self) -> Option<&str> {
        match self {
            Self::Known(name) => Some(name),
            Self::Nobody | Self::Awaited | Self::Erased => None,
        }
    }
}

/// Asks the hub for the names that are needed and drops those that are not: idempotent, without
/// input. One call at most, about as many customers as one answer holds.
///
/// # Errors
///
/// Those of the database; a hub that does not answer is asked again later.
pub async fn fetch_names(ctx: &Context, hub: &HubClient) -> Result<NamesProgress, DbError> {
    let mut progress = NamesProgress {
        dropped: forget(ctx).await?,
        ..NamesProgress::default()
    };
    let link = ctx.link().state();
    if link.standing != Standing::Connected {
        return Ok(progress);
    }
    let now_ms = ctx.now_ms();
    // A clock that was put back since would have it asked for ever.
    let back_at_ms = link.back_at_ms.filter(|at_ms| *at_ms <= now_ms);
    let back_at_ms = back_at_ms.unwrap_or(i64::MIN);
    let wanted = ctx.db().read(move |tx| {
        let mut wanted = store::new_customers(tx, CUSTOMERS_MAX)?;
        let room = CUSTOMERS_MAX - wanted.len();
        wanted.extend(store::due_customers(tx, now_ms, back_at_ms, room)?);
        Ok::<_, DbError>(wanted)
    });
    let customers = wanted.await?;
    if customers.is_empty() {
        return Ok(progress);
    }
    let full = customers.len() == CUSTOMERS_MAX;
    let asked = CustomersAsked { customers };
    let (answers, missing) = match hub.customers(&asked).await {
        Ok(told) => sorted(told.customers, asked.customers),
        Err(trouble) => {
            tracing::debug!(reason = %trouble, "the hub told no names");
            (Vec::new(), asked.customers)
        }
    };
    progress.more = full && !answers.is_empty();
    let context = ctx.clone();
    let kept = ctx.db().write(move |tx| {
        let mut changed = false;
        for told in &answers {
            changed |= keep_answer(&context, tx, told, &mut progress)?;
        }
        for one in &missing {
            keep_silence(&context, tx, one.customer_id)?;
            progress.unanswered += 1;
        }
        if changed {
            wake(&context, tx);
        }
        Ok::<_, DbError>(progress)
    });
    kept.await
}

/// Returns what was answered of what was asked, and what was not.
fn sorted(
    told: Vec<CustomerTold>,
    asked: Vec<CustomerAsked>,
) -> (Vec<CustomerTold>, Vec<CustomerAsked>) {
    let is_asked =
        |told: &CustomerTold| asked.iter().any(|one| one.customer_id == told.customer_id);
    let told: Vec<CustomerTold> = told.into_iter().filter(is_asked).collect();
    let is_silent =
        |one: &CustomerAsked| told.iter().all(|told| told.customer_id != one.customer_id);
    let missing = asked.into_iter().filter(is_silent).collect();
    (told, missing)
}

/// Drops the names of customers whose last pickup was over long ago.
async fn forget(ctx: &Context) -> Result<u64, DbError> {
    let before_ms = rules::forgotten_before(ctx.now_ms());
    let any = ctx
        .db()
        .read(move |tx| store::any_forgotten(tx, before_ms))
        .await?;
    match any {
        // A pass every half minute must not cost a write each time.
        false => Ok(0),
        true => {
            let dropping = ctx
                .db()
                .write(move |tx| store::drop_forgotten(tx, before_ms));
            dropping.await
        }
    }
}

/// Keeps what the hub said of a customer; tells whether the pages show something else now.
fn keep_answer(
    ctx: &Context,
    tx: &mut Tx,
    told: &CustomerTold,
    progress: &mut NamesProgress,
) -> Result<bool, DbError> {
    let (id, now_ms) = (told.customer_id, ctx.now_ms());
    let before = store::name_row(tx, id)?;
    let shown_before = before.as_ref().map(|row| shown_of(ctx, id, row));
    let answered = |standing, sealed: Option<Vec<u8>>| NameRow {
        standing,
        fetched_at_ms: sealed.is_some().then_some(now_ms),
        sealed,
        asked_at_ms: now_ms,
        attempts: 0,
        ask_at_ms: rules::ask_after_answer(now_ms),
    };
    let row = match &told.name {
        NameTold::Known { name } => {
            progress.told += 1;
            let (name, entropy) = (rules::kept_name(name), ctx.entropy().as_ref());
            let sealed = ctx
                .vault()
                .seal(PURPOSE, &id.to_bytes(), name.as_bytes(), entropy);
            answered(NameStanding::Known, Some(sealed))
        }
        NameTold::Erased => {
            progress.erased += 1;
            tracing::info!(customer.id = %id, "a customer's name was erased with the hub's");
            answered(NameStanding::Erased, None)
        }
        NameTold::Unknown => {
            progress.unknown += 1;
            let attempts = 1 + before.as_ref().map_or(0, |row| row.attempts);
            NameRow {
                attempts,
                ask_at_ms: rules::ask_after_failure(now_ms, attempts),
                ..answered(NameStanding::Unknown, None)
            }
        }
    };
    store::put_name(tx, id, &row)?;
    Ok(shown_before != Some(shown_of(ctx, id, &row)))
}

/// Notes that the hub was asked about a customer and did not answer. What is known stays.
fn keep_silence(ctx: &Context, tx: &mut Tx, id: CustomerId) -> Result<(), DbError> {
    let now_ms = ctx.now_ms();
    let before = store::name_row(tx, id)?;
    let attempts = 1 + before.as_ref().map_or(0, |row| row.attempts);
    let before = before.unwrap_or(NameRow {
        standing: NameStanding::Awaited,
        sealed: None,
        fetched_at_ms: None,
        asked_at_ms: now_ms,
        attempts,
        ask_at_ms: now_ms,
    });
    let row = NameRow {
        asked_at_ms: now_ms,
        attempts,
        ask_at_ms: rules::ask_after_failure(now_ms, attempts),
        ..before
    };
    store::put_name(tx, id, &row)
}

/// Returns what a person at the counter is shown of a customer.
///
/// # Errors
///
/// Those of the database.
pub(super) fn shown(ctx: &Context, tx: &mut Tx, id: CustomerId) -> Result<CustomerName, DbError> {
    let row = store::name_row(tx, id)?;
    Ok(row.map_or(CustomerName::Awaited, |row| shown_of(ctx, id, &row)))
}

fn shown_of(ctx: &Context, id: CustomerId, row: &NameRow) -> CustomerName {
    match (row.standing, &row.sealed) {
        (NameStanding::Erased, _) => CustomerName::Erased,
        (NameStanding::Known, Some(sealed)) => {
            // Another key, after a restore without it: the hub is asked at the next contact.
            unsealed(ctx, id, sealed).map_or(CustomerName::Awaited, CustomerName::Known)
        }
        (NameStanding::Known | NameStanding::Awaited | NameStanding::Unknown, _) => {
            CustomerName::Awaited
        }
    }
}

fn unsealed(ctx: &Context, id: CustomerId, sealed: &[u8]) -> Option<String> {
    let plain = ctx.vault().unseal(PURPOSE, &id.to_bytes(), sealed).ok()?;
    String::from_utf8(plain).ok()
}

/// Returns the open pickups whose customer's name begins as was typed, the most urgent first.
///
/// # Errors
///
/// Those of the database.
pub(super) fn find(ctx: &Context, tx: &mut Tx, typed: &str) -> Result<Vec<FulfilmentId>, DbError> {
    let mut found = Vec::new();
    for (pickup, customer, sealed) in store::named_pickups(tx, SEARCHED_MAX)? {
        let name = unsealed(ctx, customer, &sealed);
        if name.is_some_and(|name| rules::is_sought(&name, typed)) {
            found.push(pickup);
        }
        if found.len() == FOUND_MAX {
            break;
        }
    }
    Ok(found)
}
