//! Handing what one store has in use to another on the same machine: the shop to its training.

use counterpart_daemon::db::DbError;
use counterpart_protocol::reference::ReferenceKind;
use counterpart_protocol::reference::packing;

use super::{ReferenceFailed, installing, off_thread};
use crate::context::Context;
use crate::reference::store;

/// What a training store sells from and who works there. Not the keys, by which codes of real
/// orders are believed, and not what other stores have, which it can get from nobody.
const TAKEN_OVER: [ReferenceKind; 7] = [
    ReferenceKind::Store,
    ReferenceKind::Policies,
    ReferenceKind::Catalog,
    ReferenceKind::Prices,
    ReferenceKind::Promotions,
    ReferenceKind::Roster,
    // By pseudonym: their names stay in the shop.
    ReferenceKind::Customers,
];

/// What came of taking over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TakenOver {
    /// Kinds that are other than they were.
    pub changed: u32,
    /// Kinds the shop has nothing of yet.
    pub missing: u32,
}

/// Takes what `from` has in use into use in `to`, as it is; what is the same already stays.
///
/// # Errors
///
/// Those of either database and of taking into use; what was taken before stays.
pub async fn take_over(from: &Context, to: &Context) -> Result<TakenOver, ReferenceFailed> {
    let mut taken = TakenOver::default();
    for kind in TAKEN_OVER {
        let held = from.db().read(move |tx| {
            let version = store::in_use(tx, kind)?;
            Ok::<_, DbError>(version.zip(store::content(tx, kind)?))
        });
        let Some((version, content)) = held.await? else {
            taken.missing += 1;
            continue;
        };
        let mine = to.db().read(move |tx| store::in_use(tx, kind)).await?;
        if mine.is_some_and(|mine| mine.sha256 == version.sha256) {
            continue;
        }
        let plain =
            off_thread(move || packing::unpack(&content.packed).map_err(ReferenceFailed::Damaged));
        installing::install(to, kind, version, plain.await?).await?;
        taken.changed += 1;
    }
    Ok(taken)
}
