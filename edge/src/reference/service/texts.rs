//! Taking into use what is kept as it was published: the policies, and who this store is.

use counterpart_daemon::db::{Db, DbError};
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::policies::Policies;
use counterpart_protocol::pricing::{PromotionBook, Promotions};
use counterpart_protocol::reference::{ReferenceKind, Snapshot};

use super::ReferenceFailed;
use super::installing::switch_with;
use crate::context::{Context, StoreProfile};
use crate::reference::TOPIC;
use crate::reference::store::{self, Version};
use crate::sync;

/// Returns who this store is at the start: what was published last, or else what enrolment said.
///
/// # Errors
///
/// Those of the database. A publication this machine cannot use any more is passed over.
pub async fn profile(db: &Db, enrolled: &StoreProfile) -> Result<StoreProfile, DbError> {
    let published = db.read(store::store_words).await?;
    let Some(words) = published.filter(|words| words.store_id == enrolled.store_id) else {
        return Ok(enrolled.clone());
    };
    Ok(sync::profile(&words).unwrap_or_else(|failed| {
        tracing::warn!(reason = %failed, "goes on as enrolled");
        enrolled.clone()
    }))
}

/// Takes into use what the hub says of this store: receipts, pages and the next facts say it.
///
/// # Errors
///
/// [`ReferenceFailed::OtherStore`] when it is about another one or in another currency,
/// [`ReferenceFailed::UnusableStore`]; those of the database.
pub async fn install_store(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    words: StoreIdentity,
) -> Result<(), ReferenceFailed> {
    let now = context.profile();
    if (&words.store_id, words.currency) != (&now.store_id, now.currency) {
        let (store_id, currency) = (words.store_id, words.currency);
        return Err(ReferenceFailed::OtherStore(format!(
            "it is about {store_id} in {currency}"
        )));
    }
    let profile = sync::profile(&words).map_err(ReferenceFailed::UnusableStore)?;
    let (to, text) = (Version { version, sha256 }, Snapshot::of(&words));
    switch_with(context, ReferenceKind::Store, to, 0, move |tx| {
        store::put_text(tx, ReferenceKind::Store, &text.bytes)
    })
    .await?;
    context.take_profile(profile);
    // Pages that looked between the commit and this would show the old words until the next change.
    context.live().publish(TOPIC);
    tracing::info!(version, "who this store is has changed");
    Ok(())
}

/// Takes policies into use.
///
/// # Errors
///
/// Those of the database.
pub async fn install_policies(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    policies: Policies,
) -> Result<(), ReferenceFailed> {
    let classes = policies.classes.len() + 1;
    let (to, text) = (Version { version, sha256 }, Snapshot::of(&policies));
    switch_with(context, ReferenceKind::Policies, to, 0, move |tx| {
        store::put_text(tx, ReferenceKind::Policies, &text.bytes)
    })
    .await?;
    tracing::info!(version, classes, "new policies are in use");
    Ok(())
}

/// Takes promotions into use: what is begun from now on is priced by them.
///
/// # Errors
///
/// Those of the database.
pub async fn install_promotions(
    context: &Context,
    version: u64,
    sha256: [u8; 32],
    book: PromotionBook,
) -> Result<(), ReferenceFailed> {
    let count = book.promotions.len();
    let (to, text) = (Version { version, sha256 }, Snapshot::of(&book));
    switch_with(context, ReferenceKind::Promotions, to, 0, move |tx| {
        store::put_text(tx, ReferenceKind::Promotions, &text.bytes)
    })
    .await?;
    context.take_promotions(Promotions::of(book.promotions));
    context.live().publish(TOPIC);
    tracing::info!(version, promotions = count, "new promotions are in use");
    Ok(())
}

/// Returns the promotions in use at the start.
///
/// # Errors
///
/// Those of the database.
pub async fn promotions(db: &Db) -> Result<Promotions, DbError> {
    let book = db.read(store::promotion_book).await?;
    Ok(Promotions::of(book.promotions))
}
