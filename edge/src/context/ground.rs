//! Whether a store is the shop itself or the training store beside it, and what either must not
//! take for its own.
//!
//! A training store is the same program on other data: this is the whole difference a slice can
//! see. It starts nothing; `app/training.rs` does.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};

use counterpart_hardware::VirtualCounter;
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::sales::ReceiptNumber;
use tokio::sync::Notify;

use super::{Context, StoreProfile};

/// What stands on every paper and every page of a training store. It is no word of a language: a
/// customer who is handed such a paper by mistake has to see it anywhere.
pub const TRAINING: &str = "TRAINING";

/// Whether a store is the shop itself or its training store. Clones share it.
#[derive(Clone)]
pub enum Ground {
    /// The shop, and where its training store is.
    Shop(Door),
    /// A training store.
    Training(Arc<TrainingStore>),
}

/// Where a store's pages are, once they are served. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Door(Arc<Mutex<DoorState>>);

/// What is known of the training store beside a shop.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum DoorState {
    /// The settings name none.
    #[default]
    None,
    /// It is being started, or begins anew.
    Opening,
    /// Its pages are served.
    Open(Pages),
    /// It could not be started: a sentence to act on.
    Shut(String),
}

/// An address at which pages are served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pages {
    /// The address.
    pub address: SocketAddr,
    /// `http` or `https`.
    pub scheme: &'static str,
}

/// What a training store knows beyond what every store knows.
pub struct TrainingStore {
    /// The shop it takes its goods, prices and people from.
    pub shop: Context,
    /// Where the shop's pages are.
    pub shop_pages: Pages,
    /// The twins at its registers.
    pub twins: BTreeMap<RegisterId, VirtualCounter>,
    /// Is notified when a manager wants it to begin anew.
    pub begins_anew: Arc<Notify>,
}

/// A receipt that was printed on the other side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OtherGround {
    /// A training store's, in the shop.
    #[error("the receipt {0} is from training: nothing was sold with it, and nothing comes back")]
    Training(ReceiptNumber),
    /// The shop's, in training.
    #[error(
        "the receipt {0} is a real one and this is training: take it back at the real register"
    )]
    Shop(ReceiptNumber),
}

impl Ground {
    /// Returns the training store this is, unless it is the shop itself.
    #[must_use]
    pub fn training(&self) -> Option<&TrainingStore> {
        match self {
            Self::Shop(_) => None,
            Self::Training(store) => Some(store),
        }
    }

    /// Returns the word that stands on papers and pages, if one does.
    #[must_use]
    pub fn mark(&self) -> Option<&'static str> {
        self.training().map(|_| TRAINING)
    }

    /// Returns who a store is, as its pages and papers say it.
    #[must_use]
    pub fn marked(&self, mut profile: StoreProfile) -> StoreProfile {
        if let Some(mark) = self.mark() {
            profile.name = format!("{mark} {}", profile.name);
        }
        profile
    }

    /// Checks that a receipt may be one of this side's.
    ///
    /// # Errors
    ///
    /// [`OtherGround`] says whose it is.
    pub fn check(&self, receipt: ReceiptNumber) -> Result<(), OtherGround> {
        match (self, receipt.is_of_training()) {
            (Self::Shop(_), false) | (Self::Training(_), true) => Ok(()),
            (Self::Shop(_), true) => Err(OtherGround::Training(receipt)),
            (Self::Training(_), false) => Err(OtherGround::Shop(receipt)),
        }
    }
}

impl Door {
    /// Returns what is known.
    #[must_use]
    pub fn state(&self) -> DoorState {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Notes what is known now.
    pub fn note(&self, state: DoorState) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl Pages {
    /// Returns the address as a browser that reached this machine as `host` (a name with or without
    /// a port) finds it: whoever came from another machine cannot use loopback.
    #[must_use]
    pub fn url_for(&self, host: &str) -> String {
        let name = match host.rfind(':') {
            // An address in brackets has colons of its own.
            Some(at) if !host[at..].contains(']') => &host[..at],
            Some(_) | None => host,
        };
        let spelt = name.bytes().all(|byte| {
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'[' | b']' | b':')
        });
        match spelt && !name.is_empty() {
            true => format!("{}://{name}:{}", self.scheme, self.address.port()),
            false => format!("{}://{}", self.scheme, self.address),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Door, Ground, OtherGround, Pages};

    #[test]
    fn a_receipt_of_training_is_none_of_the_shops() {
        let shop = Ground::Shop(Door::default());
        let receipt = |text: &str| text.parse().unwrap();
        assert_eq!(shop.check(receipt("1-1-000042")), Ok(()));
        let training = receipt("1-9001-000042");
        assert_eq!(shop.check(training), Err(OtherGround::Training(training)));
        assert_eq!(
            OtherGround::Training(training).to_string(),
            "the receipt 1-9001-000042 is from training: nothing was sold with it, and nothing \
             comes back"
        );
    }

    #[test]
    fn a_browser_finds_the_other_pages_where_it_found_these() {
        #[track_caller]
        fn check(host: &str, expected: &str) {
            let pages = Pages {
                address: "127.0.0.1:8411".parse().unwrap(),
                scheme: "https",
            };
            assert_eq!(pages.url_for(host), expected);
        }
        check(
            "till-1.shop.example:8410",
            "https://till-1.shop.example:8411",
        );
        check("till-1", "https://till-1:8411");
        check("[::1]:8410", "https://[::1]:8411");
        check("[::1]", "https://[::1]:8411");
        check("", "https://127.0.0.1:8411");
        check("evil.example/x?", "https://127.0.0.1:8411");
    }
}
