//! An issued coupon as a code that a store can believe with no hub: its number and its promotion,
//! signed with the key of the hub.

use minicbor::{Decode, Encode};

use super::CouponNumber;
use crate::codes::{CodeRefused, CodeSigner, KeyId, PublicKey, open_sealed, sealed_key};
use crate::time::BusinessDate;

/// What every such code begins with.
const PREFIX: &str = "CC1";
/// What a signature signs besides the content, so that it is good for nothing else.
const DOMAIN: &[u8] = b"counterpart coupon 1";

/// What the code of an issued coupon says. Since version 0.1.0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedCoupon {
    /// The short name of the promotion it was issued for.
    pub promotion: String,
    /// Its number.
    pub number: CouponNumber,
    /// The day it was issued, UTC: the key must have counted then.
    pub date: BusinessDate,
}

/// The same as bytes.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Content {
    #[n(0)]
    promotion: String,
    #[n(1)]
    number: String,
    #[n(2)]
    date: BusinessDate,
}

impl SignedCoupon {
    /// Tells whether a scanned text claims to be the code of a coupon.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX) && text.len() > PREFIX.len() + 100
    }

    /// Signs it and returns its text: about 190 capital letters and digits, which a QR code of
    /// version 9 holds.
    #[must_use]
    pub fn sign(&self, signer: &CodeSigner) -> String {
        let content = Content {
            promotion: self.promotion.clone(),
            number: self.number.code(),
            date: self.date,
        };
        let content = minicbor::to_vec(&content).expect("encoding into memory cannot fail");
        signer.seal((PREFIX, DOMAIN), &content)
    }

    /// Returns the key a text says it was signed with.
    ///
    /// # Errors
    /// [`CodeRefused::NotACode`], [`CodeRefused::Damaged`].
    pub fn key_of(text: &str) -> Result<KeyId, CodeRefused> {
        sealed_key(PREFIX, text)
    }

    /// Reads a code whose key `find` knows.
    ///
    /// # Errors
    /// [`CodeRefused`]; nothing of it is believed.
    pub fn read(
        text: &str,
        find: impl FnOnce(KeyId) -> Option<PublicKey>,
    ) -> Result<Self, CodeRefused> {
        let content = open_sealed((PREFIX, DOMAIN), text, find)?;
        let content: Content = minicbor::decode(&content).map_err(|_| CodeRefused::Damaged)?;
        Ok(Self {
            promotion: content.promotion,
            number: CouponNumber::read(&content.number).map_err(|_| CodeRefused::Damaged)?,
            date: content.date,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::SignedCoupon;
    use crate::codes::{CodeRefused, CodeSigner, SignedCode};
    use crate::coupons::CouponNumber;
    use crate::time::BusinessDate;

    fn coupon() -> SignedCoupon {
        SignedCoupon {
            promotion: "welcome-back".to_owned(),
            number: CouponNumber::draw(77),
            date: BusinessDate::from_days(20_780).unwrap(),
        }
    }

    #[test]
    fn a_real_coupon_is_told_from_an_invented_one_with_nothing_but_the_key() {
        let hub = CodeSigner::from_secret(&[7; 32]);
        let key = hub.public_key();
        let text = coupon().sign(&hub);
        assert!(SignedCoupon::is_one(&text) && !SignedCode::is_one(&text));
        assert!(text.len() <= 224, "{} fit a QR code", text.len());
        assert_eq!(SignedCoupon::key_of(&text), Ok(key.id()));
        assert_eq!(SignedCoupon::read(&text, |_| Some(key)), Ok(coupon()));
        let invented = coupon().sign(&CodeSigner::from_secret(&[8; 32]));
        let read = SignedCoupon::read(&invented, |_| Some(key));
        assert_eq!(read, Err(CodeRefused::Forged));
        for at in 3..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            let read = SignedCoupon::read(&changed, |id| (id == key.id()).then_some(key));
            assert!(read.is_err(), "at {at}");
        }
    }

    #[test]
    fn the_signature_of_another_code_is_good_for_no_coupon() {
        let hub = CodeSigner::from_secret(&[7; 32]);
        let key = hub.public_key();
        let content = minicbor::to_vec(1_u8).unwrap();
        let other = hub.seal(("CC1", b"counterpart code 1"), &content);
        let read = SignedCoupon::read(&other, |_| Some(key));
        assert_eq!(read, Err(CodeRefused::Forged));
        let receipt = SignedCoupon::read("CP1AAAA", |_| Some(key));
        assert_eq!(receipt, Err(CodeRefused::NotACode));
    }
}
