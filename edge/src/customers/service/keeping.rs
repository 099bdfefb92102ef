//! Telling the hub who joined here, and fetching the names of those in its book.

use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::customers::{
    CONTACTS_MAX, ContactTold, ContactsAsked, CustomersJoined, Joined, JoinedOutcome,
};
use tokio_util::sync::CancellationToken;

use super::{opened, sealed};
use crate::context::Context;
use crate::customers::TOPIC;
use crate::customers::store::{self, Told};
use crate::sync::{HubClient, Standing};

/// How often it is looked after without being woken.
const TIMER: Duration = Duration::from_secs(30);
/// How long the hub is not asked again, in milliseconds, for a name it did not tell.
const AGAIN_MS: i64 = 600_000;

/// What one turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CustomersProgress {
    /// Who joined here and the hub knows of now.
    pub told: usize,
    /// Whose name and contact came.
    pub named: usize,
    /// Who was forgotten, because the hub had them and no book named them.
    pub forgotten: u64,
    /// Whether there is more to do at once.
    pub more: bool,
}

/// Looks after the customers until `stop`: when the hub sent something, when somebody joined, and
/// twice a minute.
pub async fn keep(ctx: Context, hub: HubClient, stop: CancellationToken) {
    let mut received = ctx.link().received();
    let mut joined = ctx.live().changes();
    loop {
        let done = match stop.run_until_cancelled(look_after(&ctx, &hub)).await {
            Some(done) => done,
            None => return,
        };
        match done {
            Ok(progress) if progress.more => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "could not look after the customers"),
        }
        let woken = async {
            tokio::select! {
                changed = received.changed() => changed.is_ok(),
                () = joined.any_of(&[TOPIC]) => true,
                () = tokio::time::sleep(TIMER) => true,
            }
        };
        match stop.run_until_cancelled(woken).await {
            Some(true) => {}
            Some(false) | None => return,
        }
    }
}

/// Does what is to be done now: idempotent, without input. One call of each kind at most.
///
/// # Errors
///
/// Those of the database; a hub that does not answer is asked again later.
pub async fn look_after(ctx: &Context, hub: &HubClient) -> Result<CustomersProgress, DbError> {
    let mut progress = CustomersProgress {
        forgotten: forget(ctx).await?,
        ..CustomersProgress::default()
    };
    if ctx.link().state().standing != Standing::Connected {
        return Ok(progress);
    }
    tell_joined(ctx, hub, &mut progress).await?;
    fetch_contacts(ctx, hub, &mut progress).await?;
    Ok(progress)
}

async fn forget(ctx: &Context) -> Result<u64, DbError> {
    let now_ms = ctx.now_ms();
    let any = ctx.db().read(move |tx| store::any_forgotten(tx, now_ms));
    match any.await? {
        true => ctx.db().write(move |tx| store::forget(tx, now_ms)).await,
        false => Ok(0),
    }
}

async fn tell_joined(
    ctx: &Context,
    hub: &HubClient,
    progress: &mut CustomersProgress,
) -> Result<(), DbError> {
    let untold = ctx.db().read(|tx| store::untold(tx, CONTACTS_MAX)).await?;
    let customers = untold.iter().filter_map(|regular| {
        Some(Joined {
            customer_id: regular.customer_id,
            card: regular.card.clone(),
            contact: opened(ctx, regular)?,
        })
    });
    let joined = CustomersJoined {
        customers: customers.collect(),
    };
    if joined.customers.is_empty() {
        return Ok(());
    }
    let asked = joined.customers.len();
    let answers = match hub.customers_joined(&joined).await {
        Ok(taken) => taken.customers,
        Err(trouble) => {
            tracing::debug!(%trouble, "the hub was not told who joined");
            return Ok(());
        }
    };
    let live = ctx.live().clone();
    let told = ctx.db().write(move |tx| {
        let mut told = 0;
        for answer in answers {
            let said = match answer.outcome {
                JoinedOutcome::Taken => Told::Taken,
                JoinedOutcome::CardTaken => Told::CardTaken,
                JoinedOutcome::Refused { sentence } => Told::Refused(sentence),
                JoinedOutcome::Unknown => continue,
            };
            store::put_told(tx, answer.customer_id, &said)?;
            told += 1;
        }
        tx.on_commit(Box::new(move || live.publish(TOPIC)));
        Ok::<_, DbError>(told)
    });
    progress.told = told.await?;
    progress.more |= asked == CONTACTS_MAX && progress.told > 0;
    Ok(())
}

async fn fetch_contacts(
    ctx: &Context,
    hub: &HubClient,
    progress: &mut CustomersProgress,
) -> Result<(), DbError> {
    let before_ms = ctx.now_ms() - AGAIN_MS;
    let lacking = ctx
        .db()
        .read(move |tx| store::lacking(tx, before_ms, CONTACTS_MAX));
    let customers = lacking.await?;
    if customers.is_empty() {
        return Ok(());
    }
    let asked = ContactsAsked { customers };
    let told = match hub.customer_contacts(&asked).await {
        Ok(told) => told.customers,
        Err(trouble) => {
            tracing::debug!(%trouble, "the hub told no customers' names");
            return Ok(());
        }
    };
    let is_asked = |told: &ContactTold| asked.customers.contains(&told.customer_id);
    let told: Vec<ContactTold> = told.into_iter().filter(is_asked).collect();
    progress.named = told.iter().filter(|told| told.contact.is_some()).count();
    progress.more |= asked.customers.len() == CONTACTS_MAX && progress.named > 0;
    let context = ctx.clone();
    let kept = ctx.db().write(move |tx| keep_told(&context, tx, &told));
    kept.await
}

fn keep_told(ctx: &Context, tx: &mut Tx, told: &[ContactTold]) -> Result<(), DbError> {
    for told in told {
        let id = told.customer_id;
        let sealed = told.contact.as_ref().map(|it| sealed(ctx, id, it));
        let contact = (sealed.as_deref(), told.record);
        store::put_contact(tx, id, contact, ctx.now_ms())?;
    }
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(TOPIC)));
    Ok(())
}
