//! This store's own key for the codes it signs: told to the hub once, by a fact.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::codes::SigningKeyAdded;
use counterpart_protocol::ids::EdgeNumber;

use super::ReferenceFailed;
use crate::context::Context;
use crate::reference::store;

/// States the key this store signs codes with, unless that was done: at its first start, and after
/// its data folder was given a new one. Other stores believe it once the hub has passed it on.
///
/// # Errors
///
/// Those of the database.
pub async fn state_own_key(context: &Context) -> Result<(), ReferenceFailed> {
    let within = context.clone();
    let stated = context.db().write(move |tx| state(&within, tx));
    stated.await.map_err(|failed| match failed {
        ReplicaFailed::Db(error) => ReferenceFailed::Db(error),
        other => ReferenceFailed::Own(other),
    })
}

fn state(context: &Context, tx: &mut Tx) -> Result<(), ReplicaFailed> {
    let public_key = context.code_signer().public_key();
    if store::is_own(tx, public_key.id())? {
        return Ok(());
    }
    let fact = SigningKeyAdded { public_key };
    let place = context.place(None, None);
    context
        .replica()
        .record(tx, EdgeNumber::HUB, place, &fact)?;
    tracing::info!(key = %public_key.id(), "made a key to sign codes with");
    Ok(())
}
