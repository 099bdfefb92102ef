//! The facts of fiscal signing: the signature of a sale, a receipt that left without one, and when
//! the signing device failed and worked again.
//!
//! They name the sale and never change it. A replica that does not know them keeps and forwards
//! them; the sale stands without them.

use minicbor::{Decode, Encode};
use serde::Serialize;

use super::ReceiptNumber;
use crate::facts::{Body, Kind};
use crate::ids::{OutageId, SaleId};

/// A signing device signed a sale: at most one fact a sale. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct SaleSigned {
    /// The sale.
    #[n(0)]
    pub sale_id: SaleId,
    /// Its receipt.
    #[n(1)]
    pub receipt: ReceiptNumber,
    /// What the device answered.
    #[n(2)]
    pub signature: SaleSignature,
    /// The outage in which its receipt was printed without it; nothing when the receipt carries it.
    #[n(3)]
    pub outage_id: Option<OutageId>,
}

impl Body for SaleSigned {
    const KIND: Kind = Kind::SaleSigned;
}

/// What a signing device answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct SaleSignature {
    /// The device's serial number.
    #[n(0)]
    pub serial: String,
    /// The device's number of the transaction.
    #[n(1)]
    pub transaction: u64,
    /// The device's count of signatures.
    #[n(2)]
    pub counter: u64,
    /// When the device began, in milliseconds UTC by its own clock.
    #[n(3)]
    pub began_at_ms: i64,
    /// When the device signed, in milliseconds UTC by its own clock.
    #[n(4)]
    pub signed_at_ms: i64,
    /// How: `ed25519`, `ecdsa-plain-SHA256`.
    #[n(5)]
    pub algorithm: String,
    /// The signature.
    #[cbor(n(6), with = "minicbor::bytes")]
    #[serde(serialize_with = "crate::facts::hex")]
    pub value: Vec<u8>,
    /// What the QR code on the receipt says, where the law has one.
    #[n(7)]
    pub qr: Option<String>,
}

/// A receipt was printed and says that the signing device failed. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct ReceiptUnsigned {
    /// The sale.
    #[n(0)]
    pub sale_id: SaleId,
    /// Its receipt.
    #[n(1)]
    pub receipt: ReceiptNumber,
    /// The outage.
    #[n(2)]
    pub outage_id: OutageId,
}

impl Body for ReceiptUnsigned {
    const KIND: Kind = Kind::ReceiptUnsigned;
}

/// The signing device failed. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct SigningOutageBegan {
    /// The outage.
    #[n(0)]
    pub outage_id: OutageId,
    /// How it showed.
    #[n(1)]
    pub reason: OutageReason,
}

impl Body for SigningOutageBegan {
    const KIND: Kind = Kind::SigningOutageBegan;
}

/// The signing device works again. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Encode, Decode)]
#[cbor(map)]
pub struct SigningOutageEnded {
    /// The outage.
    #[n(0)]
    pub outage_id: OutageId,
}

impl Body for SigningOutageEnded {
    const KIND: Kind = Kind::SigningOutageEnded;
}

/// How the failure of a signing device showed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Encode, Decode)]
#[serde(rename_all = "snake_case")]
#[cbor(index_only)]
pub enum OutageReason {
    /// It was not reached.
    #[n(0)]
    Away,
    /// It did not answer in time.
    #[n(1)]
    Silent,
    /// It refused: its certificate has ended, for example.
    #[n(2)]
    Refused,
    /// It answered what is no signature.
    #[n(3)]
    Nonsense,
    /// The store was set up without one while sales waited for it.
    #[n(4)]
    Removed,
}

impl OutageReason {
    /// Every reason this program knows.
    pub const ALL: [Self; 5] = [
        Self::Away,
        Self::Silent,
        Self::Refused,
        Self::Nonsense,
        Self::Removed,
    ];

    /// Returns its word in SQL and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Away => "away",
            Self::Silent => "silent",
            Self::Refused => "refused",
            Self::Nonsense => "nonsense",
            Self::Removed => "removed",
        }
    }

    /// Returns the reason with this word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::{OutageReason, SaleSignature, SaleSigned};
    use crate::facts::{Fact, Header, check_canonical};
    use crate::hlc::Hlc;
    use crate::ids::{FactId, OutageId, RegisterId, SaleId};
    use crate::sales::ReceiptNumber;
    use crate::time::BusinessDate;

    #[test]
    fn a_signature_travels_as_canonical_bytes() {
        let signed = SaleSigned {
            sale_id: SaleId::from_parts(1, 1),
            receipt: ReceiptNumber {
                register: RegisterId(1),
                series: 1,
                number: 42,
            },
            signature: SaleSignature {
                serial: "a1b2".to_owned(),
                transaction: 42,
                counter: 43,
                began_at_ms: 5,
                signed_at_ms: 6,
                algorithm: "ed25519".to_owned(),
                value: vec![1, 2, 3],
                qr: None,
            },
            outage_id: Some(OutageId::from_parts(1, 9)),
        };
        let header = Header {
            id: FactId::from_parts(1, 3),
            hlc: Hlc(1),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: Some(RegisterId(1)),
            staff: None,
        };
        let bytes = Fact::new(header, &signed).encode();
        check_canonical(&bytes).unwrap();
        let read = Fact::decode(&bytes).unwrap().read::<SaleSigned>();
        assert_eq!(read.unwrap(), signed);
    }

    #[test]
    fn a_reason_is_found_by_its_word() {
        for reason in OutageReason::ALL {
            assert_eq!(OutageReason::from_word(reason.word()), Some(reason));
        }
        assert_eq!(OutageReason::from_word("tired"), None);
    }
}
