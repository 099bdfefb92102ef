//! To whom goods were sold, where that set the prices or the tax: a pseudonym, a group, a
//! certificate.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ByHand;
use crate::customers::Certificate;
use crate::ids::{CustomerId, GroupId};

/// To whom a sale was made. Since version 0.1.0, field 17 of a sale; a sale to nobody in particular
/// has none.
#[derive(
    Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Encode, Decode, ToSchema,
)]
#[cbor(map)]
#[serde(default)]
pub struct SoldTo {
    /// The customer, by pseudonym, where they were named.
    #[n(0)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_id: Option<CustomerId>,
    /// The group whose prices they paid.
    #[n(1)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<GroupId>,
    /// What that group is called, as printed.
    #[n(3)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group_name: Option<String>,
    /// Why they paid no tax.
    #[n(2)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exempted: Option<Exempted>,
}

/// Why a sale bears no tax, and who decided so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode, ToSchema)]
#[cbor(map)]
pub struct Exempted {
    /// The number of the certificate.
    #[n(0)]
    pub certificate: Certificate,
    /// Who read it off the paper at the till, and who approved that; nothing where it is the
    /// customer's own in the hub's records.
    #[n(1)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_hand: Option<ByHand>,
}

impl SoldTo {
    /// Tells whether there is nothing to say.
    #[must_use]
    pub fn is_nobody(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::{Exempted, SoldTo};
    use crate::ids::{CustomerId, StaffId};
    use crate::sales::ByHand;

    #[test]
    fn whom_a_sale_was_made_to_travels_and_reads_back() {
        let sold_to = SoldTo {
            customer_id: Some(CustomerId::from_parts(1, 7)),
            group: Some("members".parse().unwrap()),
            group_name: Some("Members".to_owned()),
            exempted: Some(Exempted {
                certificate: "BE 0123".parse().unwrap(),
                by_hand: Some(ByHand {
                    reason: "tax_exempt".to_owned(),
                    by: Some(StaffId::from_parts(1, 2)),
                    approved_by: None,
                }),
            }),
        };
        let bytes = minicbor::to_vec(&sold_to).unwrap();
        assert_eq!(minicbor::decode::<SoldTo>(&bytes).unwrap(), sold_to);
        let json = serde_json::to_string(&sold_to).unwrap();
        assert_eq!(serde_json::from_str::<SoldTo>(&json).unwrap(), sold_to);
        assert!(SoldTo::default().is_nobody() && !sold_to.is_nobody());
    }
}
