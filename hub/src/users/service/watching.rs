//! Who watches a live page, and whether they still may.

use std::net::IpAddr;

use counterpart_daemon::web::live::Viewer;

use super::{Caller, hex, token_hash};
use crate::context::Context;
use crate::users::rules::Permission;
use crate::users::store;

/// Returns who watches a page that takes `needed` with this token: its streams end when the session
/// does, which they do not prolong, or when the operator may no longer see the page.
pub(in crate::users) fn viewer(
    context: &Context,
    token: &str,
    address: Option<IpAddr>,
    needed: Permission,
) -> Viewer {
    let (hash, within) = (token_hash(token), context.clone());
    Viewer::signed_in(hex(&hash), address, move || {
        let within = within.clone();
        async move {
            let now_ms = within.now_ms();
            let found = within.db().read(move |tx| store::session(tx, hash, now_ms));
            match found.await {
                Ok(Some((operator, role, _))) => {
                    Caller::operator(operator, role).check(needed).is_ok()
                }
                Ok(None) => false,
                Err(error) => {
                    tracing::warn!(%error, "could not read whether a session goes on");
                    false
                }
            }
        }
    })
}
