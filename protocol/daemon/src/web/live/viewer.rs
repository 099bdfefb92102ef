//! Who an event stream is for: a session and an address, of which each has its share of streams,
//! and whether that session still goes on.
//!
//! It knows no password and no PIN: a slice says what a session is and when it has ended.

use std::fmt;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::ConnectInfo;
use axum::http::Extensions;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;

use super::{Live, STREAMS_PER_ADDRESS_MAX, STREAMS_PER_SESSION_MAX};
use crate::http::{Share, Shares, caller};

type StillThere = dyn Fn() -> BoxFuture<'static, bool> + Send + Sync;

/// Who watches a page.
#[derive(Clone)]
pub struct Viewer {
    session: Arc<str>,
    address: Option<IpAddr>,
    still_there: Option<Arc<StillThere>>,
}

impl Viewer {
    /// Returns the viewer who shows this session, whose name is no secret: a token's hash. The
    /// stream asks `still_there` before it shows anything and at every tick, and ends with the
    /// first no. `address` is [`address_of`] the request.
    pub fn signed_in<F>(
        session: impl Into<Arc<str>>,
        address: Option<IpAddr>,
        still_there: impl Fn() -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = bool> + Send + 'static,
    {
        Self {
            session: session.into(),
            // Behind a proxy on this machine may stand a whole company.
            address: address.filter(|address| !address.is_loopback()).map(caller),
            still_there: Some(Arc::new(move || still_there().boxed())),
        }
    }

    /// Returns the viewer of a page that asks nobody to sign in, because it is served to this
    /// machine alone: all of them together have the share of one session.
    pub fn of_this_machine(page: &'static str) -> Self {
        Self {
            session: Arc::from(page),
            address: None,
            still_there: None,
        }
    }

    pub(super) async fn is_still_there(&self) -> bool {
        match &self.still_there {
            Some(still_there) => still_there().await,
            None => true,
        }
    }
}

impl fmt::Debug for Viewer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Viewer")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

/// Returns where a request came from, by its extensions; nothing if it came over no socket.
pub fn address_of(extensions: &Extensions) -> Option<IpAddr> {
    let from = extensions.get::<ConnectInfo<SocketAddr>>();
    from.map(|ConnectInfo(from)| from.ip())
}

/// What sessions and addresses hold of the streams there are.
#[derive(Debug, Default)]
pub(super) struct Held {
    by_session: Shares<Arc<str>>,
    by_address: Shares<IpAddr>,
}

/// One stream of a viewer.
#[derive(Debug)]
pub(super) struct StreamShare {
    _of_session: Share<Arc<str>>,
    _of_address: Option<Share<IpAddr>>,
}

impl Live {
    /// Takes one stream of what `viewer` may hold.
    pub(super) fn share_of(&self, viewer: &Viewer) -> Option<StreamShare> {
        let held = &self.inner.held;
        let session = Arc::clone(&viewer.session);
        let of_session = held.by_session.try_take(session, STREAMS_PER_SESSION_MAX)?;
        let of_address = match viewer.address {
            Some(address) => Some(held.by_address.try_take(address, STREAMS_PER_ADDRESS_MAX)?),
            None => None,
        };
        Some(StreamShare {
            _of_session: of_session,
            _of_address: of_address,
        })
    }
}
