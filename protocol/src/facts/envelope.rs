//! The envelope every fact travels in, and how a body gets into it and out again.
//!
//! Received bytes are kept and forwarded verbatim by whoever stores them: a field this program does
//! not know survives, although [`Fact`] does not show it.

use minicbor::data::Type;
use minicbor::{Decode, Decoder, Encode, Encoder};
use serde::Serialize;

use super::canonical::{NotCanonical, check_canonical};
use super::kind::Kind;
use crate::hlc::Hlc;
use crate::ids::{FactId, RegisterId, StaffId};
use crate::time::BusinessDate;

/// The content of one kind of fact.
pub trait Body: Encode<()> + for<'b> Decode<'b, ()> + Serialize {
    /// Which kind it is the content of.
    const KIND: Kind;
    /// The newest schema this program writes; fields are only ever added.
    const SCHEMA: u32 = 1;
    /// Whether a reader that does not know the kind may go on with the document.
    const IMPORTANCE: Importance = Importance::Skippable;
}

/// What a program does with a fact whose kind it does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Importance {
    /// Store it and go on.
    Skippable,
    /// Store it, and make no promise about its document until upgraded.
    MustUnderstand,
}

/// What every fact says beside its body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The fact's id.
    pub id: FactId,
    /// When, for the order in which people see things.
    pub hlc: Hlc,
    /// The day it counts for.
    pub business_date: BusinessDate,
    /// The register it happened at, if it happened at one.
    pub register: Option<RegisterId>,
    /// Who did it, as a pseudonym.
    pub staff: Option<StaffId>,
}

/// A fact, ready to be written or just read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Id, time, place and person.
    pub header: Header,
    /// The number of its kind, which may be one this program does not know.
    pub kind_number: u32,
    /// The schema its body was written with, from 1.
    pub schema: u32,
    /// What a program that does not know the kind does.
    pub importance: Importance,
    /// In a segment's first fact: the heads of the segment before.
    pub follows: Option<[u8; 32]>,
    /// The day it happened on, when that one was sealed already: it counts for a later one.
    pub late_for: Option<BusinessDate>,
    body: Vec<u8>,
}

/// Why bytes are no fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactRefused {
    /// The bytes are not in the one canonical spelling.
    #[error("not canonical: {0}")]
    NotCanonical(#[from] NotCanonical),
    /// A required field is missing or has the wrong form.
    #[error("the envelope's field {field} is missing or malformed")]
    Envelope {
        /// The field's number.
        field: u32,
    },
}

/// Why a fact's body could not be read as what was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BodyRefused {
    /// The fact is of another kind.
    #[error("the fact is of kind {found}, not {expected}")]
    OtherKind {
        /// Asked for.
        expected: Kind,
        /// Found, by number.
        found: u32,
    },
    /// The body does not have the kind's form.
    #[error("the body of a {kind} is malformed: {cause}")]
    Malformed {
        /// The kind.
        kind: Kind,
        /// What the decoder said.
        cause: String,
    },
}

mod field {
    pub(super) const ID: u32 = 0;
    pub(super) const KIND: u32 = 1;
    pub(super) const SCHEMA: u32 = 2;
    pub(super) const HLC: u32 = 3;
    pub(super) const BUSINESS_DATE: u32 = 4;
    pub(super) const REGISTER: u32 = 5;
    pub(super) const STAFF: u32 = 6;
    pub(super) const MUST_UNDERSTAND: u32 = 7;
    pub(super) const FOLLOWS: u32 = 8;
    pub(super) const BODY: u32 = 9;
    pub(super) const LATE_FOR: u32 = 10;
}

impl Fact {
    /// Makes a fact of `body`.
    #[must_use]
    pub fn new<B: Body>(header: Header, body: &B) -> Self {
        let body = minicbor::to_vec(body).expect("encoding into memory cannot fail");
        Self {
            header,
            kind_number: B::KIND.number(),
            schema: B::SCHEMA,
            importance: B::IMPORTANCE,
            follows: None,
            late_for: None,
            body,
        }
    }

    /// Returns the kind, if this program knows it.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        Kind::from_number(self.kind_number)
    }

    /// Reads the body.
    ///
    /// # Errors
    /// [`BodyRefused`] when the fact is of another kind or its body is malformed.
    pub fn read<B: Body>(&self) -> Result<B, BodyRefused> {
        if self.kind_number != B::KIND.number() {
            return Err(BodyRefused::OtherKind {
                expected: B::KIND,
                found: self.kind_number,
            });
        }
        minicbor::decode(&self.body).map_err(|e| BodyRefused::Malformed {
            kind: B::KIND,
            cause: e.to_string(),
        })
    }

    pub(super) fn body_bytes(&self) -> &[u8] {
        &self.body
    }

    /// Returns the bytes views keep: without where it was said, so the same if it is stated anew.
    #[must_use]
    pub fn encode_said(&self) -> Vec<u8> {
        let mut said = self.clone();
        said.follows = None;
        said.encode()
    }

    /// Returns the canonical bytes that are stored, hashed and sent.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(96 + self.body.len());
        self.encode_into(&mut bytes)
            .expect("encoding into memory cannot fail");
        bytes
    }

    fn encode_into(
        &self,
        bytes: &mut Vec<u8>,
    ) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        let header = &self.header;
        let must_understand = self.importance == Importance::MustUnderstand;
        let optional = [
            header.register.is_some(),
            header.staff.is_some(),
            must_understand,
            self.follows.is_some(),
            self.late_for.is_some(),
        ];
        let optional = optional.iter().filter(|present| **present).count() as u64;
        let mut e = Encoder::new(&mut *bytes);
        e.map(6 + optional)?;
        e.u32(field::ID)?.encode(header.id)?;
        e.u32(field::KIND)?.u32(self.kind_number)?;
        e.u32(field::SCHEMA)?.u32(self.schema)?;
        e.u32(field::HLC)?.encode(header.hlc)?;
        e.u32(field::BUSINESS_DATE)?.encode(header.business_date)?;
        if let Some(register) = header.register {
            e.u32(field::REGISTER)?.encode(register)?;
        }
        if let Some(staff) = header.staff {
            e.u32(field::STAFF)?.encode(staff)?;
        }
        if must_understand {
            e.u32(field::MUST_UNDERSTAND)?.bool(true)?;
        }
        if let Some(follows) = &self.follows {
            e.u32(field::FOLLOWS)?.bytes(follows)?;
        }
        e.u32(field::BODY)?;
        bytes.extend_from_slice(&self.body);
        if let Some(late_for) = self.late_for {
            Encoder::new(bytes).u32(field::LATE_FOR)?.encode(late_for)?;
        }
        Ok(())
    }

    /// Reads a fact from canonical bytes; fields with other numbers are skipped.
    ///
    /// # Errors
    /// [`FactRefused`] when the bytes are not canonical or a required field is missing.
    pub fn decode(bytes: &[u8]) -> Result<Self, FactRefused> {
        check_canonical(bytes)?;
        let mut d = Decoder::new(bytes);
        let mut open = Open::default();
        let count = d
            .map()
            .ok()
            .flatten()
            .ok_or(FactRefused::Envelope { field: field::ID })?;
        for _ in 0..count {
            let number = d
                .u32()
                .map_err(|_| FactRefused::Envelope { field: u32::MAX })?;
            open.take(&mut d, number, bytes)
                .map_err(|_| FactRefused::Envelope { field: number })?;
        }
        open.close()
    }
}

/// An envelope while its fields come in.
#[derive(Default)]
struct Open {
    id: Option<FactId>,
    kind_number: Option<u32>,
    schema: Option<u32>,
    hlc: Option<Hlc>,
    business_date: Option<BusinessDate>,
    register: Option<RegisterId>,
    staff: Option<StaffId>,
    must_understand: bool,
    follows: Option<[u8; 32]>,
    late_for: Option<BusinessDate>,
    body: Option<Vec<u8>>,
}

impl Open {
    fn take(
        &mut self,
        d: &mut Decoder<'_>,
        number: u32,
        bytes: &[u8],
    ) -> Result<(), minicbor::decode::Error> {
        match number {
            field::ID => self.id = Some(d.decode()?),
            field::KIND => self.kind_number = Some(d.u32()?),
            field::SCHEMA => self.schema = Some(d.u32()?),
            field::HLC => {
                let hlc: Hlc = d.decode()?;
                if hlc > Hlc::LAST {
                    return Err(minicbor::decode::Error::message(
                        "a time after the last one",
                    ));
                }
                self.hlc = Some(hlc);
            }
            field::BUSINESS_DATE => self.business_date = Some(d.decode()?),
            field::REGISTER => self.register = Some(d.decode()?),
            field::STAFF => self.staff = Some(d.decode()?),
            field::MUST_UNDERSTAND => self.must_understand = d.bool()?,
            field::FOLLOWS => {
                let follows = <[u8; 32]>::try_from(d.bytes()?);
                self.follows = Some(follows.map_err(minicbor::decode::Error::custom)?);
            }
            field::LATE_FOR => self.late_for = Some(d.decode()?),
            field::BODY => {
                if d.datatype()? != Type::Map {
                    return Err(minicbor::decode::Error::message("a body is a map"));
                }
                let from = d.position();
                d.skip()?;
                self.body = Some(bytes[from..d.position()].to_vec());
            }
            _ => d.skip()?,
        }
        Ok(())
    }

    fn close(self) -> Result<Fact, FactRefused> {
        let missing = |field| FactRefused::Envelope { field };
        Ok(Fact {
            header: Header {
                id: self.id.ok_or(missing(field::ID))?,
                hlc: self.hlc.ok_or(missing(field::HLC))?,
                business_date: self.business_date.ok_or(missing(field::BUSINESS_DATE))?,
                register: self.register,
                staff: self.staff,
            },
            kind_number: self.kind_number.ok_or(missing(field::KIND))?,
            schema: self.schema.ok_or(missing(field::SCHEMA))?,
            importance: match self.must_understand {
                true => Importance::MustUnderstand,
                false => Importance::Skippable,
            },
            follows: self.follows,
            late_for: self.late_for,
            body: self.body.ok_or(missing(field::BODY))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{BodyRefused, Fact, FactRefused, Header};
    use crate::facts::{Kind, NoticePosted, ReferencePublished, check_canonical};
    use crate::hlc::Hlc;
    use crate::ids::{FactId, RegisterId, StaffId};
    use crate::time::BusinessDate;

    fn header() -> Header {
        Header {
            id: FactId::from_parts(1_763_890_000_000, 7),
            hlc: Hlc::from_parts(1_763_890_000_000, 0),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: Some(RegisterId(2)),
            staff: Some(StaffId::from_parts(1, 1)),
        }
    }

    fn notice() -> NoticePosted {
        NoticePosted {
            text: "doors open at nine".to_owned(),
            until_ms: None,
        }
    }

    #[test]
    fn a_fact_reads_back_as_it_was_written() {
        let notice = notice();
        let mut fact = Fact::new(header(), &notice);
        fact.follows = Some([9; 32]);
        fact.late_for = Some(BusinessDate::from_days(20_779).unwrap());
        let bytes = fact.encode();
        check_canonical(&bytes).unwrap();
        let read = Fact::decode(&bytes).unwrap();
        assert_eq!(read, fact);
        assert_eq!(read.read::<NoticePosted>().unwrap(), notice);
        assert_eq!(read.encode(), bytes);
    }

    #[test]
    fn a_time_no_database_can_store_is_refused() {
        let header = Header {
            hlc: Hlc(u64::MAX),
            ..header()
        };
        let notice = notice();
        let bytes = Fact::new(header, &notice).encode();
        assert_eq!(
            Fact::decode(&bytes),
            Err(FactRefused::Envelope { field: 3 })
        );
    }

    #[test]
    fn a_body_is_only_read_as_its_own_kind() {
        let fact = Fact::new(header(), &notice());
        assert_eq!(
            fact.read::<ReferencePublished>(),
            Err(BodyRefused::OtherKind {
                expected: Kind::ReferencePublished,
                found: Kind::NoticePosted.number(),
            })
        );
    }

    #[test]
    fn a_field_from_the_future_is_skipped_and_a_missing_one_is_named() {
        let fact = Fact::new(header(), &notice());
        let mut bytes = fact.encode();
        bytes[0] += 1;
        bytes.extend_from_slice(&[0x18, 0x63, 0x81, 0x01]);
        assert_eq!(Fact::decode(&bytes).unwrap(), fact);
        assert_eq!(
            Fact::decode(&[0xa1, 0x01, 0x05]),
            Err(FactRefused::Envelope { field: 0 })
        );
    }
}
