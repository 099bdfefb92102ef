//! Reference data: what the hub owns and stores read. Versioned, content-addressed snapshots and
//! the differences between them over HTTP; not documents, because nobody but the hub writes them.

pub mod packing;

use std::fmt;
use std::str::FromStr;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::catalog::Catalog;
use crate::customers::CustomerBook;
use crate::enrolment::StoreIdentity;
use crate::keyring::Keyring;
use crate::neighbours::NeighbourStock;
use crate::policies::Policies;
use crate::prices::PriceBook;
use crate::pricing::PromotionBook;
use crate::staff::Roster;

/// Which reference data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReferenceKind {
    /// Products, prices and tax classes.
    Catalog,
    /// The people of one store and what they may do.
    Roster,
    /// The price lists of one store.
    Prices,
    /// The keys signed codes are checked with.
    Keys,
    /// What the stores nearby have.
    Neighbours,
    /// Who one store is, as it is now: the words of enrolment grow old.
    Store,
    /// What the region decides for all stores.
    Policies,
    /// The promotions of one store.
    Promotions,
    /// The customers whom tills know, by pseudonym.
    Customers,
}

/// How a store learns that there is a newer version.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// By a fact with its hash in the hub's journal: what prices a sale or lets a person in is
    /// believed by nothing less.
    ByFact,
    /// By asking now and then: what only informs would fill journals with facts nobody reads again.
    ByAsking,
}

impl ReferenceKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::Catalog,
        Self::Roster,
        Self::Prices,
        Self::Keys,
        Self::Neighbours,
        Self::Store,
        Self::Policies,
        Self::Promotions,
        Self::Customers,
    ];

    /// Returns its word in addresses, SQL and facts.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Catalog => "catalog",
            Self::Roster => "roster",
            Self::Prices => "prices",
            Self::Keys => "keys",
            Self::Neighbours => "neighbours",
            Self::Store => "store",
            Self::Policies => "policies",
            Self::Promotions => "promotions",
            Self::Customers => "customers",
        }
    }

    /// Returns how stores learn of a newer version.
    #[must_use]
    pub const fn announced(self) -> Told {
        match self {
            Self::Catalog
            | Self::Roster
            | Self::Prices
            | Self::Keys
            | Self::Store
            | Self::Policies
            | Self::Promotions
            | Self::Customers => Told::ByFact,
            Self::Neighbours => Told::ByAsking,
        }
    }
}

impl fmt::Display for ReferenceKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for ReferenceKind {
    type Err = ReferenceRefused;

    fn from_str(word: &str) -> Result<Self, ReferenceRefused> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.word() == word)
            .ok_or_else(|| ReferenceRefused::UnknownKind(word.to_owned()))
    }
}

/// Why bytes are not the reference data they should be.
#[derive(Debug, thiserror::Error)]
pub enum ReferenceRefused {
    /// No such kind.
    #[error("there is no reference data called '{0}'")]
    UnknownKind(String),
    /// The bytes have another hash than the one published.
    #[error("the {0} that arrived is not the one that was published")]
    OtherHash(ReferenceKind),
    /// The bytes are not the JSON of this kind.
    #[error("the {kind} cannot be read")]
    Unreadable {
        /// Which.
        kind: ReferenceKind,
        /// What the reader said.
        source: serde_json::Error,
    },
}

/// A snapshot's content.
pub trait Reference: Serialize + DeserializeOwned {
    /// Which kind it is.
    const KIND: ReferenceKind;
}

impl Reference for Catalog {
    const KIND: ReferenceKind = ReferenceKind::Catalog;
}

impl Reference for PromotionBook {
    const KIND: ReferenceKind = ReferenceKind::Promotions;
}

impl Reference for CustomerBook {
    const KIND: ReferenceKind = ReferenceKind::Customers;
}

impl Reference for Roster {
    const KIND: ReferenceKind = ReferenceKind::Roster;
}

impl Reference for PriceBook {
    const KIND: ReferenceKind = ReferenceKind::Prices;
}

impl Reference for Keyring {
    const KIND: ReferenceKind = ReferenceKind::Keys;
}

impl Reference for NeighbourStock {
    const KIND: ReferenceKind = ReferenceKind::Neighbours;
}

impl Reference for StoreIdentity {
    const KIND: ReferenceKind = ReferenceKind::Store;
}

impl Reference for Policies {
    const KIND: ReferenceKind = ReferenceKind::Policies;
}

/// Returns a hash as its 64 hexadecimal digits: in addresses and, between quotation marks, as ETag.
#[must_use]
pub fn hash_text(sha256: &[u8; 32]) -> String {
    sha256.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads a hash from its 64 hexadecimal digits, as an ETag has them or bare.
#[must_use]
pub fn hash_of(text: &str) -> Option<[u8; 32]> {
    let digits = text.trim().trim_start_matches("W/").trim_matches('"');
    if digits.len() != 64 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&digits[at * 2..at * 2 + 2], 16).ok()?;
    }
    Some(bytes)
}

/// A snapshot as published: its bytes and their SHA-256, which is also its HTTP ETag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The JSON.
    pub bytes: Vec<u8>,
    /// Its SHA-256.
    pub sha256: [u8; 32],
}

impl Snapshot {
    /// Makes the snapshot of `content`.
    #[must_use]
    pub fn of<R: Reference>(content: &R) -> Self {
        let bytes = serde_json::to_vec(content).expect("our own types have string keys only");
        let sha256 = Sha256::digest(&bytes).into();
        Self { bytes, sha256 }
    }

    /// Reads snapshot bytes that should have the hash `sha256`.
    ///
    /// # Errors
    /// [`ReferenceRefused::OtherHash`] or [`ReferenceRefused::Unreadable`].
    pub fn read<R: Reference>(bytes: &[u8], sha256: &[u8; 32]) -> Result<R, ReferenceRefused> {
        if Sha256::digest(bytes).as_slice() != sha256 {
            return Err(ReferenceRefused::OtherHash(R::KIND));
        }
        serde_json::from_slice(bytes).map_err(|source| ReferenceRefused::Unreadable {
            kind: R::KIND,
            source,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ReferenceRefused, Snapshot, hash_of, hash_text};
    use crate::catalog::Catalog;
    use crate::staff::Roster;

    #[test]
    fn a_snapshot_is_what_was_published_or_nothing() {
        let roster = Roster {
            members: Vec::new(),
        };
        let snapshot = Snapshot::of(&roster);
        assert_eq!(
            Snapshot::read::<Roster>(&snapshot.bytes, &snapshot.sha256).unwrap(),
            roster
        );
        let other = Snapshot::read::<Roster>(&snapshot.bytes, &[0; 32]);
        assert!(matches!(other, Err(ReferenceRefused::OtherHash(_))));
        let wrong = Snapshot::read::<Catalog>(&snapshot.bytes, &snapshot.sha256);
        assert!(matches!(wrong, Err(ReferenceRefused::Unreadable { .. })));
    }

    #[test]
    fn a_hash_reads_back_from_an_etag_and_from_an_address() {
        let hash: [u8; 32] = std::array::from_fn(|at| at as u8 * 7);
        let digits = hash_text(&hash);
        assert_eq!(hash_of(&digits), Some(hash));
        assert_eq!(hash_of(&format!("\"{digits}\"")), Some(hash));
        for bad in ["", "*", &digits[1..], "z"] {
            assert_eq!(hash_of(bad), None, "{bad:?}");
        }
    }
}
