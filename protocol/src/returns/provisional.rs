//! What a provisional refund says of itself.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize, Serializer};

use crate::codes::KeyId;
use crate::ids::StoreId;
use crate::time::BusinessDate;

/// A sale of another store was refunded without the right to: the signed code on its receipt said
/// what was paid. It stands whatever came back elsewhere; what is too much is named
/// ([`crate::exceptions::Rule::OverRefund`]). Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct Provisional {
    /// The store that sold it, as the code says.
    #[n(0)]
    pub sold_by: StoreId,
    /// The business day of the sale, as the code says.
    #[n(1)]
    pub sold_on: BusinessDate,
    /// The key that signed the code, so that what a stolen one vouched for can be found.
    #[n(2)]
    #[serde(serialize_with = "key_text")]
    pub key_id: KeyId,
    /// Why the right was not waited for.
    #[n(3)]
    pub why: WhyProvisional,
}

/// Why somebody refunds without the right to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum WhyProvisional {
    /// The hub could not be asked.
    #[n(0)]
    HubAway,
    /// The hub was asked, and whoever has the right has not answered it.
    #[n(1)]
    HolderAway,
}

impl WhyProvisional {
    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::HubAway => "hub_away",
            Self::HolderAway => "holder_away",
        }
    }
}

fn key_text<S: Serializer>(key_id: &KeyId, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(key_id)
}
