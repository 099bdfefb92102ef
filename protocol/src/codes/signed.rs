//! The signed form: canonical CBOR and an Ed25519 signature, as text a QR code holds well.
//!
//! Text = `CP1` and base 32 (RFC 4648, no padding) of key id, content and signature: capital
//! letters and digits only, which a QR code packs at 5.5 bits a character and every scanner and
//! keyboard layout passes on unharmed.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use serde::Serialize;
use sha2::{Digest as _, Sha256};

use crate::facts::check_canonical;
use crate::ids::{FulfilmentId, OrderId, SaleId, Sku, StoreId};
use crate::money::{Currency, Minor};
use crate::quantity::Milli;
use crate::sales::ReceiptNumber;
use crate::tax::Rate;
use crate::time::BusinessDate;

/// What every code begins with: a scanner's reader knows it from a product's number by this.
const PREFIX: &str = "CP1";
/// The longest code that is looked at, in characters: a QR code of version 20 holds 1,061 at the
/// middle error correction (ISO/IEC 18004, table 7).
const TEXT_MAX: usize = 1_061;
/// What a signature signs besides the content, so that it is good for nothing else.
const DOMAIN: &[u8] = b"counterpart code 1";
const SIGNATURE_BYTES: usize = 64;
const KEY_ID_BYTES: usize = 8;

/// Names a public key: the first eight bytes of its SHA-256.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct KeyId(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; KEY_ID_BYTES]);

/// The public half of a signing key.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Encode, Decode)]
#[cbor(transparent)]
pub struct PublicKey(
    #[cbor(n(0), with = "minicbor::bytes")]
    #[serde(serialize_with = "crate::facts::hex")]
    pub [u8; 32],
);

/// A key that signs codes. It shows nothing of itself.
pub struct CodeSigner(SigningKey);

/// What a code is about.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignedCode {
    /// What it is good for.
    #[n(0)]
    pub kind: CodeKind,
    /// Which sale or order.
    #[n(1)]
    pub subject: Subject,
    /// The store that sold it or hands it over.
    #[n(2)]
    pub store: StoreId,
    /// The business date of the sale, or the day the code was made.
    #[n(3)]
    pub date: BusinessDate,
    /// The custody epoch of a pickup; 0 for a receipt.
    #[n(4)]
    pub epoch: u32,
    /// The currency of the amounts.
    #[n(5)]
    pub currency: Currency,
    /// What was paid in all, tax included.
    #[n(6)]
    pub paid_minor: Minor,
    /// What was paid for each line; nothing when it would not fit.
    #[n(7)]
    pub lines: Vec<LinePaid>,
    /// The number a receipt carries; nothing on other codes. Since version 0.1.0.
    #[n(8)]
    pub receipt: Option<ReceiptNumber>,
}

/// What a code is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
pub enum CodeKind {
    /// Stands on a receipt: the goods may come back with it.
    #[n(1)]
    Receipt,
    /// Sent to the customer: the goods are handed over for it.
    #[n(2)]
    Pickup,
    /// Lies in the parcel: the goods may come back with it.
    #[n(3)]
    PackingSlip,
}

/// Which sale or order a code is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(flat)]
pub enum Subject {
    /// A sale at a till.
    #[n(0)]
    Sale(#[n(0)] SaleId),
    /// One node's part of an order.
    #[n(1)]
    Order {
        /// The order.
        #[n(0)]
        order_id: OrderId,
        /// The node's part.
        #[n(1)]
        fulfilment_id: FulfilmentId,
    },
}

/// What was paid for one line.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LinePaid {
    /// The line.
    #[n(0)]
    pub line: u16,
    /// The amount, tax included.
    #[n(1)]
    pub paid_minor: Minor,
    /// What it was paid for; nothing where the order says it. Since version 0.1.0.
    #[n(2)]
    pub sold: Option<LineSold>,
}

/// What a line of a receipt is of: enough to take some of it back where nobody knows the sale.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LineSold {
    /// What.
    #[n(0)]
    pub sku: Sku,
    /// How much.
    #[n(1)]
    pub quantity_milli: Milli,
    /// The tax rate in what was paid.
    #[n(2)]
    pub tax_rate: Rate,
}

/// Why a text is not believed as a code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// It is something else, such as a product's number.
    #[error("this is not one of our codes")]
    NotACode,
    /// It was cut off or read wrong.
    #[error("the code is damaged: scan it again, or type the digits below it")]
    Damaged,
    /// Nobody we trust made the key.
    #[error("the code was made by somebody this store does not know")]
    UnknownKey(KeyId),
    /// The signature does not fit what it says.
    #[error("the code is not genuine")]
    Forged,
}

impl CodeSigner {
    /// Makes the signer of 32 random bytes.
    #[must_use]
    pub fn from_secret(secret: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(secret))
    }

    /// Returns the public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a code and returns its text, at most about 400 characters for 20 lines.
    #[must_use]
    pub fn sign(&self, code: &SignedCode) -> String {
        let content = minicbor::to_vec(code).expect("encoding into memory cannot fail");
        self.seal((PREFIX, DOMAIN), &content)
    }

    /// Signs canonical content for one purpose, and returns its text: a prefix, and base 32 of the
    /// key's id, the content and the signature.
    pub(crate) fn seal(&self, (prefix, domain): (&str, &[u8]), content: &[u8]) -> String {
        let signature = self.0.sign(&[domain, content].concat());
        let mut bytes = self.public_key().id().0.to_vec();
        bytes.extend_from_slice(content);
        bytes.extend_from_slice(&signature.to_bytes());
        format!("{prefix}{}", BASE32_NOPAD.encode(&bytes))
    }
}

/// Shows which key it is.
impl fmt::Debug for CodeSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CodeSigner({})", self.public_key().id())
    }
}

impl PublicKey {
    /// Returns its name.
    #[must_use]
    pub fn id(&self) -> KeyId {
        let hash: [u8; 32] = Sha256::digest(self.0).into();
        let mut id = [0; KEY_ID_BYTES];
        id.copy_from_slice(&hash[..KEY_ID_BYTES]);
        KeyId(id)
    }
}

impl SignedCode {
    /// Tells whether a scanned text claims to be one of our codes.
    #[must_use]
    pub fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX) && text.len() > PREFIX.len() + 100
    }

    /// Returns the key a text says it was signed with, for looking it up before the code is read.
    ///
    /// # Errors
    /// [`CodeRefused::NotACode`], [`CodeRefused::Damaged`].
    pub fn key_of(text: &str) -> Result<KeyId, CodeRefused> {
        sealed_key(PREFIX, text)
    }

    /// Reads a code whose key `find` knows: the keys of the reference data that are not revoked.
    ///
    /// # Errors
    /// [`CodeRefused`]; nothing of it is believed.
    pub fn read(
        text: &str,
        find: impl FnOnce(KeyId) -> Option<PublicKey>,
    ) -> Result<Self, CodeRefused> {
        let content = open_sealed((PREFIX, DOMAIN), text, find)?;
        minicbor::decode(&content).map_err(|_| CodeRefused::Damaged)
    }
}

/// Returns the key a sealed text says it was signed with.
///
/// # Errors
/// [`CodeRefused::NotACode`], [`CodeRefused::Damaged`].
pub(crate) fn sealed_key(prefix: &str, text: &str) -> Result<KeyId, CodeRefused> {
    let bytes = unpacked(prefix, text)?;
    let id = bytes.first_chunk::<KEY_ID_BYTES>();
    id.map(|id| KeyId(*id)).ok_or(CodeRefused::Damaged)
}

/// Returns the canonical content of a text that was sealed for one purpose, with a key `find`
/// knows.
///
/// # Errors
/// [`CodeRefused`]; nothing of it is believed.
pub(crate) fn open_sealed(
    (prefix, domain): (&str, &[u8]),
    text: &str,
    find: impl FnOnce(KeyId) -> Option<PublicKey>,
) -> Result<Vec<u8>, CodeRefused> {
    let bytes = unpacked(prefix, text)?;
    let (id, rest) = bytes
        .split_first_chunk::<KEY_ID_BYTES>()
        .ok_or(CodeRefused::Damaged)?;
    let (content, signature) = rest
        .split_last_chunk::<SIGNATURE_BYTES>()
        .ok_or(CodeRefused::Damaged)?;
    let key = find(KeyId(*id)).ok_or(CodeRefused::UnknownKey(KeyId(*id)))?;
    // A key that is no point on the curve has signed nothing.
    let key = VerifyingKey::from_bytes(&key.0).map_err(|_| CodeRefused::Forged)?;
    let signature = Signature::from_bytes(signature);
    key.verify_strict(&[domain, content].concat(), &signature)
        .map_err(|_| CodeRefused::Forged)?;
    check_canonical(content).map_err(|_| CodeRefused::Damaged)?;
    Ok(content.to_vec())
}

fn unpacked(prefix: &str, text: &str) -> Result<Vec<u8>, CodeRefused> {
    let packed = text.strip_prefix(prefix).ok_or(CodeRefused::NotACode)?;
    if text.len() > TEXT_MAX {
        return Err(CodeRefused::Damaged);
    }
    let bytes = BASE32_NOPAD.decode(packed.as_bytes());
    bytes.map_err(|_| CodeRefused::Damaged)
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::{CodeKind, CodeRefused, CodeSigner, LinePaid, SignedCode, Subject};
    use crate::ids::{FulfilmentId, OrderId};
    use crate::money::{Currency, Minor};
    use crate::time::BusinessDate;

    fn code(lines: u16) -> SignedCode {
        SignedCode {
            kind: CodeKind::Pickup,
            subject: Subject::Order {
                order_id: OrderId::from_parts(1_763_890_000_000, 1),
                fulfilment_id: FulfilmentId::from_parts(1_763_890_000_000, 2),
            },
            store: "utrecht".parse().unwrap(),
            date: BusinessDate::from_days(20_780).unwrap(),
            epoch: 1,
            currency: Currency::EUR,
            paid_minor: Minor(12_345),
            lines: (1..=lines)
                .map(|line| LinePaid {
                    line,
                    paid_minor: Minor(999),
                    sold: None,
                })
                .collect(),
            receipt: None,
        }
    }

    #[test]
    fn a_code_is_checked_with_nothing_but_the_key() {
        let signer = CodeSigner::from_secret(&[7; 32]);
        let text = signer.sign(&code(3));
        assert!(SignedCode::is_one(&text));
        let key = signer.public_key();
        let find = |id| (id == key.id()).then_some(key);
        assert_eq!(SignedCode::read(&text, find), Ok(code(3)));
        assert!(
            text.bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
        );
        assert!(
            signer.sign(&code(20)).len() <= 450,
            "fits a receipt's QR code"
        );
    }

    #[test]
    fn a_code_somebody_else_made_is_refused() {
        let ours = CodeSigner::from_secret(&[7; 32]);
        let theirs = CodeSigner::from_secret(&[8; 32]);
        let text = theirs.sign(&code(1));
        assert!(matches!(
            SignedCode::read(&text, |_| None),
            Err(CodeRefused::UnknownKey(id)) if id == theirs.public_key().id()
        ));
        let wrong = SignedCode::read(&text, |_| Some(ours.public_key()));
        assert_eq!(wrong, Err(CodeRefused::Forged));
        assert_eq!(
            SignedCode::read("4006381333931", |_| None),
            Err(CodeRefused::NotACode)
        );
        assert_eq!(SignedCode::read("CP1", |_| None), Err(CodeRefused::Damaged));
        let long = format!("CP1{}", "A".repeat(5_000));
        assert_eq!(SignedCode::read(&long, |_| None), Err(CodeRefused::Damaged));
    }

    #[test]
    fn no_changed_character_is_believed() {
        let signer = CodeSigner::from_secret(&[7; 32]);
        let text = signer.sign(&code(2));
        let key = signer.public_key();
        for at in 3..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(
                SignedCode::read(&changed, |id| (id == key.id()).then_some(key)).is_err(),
                "at {at}"
            );
        }
    }
}
