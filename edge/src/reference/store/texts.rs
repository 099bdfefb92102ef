//! Reference data that is kept as it was published: small, read whole, and never searched.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::enrolment::StoreIdentity;
use counterpart_protocol::policies::{Permissions, Policies};
use counterpart_protocol::pricing::PromotionBook;
use counterpart_protocol::reference::{Reference, ReferenceKind};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::unreadable;

/// Returns the policies in use; what holds by default before any were published.
///
/// # Errors
///
/// Those of the database.
pub fn policies(tx: &mut Tx) -> Result<Policies, DbError> {
    Ok(text::<Policies>(tx)?.unwrap_or_default())
}

/// What every request asks of the policies; the rest of them, which may be long, is passed over.
#[derive(Deserialize)]
struct PermissionsPart {
    #[serde(default)]
    permissions: Permissions,
}

/// Returns who may do what by the policies in use.
///
/// # Errors
///
/// Those of the database.
pub fn permissions(tx: &mut Tx) -> Result<Permissions, DbError> {
    let part: Option<PermissionsPart> = content(tx, ReferenceKind::Policies)?;
    Ok(part.map(|part| part.permissions).unwrap_or_default())
}

/// Returns the promotions in use; none before any were published.
pub(in crate::reference) fn promotion_book(tx: &mut Tx) -> Result<PromotionBook, DbError> {
    Ok(text(tx)?.unwrap_or_default())
}

/// Returns who the hub last said this store is.
pub(in crate::reference) fn store_words(tx: &mut Tx) -> Result<Option<StoreIdentity>, DbError> {
    text(tx)
}

fn text<R: Reference>(tx: &mut Tx) -> Result<Option<R>, DbError> {
    content(tx, R::KIND)
}

fn content<T: DeserializeOwned>(tx: &mut Tx, kind: ReferenceKind) -> Result<Option<T>, DbError> {
    let row = tx.query_opt(
        "SELECT content FROM reference_texts WHERE kind = $1",
        params![kind.word()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let content: Vec<u8> = row.read(0)?;
    let read = serde_json::from_slice(&content);
    read.map(Some)
        .map_err(|wrong| unreadable("reference_texts.content", wrong.to_string()))
}

/// Keeps a publication's bytes, in place of the ones before.
pub(in crate::reference) fn put_text(
    tx: &mut Tx,
    kind: ReferenceKind,
    content: &[u8],
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO reference_texts (kind, content) VALUES ($1, $2)
         ON CONFLICT (kind) DO UPDATE SET content = excluded.content",
        params![kind.word(), content],
    )?;
    Ok(())
}
