//! Who writes, and the keys they write under.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::document::canonical_number;
use super::{EdgeNumber, IdRefused, Incarnation};

/// One writer of facts: an edge, or the hub, in one of its lives. Two replicas never share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Writer {
    /// Whose.
    pub edge: EdgeNumber,
    /// Which of its lives; for the hub, its generation.
    pub incarnation: Incarnation,
}

impl Writer {
    /// Returns the key of this writer's fact number `seq` in its journal:
    /// `<edge>/<incarnation>/<8 hex digits>`, fixed by `replication.md` §9.
    #[must_use]
    pub fn key(&self, seq: u64) -> String {
        format!("{}/{}/{seq:08x}", self.edge, self.incarnation)
    }
}

/// The key of a fact in an order document: `<edge>/<incarnation>/<seq, 8 hex digits>/<epoch>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderKey {
    /// Who wrote it.
    pub writer: Writer,
    /// Counts what this writer wrote into this document, from 1.
    pub seq: u32,
    /// The custody epoch under which it was written.
    pub epoch: u32,
}

impl fmt::Display for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { writer, seq, epoch } = self;
        write!(
            f,
            "{}/{}/{seq:08x}/{epoch}",
            writer.edge, writer.incarnation
        )
    }
}

impl FromStr for OrderKey {
    type Err = IdRefused;

    fn from_str(text: &str) -> Result<Self, IdRefused> {
        let refused = || IdRefused::NotOrderKey(text.to_owned());
        let parts: Vec<&str> = text.split('/').collect();
        let [edge, incarnation, seq, epoch] = parts.as_slice() else {
            return Err(refused());
        };
        let number = |part: &str| canonical_number(part).ok_or_else(refused);
        let key = Self {
            writer: Writer {
                edge: EdgeNumber(number(edge)?),
                incarnation: Incarnation(number(incarnation)?),
            },
            seq: u32::from_str_radix(seq, 16).map_err(|_| refused())?,
            epoch: number(epoch)?,
        };
        // Hexadecimal digits may be upper case, fewer or signed; a key has one spelling.
        if key.to_string() == text {
            Ok(key)
        } else {
            Err(refused())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::OrderKey;

    #[test]
    fn a_key_has_one_spelling() {
        for good in ["7/1/00000001/0", "0/3/0000abcd/12", "7/1/ffffffff/1"] {
            assert_eq!(good.parse::<OrderKey>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "7/1/00000001",
            "7/1/1/0",
            "7/1/000000AB/0",
            "7/1/+0000001/0",
            "7/1/00000001/01",
            "7/1/00000001/0/0",
            "7/01/00000001/0",
            "7/1/100000000/0",
        ] {
            assert!(bad.parse::<OrderKey>().is_err(), "{bad:?} must be refused");
        }
    }
}
