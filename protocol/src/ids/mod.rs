//! Identities: who wrote a fact and what it is about. Ids are made where the fact is made.
//!
//! It draws no randomness: callers pass the bits in, so a test or a simulator decides them.

mod document;
mod slug;
mod writer;

pub use document::{DocumentId, SegmentId};
pub use slug::{EntityId, GroupId, JurisdictionId, StoreId};
pub use writer::{OrderKey, Writer};

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use ulid::Ulid;
use utoipa::ToSchema;

/// A text that is no id of the kind asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdRefused {
    /// The text is no ULID in Crockford's base 32.
    #[error("'{0}' is not a 26-character id")]
    NotUlid(String),
    /// The text is no slug.
    #[error("'{0}' must be 1 to 32 characters: a to z, 0 to 9 and single hyphens between them")]
    NotSlug(String),
    /// The text is no SKU.
    #[error("'{0}' must be 1 to 40 printable characters without spaces")]
    NotSku(String),
    /// The text is no document id.
    #[error("'{0}' is not a document id")]
    NotDocument(String),
    /// The text is no key of an order document.
    #[error("'{0}' is not a key of an order document")]
    NotOrderKey(String),
}

macro_rules! ulid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
        )]
        #[serde(try_from = "String", into = "String")]
        #[schema(
            value_type = String,
            format = "ulid",
            min_length = 26,
            max_length = 26,
            pattern = "^[0-7][0-9A-HJKMNP-TV-Z]{25}$",
            example = "01KB5W7R9M4Q8T2V6X0Y1Z3A5C"
        )]
        pub struct $name(Ulid);

        impl $name {
            /// Makes an id from the moment in milliseconds since 1970 UTC and 80 random bits.
            #[must_use]
            pub const fn from_parts(at_ms: u64, random: u128) -> Self {
                Self(Ulid::from_parts(at_ms, random))
            }

            /// Makes an id from its 16 bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Ulid::from_bytes(bytes))
            }

            /// Returns the 16 bytes that stand in CBOR and in the database.
            #[must_use]
            pub const fn to_bytes(self) -> [u8; 16] {
                self.0.to_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0.to_string())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0.to_string())
            }
        }

        impl FromStr for $name {
            type Err = IdRefused;

            fn from_str(text: &str) -> Result<Self, IdRefused> {
                Ulid::from_string(text)
                    .map(Self)
                    .map_err(|_| IdRefused::NotUlid(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdRefused;

            fn try_from(text: String) -> Result<Self, IdRefused> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.to_bytes())?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(
                d: &mut Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                let bytes = d.bytes()?;
                let bytes = <[u8; 16]>::try_from(bytes)
                    .map_err(|_| minicbor::decode::Error::message("an id is 16 bytes"))?;
                Ok(Self::from_bytes(bytes))
            }
        }
    };
}

ulid_id!(
    /// Names one fact, everywhere and for good.
    FactId
);
ulid_id!(
    /// Names one sale, from its first scanned line on.
    SaleId
);
ulid_id!(
    /// Names one return of goods of a sale.
    ReturnId
);
ulid_id!(
    /// Names one shift: a till from its opening float to its count.
    ShiftId
);
ulid_id!(
    /// Names one receiving of goods.
    DeliveryId
);
ulid_id!(
    /// Names the time in which a store's fiscal signer failed, from its beginning to its end.
    OutageId
);
ulid_id!(
    /// Names a member of staff; facts hold this and never a name.
    StaffId
);
ulid_id!(
    /// Names one order, whatever channel it came through.
    OrderId
);
ulid_id!(
    /// Names one node's part of an order.
    FulfilmentId
);
ulid_id!(
    /// Names goods on their way from one store to another.
    TransferId
);
ulid_id!(
    /// Names a gift card or a credit: the first 16 bytes of a hash of its number, so that whoever
    /// reads a fact cannot spend it.
    StoredId
);
ulid_id!(
    /// Names money of a card, or a coupon, that is held back for a sale.
    HoldId
);
ulid_id!(
    /// Names a coupon the hub issued: the first 16 bytes of a hash of its number, so that whoever
    /// reads a fact cannot use it.
    CouponId
);
ulid_id!(
    /// Names a customer; facts hold this and never a name.
    CustomerId
);
ulid_id!(
    /// Names one command a caller made; repeating it changes nothing more.
    CommandId
);
ulid_id!(
    /// Names one print job.
    PrintJobId
);

/// Names what is sold and counted: 1 to 40 printable characters without spaces.
#[derive(
    Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, Encode, ToSchema,
)]
#[schema(
    value_type = String,
    min_length = 1,
    max_length = 40,
    pattern = "^[^ ]+$",
    example = "TEE-M-RED"
)]
#[serde(try_from = "String", into = "String")]
#[cbor(transparent)]
pub struct Sku(#[n(0)] String);

impl Sku {
    /// Returns the SKU as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Sku {
    type Err = IdRefused;

    fn from_str(text: &str) -> Result<Self, IdRefused> {
        let count = text.chars().count();
        let fits =
            (1..=40).contains(&count) && !text.chars().any(|c| c.is_whitespace() || c.is_control());
        fits.then(|| Self(text.to_owned()))
            .ok_or_else(|| IdRefused::NotSku(text.to_owned()))
    }
}

impl TryFrom<String> for Sku {
    type Error = IdRefused;

    fn try_from(text: String) -> Result<Self, IdRefused> {
        text.parse()
    }
}

impl<'b, C> Decode<'b, C> for Sku {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let refused = |_| minicbor::decode::Error::message("not a SKU");
        d.str()?.parse().map_err(refused)
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0
    }
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
            Encode, Decode, ToSchema,
        )]
        #[serde(transparent)]
        #[cbor(transparent)]
        #[schema(example = 1)]
        pub struct $name(#[n(0)] pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

number_id!(
    /// Numbers a register (till position) within its store, from 1.
    RegisterId,
    u16
);
number_id!(
    /// Numbers an edge within the hub, from 1; 0 is the hub itself.
    EdgeNumber,
    u32
);
number_id!(
    /// Counts the lives of one writer: a new install, restore or suspected rollback is a new one.
    Incarnation,
    u32
);

impl EdgeNumber {
    /// The hub as a writer.
    pub const HUB: Self = Self(0);
}

#[cfg(test)]
mod tests {
    use super::{Sku, StoreId};

    #[test]
    fn a_store_slug_is_what_a_person_can_say() {
        for good in ["a", "ghent-1", "store7"] {
            assert_eq!(good.parse::<StoreId>().unwrap().as_str(), good);
        }
        for bad in ["", "-a", "a-", "a--b", "Ghent", "a b", &"x".repeat(33)] {
            assert!(bad.parse::<StoreId>().is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn a_sku_has_no_blanks_or_control_characters() {
        assert!("TEE-M/RED".parse::<Sku>().is_ok());
        for bad in ["", "a b", "a\u{1d}b", &"x".repeat(41)] {
            assert!(bad.parse::<Sku>().is_err(), "{bad:?} must be refused");
            let sent = minicbor::to_vec(bad).unwrap();
            assert!(
                minicbor::decode::<Sku>(&sent).is_err(),
                "{bad:?} is believed"
            );
        }
    }
}
