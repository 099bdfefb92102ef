//! Names in words a person uses: of stores, the companies that run them and the places they are
//! taxed in.

use std::fmt;
use std::str::FromStr;

use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::IdRefused;

macro_rules! slug_id {
    ($(#[$doc:meta])* $name:ident, $example:literal) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
        )]
        #[schema(
            value_type = String,
            min_length = 1,
            max_length = 32,
            pattern = "^[a-z0-9]+(-[a-z0-9]+)*$",
            example = $example
        )]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Returns the slug.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdRefused;

            fn from_str(text: &str) -> Result<Self, IdRefused> {
                match is_slug(text) {
                    true => Ok(Self(text.to_owned())),
                    false => Err(IdRefused::NotSlug(text.to_owned())),
                }
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
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

slug_id!(
    /// Names a store in words a person uses: `a` to `z`, `0` to `9` and hyphens, at most 32
    /// characters.
    StoreId,
    "ghent-1"
);
slug_id!(
    /// Names a company that runs stores, in the same letters.
    EntityId,
    "corner-shops-nv"
);
slug_id!(
    /// Names a group of customers, in the same letters.
    GroupId,
    "members"
);
slug_id!(
    /// Names a place where taxes are levied, in the same letters.
    JurisdictionId,
    "new-york-city"
);

fn is_slug(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    (1..=32).contains(&text.len())
        && text.chars().all(|c| plain(c) || c == '-')
        && text.starts_with(plain)
        && text.ends_with(plain)
        && !text.contains("--")
}

/// Puts slugs into facts as their text.
macro_rules! slug_in_facts {
    ($name:ident, $refused:literal) => {
        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let refused = |_| minicbor::decode::Error::message($refused);
                d.str()?.parse().map_err(refused)
            }
        }
    };
}

slug_in_facts!(StoreId, "not a store's slug");
slug_in_facts!(GroupId, "not a group's slug");
