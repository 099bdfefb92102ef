//! The import guard: what another node's change must be before anything believes it.
//!
//! `Change::from_bytes` checks no checksum, panics on some damaged bytes and inflates compressed
//! ones without a limit (evidence/automerge.md, "Truncation" and "Fuzz"); all of that is stopped
//! here. A change that fails is quarantined by the caller, with its bytes and this reason.

use super::Actor;
use super::opening::{Opened, open};
use crate::facts::{Fact, FactRefused};
use crate::ids::{DocumentId, SegmentId};

/// The largest change taken, in bytes: a sale of 500 lines is about 40 KB.
pub const CHANGE_BYTES_MAX: usize = 256 * 1024;

/// Where the sender's feed says a change of a journal belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expected {
    /// The segment it says it belongs to.
    pub document: SegmentId,
    /// The actor registered for that document's writer.
    pub actor: Actor,
    /// The feed sequence, which is also the sequence in the key.
    pub seq: u64,
}

/// A change that was let in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admitted {
    /// The fact in it.
    pub fact: Fact,
    /// The fact's bytes as received.
    pub fact_bytes: Vec<u8>,
    /// Automerge's own hash of the change: the document's head after it.
    pub head: [u8; 32],
    /// The heads it was written on: none for a document's first fact, else one.
    pub written_on: Option<[u8; 32]>,
}

/// Why a change was not let in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GuardRefused {
    /// It is larger than any fact.
    #[error("the change has {bytes} bytes, more than any fact needs")]
    TooLarge {
        /// Its size.
        bytes: usize,
    },
    /// It is not an uncompressed change chunk.
    #[error("the bytes are not an uncompressed change")]
    NotAChange,
    /// Its content does not match its own checksum.
    #[error("the change does not match its checksum")]
    Checksum,
    /// It cannot be decoded.
    #[error("the change cannot be decoded: {0}")]
    Undecodable(String),
    /// Decoding it panicked.
    #[error("decoding the change failed in a way that must not happen")]
    Panicked,
    /// Its place among its writer's changes cannot be: one change is one operation.
    #[error("the change counts its writer's operations wrong")]
    Misplaced,
    /// Encoding what was decoded gives other bytes.
    #[error("the change is not in its canonical form")]
    NotCanonical,
    /// Another actor than the writer's wrote it.
    #[error("the change was written by another actor than the one registered for {0}")]
    OtherActor(DocumentId),
    /// It does something else than put one value of bytes under the expected key.
    #[error("the change does not put exactly one fact under the key {0}")]
    NotOneFact(String),
    /// The value is no fact.
    #[error("the change holds no readable fact: {0}")]
    NoFact(#[from] FactRefused),
    /// It follows more changes than an order has writers.
    #[error("the change follows {0} others, more than an order has writers")]
    TooManyDeps(usize),
}

/// Checks a journal's change received from another node and takes the fact out of it.
///
/// # Errors
/// [`GuardRefused`]; nothing was believed and nothing panicked.
pub fn admit(change: &[u8], expected: &Expected) -> Result<Admitted, GuardRefused> {
    let key = expected.document.writer.key(expected.seq);
    let opened = open(change, &key)?;
    check_writer(&opened, expected)?;
    let written_on = match opened.deps.as_slice() {
        [] => None,
        [one] => Some(*one),
        _ => return Err(GuardRefused::NotCanonical),
    };
    check_place(&opened, expected)?;
    let head = opened.head;
    let (found, fact_bytes) = opened.only_put(&key)?;
    if found != key {
        return Err(GuardRefused::NotOneFact(key));
    }
    Ok(Admitted {
        fact: Fact::decode(&fact_bytes)?,
        fact_bytes,
        head,
        written_on,
    })
}

fn check_writer(change: &Opened, expected: &Expected) -> Result<(), GuardRefused> {
    if change.actor == expected.actor.0 {
        Ok(())
    } else {
        Err(GuardRefused::OtherActor(expected.document.into()))
    }
}

/// Checks that the change's own counters are those of a writer that makes one operation a change.
/// Behind a quarantined change they may leave gaps, but they never exceed the feed's.
fn check_place(change: &Opened, expected: &Expected) -> Result<(), GuardRefused> {
    let first = change.seq == 1;
    if change.start_op == change.seq
        && change.seq <= expected.seq
        && first == change.deps.is_empty()
    {
        Ok(())
    } else {
        Err(GuardRefused::Misplaced)
    }
}

#[cfg(test)]
mod tests {
    use automerge::transaction::{CommitOptions, Transactable as _};
    use automerge::{ActorId, Automerge, Change, ExpandedChange, ObjType, ROOT};

    use super::{Admitted, Expected, GuardRefused, admit};
    use crate::documents::{Actor, Segment};
    use crate::facts::{Fact, Header, NoticePosted};
    use crate::hlc::Hlc;
    use crate::ids::{EdgeNumber, FactId, Incarnation, SegmentId, Writer};
    use crate::time::BusinessDate;

    const ACTOR: Actor = Actor([5; 16]);

    fn expected(seq: u64) -> Expected {
        let writer = Writer {
            edge: EdgeNumber(7),
            incarnation: Incarnation(1),
        };
        Expected {
            document: SegmentId {
                writer,
                about: None,
                segment: 0,
            },
            actor: ACTOR,
            seq,
        }
    }

    fn fact() -> Fact {
        let header = Header {
            id: FactId::from_parts(1, 2),
            hlc: Hlc(3),
            business_date: BusinessDate::from_days(20_780).unwrap(),
            register: None,
            staff: None,
        };
        Fact::new(
            header,
            &NoticePosted {
                text: "open".to_owned(),
                until_ms: None,
            },
        )
    }

    fn change() -> Vec<u8> {
        let mut segment = Segment::begin(expected(1).document, ACTOR);
        segment.append(1, &fact().encode()).unwrap().change
    }

    fn foreign(write: impl FnOnce(&mut Automerge)) -> Vec<u8> {
        let mut doc = Automerge::new().with_actor(ActorId::from(ACTOR.0));
        write(&mut doc);
        doc.get_last_local_change().unwrap().raw_bytes().to_vec()
    }

    #[test]
    fn an_honest_change_gives_its_fact() {
        let Admitted {
            fact: read,
            fact_bytes,
            written_on,
            ..
        } = admit(&change(), &expected(1)).unwrap();
        assert_eq!(
            (read, fact_bytes, written_on),
            (fact(), fact().encode(), None)
        );
    }

    #[test]
    fn a_change_is_refused_for_what_is_wrong_with_it() {
        let other_actor = Expected {
            actor: Actor([6; 16]),
            ..expected(1)
        };
        assert!(matches!(
            admit(&change(), &other_actor),
            Err(GuardRefused::OtherActor(_))
        ));
        assert!(matches!(
            admit(&change(), &expected(2)),
            Err(GuardRefused::NotOneFact(_))
        ));
        assert_eq!(admit(b"short", &expected(1)), Err(GuardRefused::NotAChange));
        let mut compressed = change();
        compressed[8] = 2;
        assert_eq!(
            admit(&compressed, &expected(1)),
            Err(GuardRefused::NotAChange)
        );
        let huge = vec![1; super::CHANGE_BYTES_MAX + 1];
        assert!(matches!(
            admit(&huge, &expected(1)),
            Err(GuardRefused::TooLarge { .. })
        ));

        let key = expected(1).document.writer.key(1);
        let map = foreign(|doc| {
            let mut tx = doc.transaction();
            tx.put_object(ROOT, key.as_str(), ObjType::Map).unwrap();
            tx.commit();
        });
        assert!(matches!(
            admit(&map, &expected(1)),
            Err(GuardRefused::NotOneFact(_))
        ));
        let text = foreign(|doc| {
            let mut tx = doc.transaction();
            tx.put(ROOT, key.as_str(), "not bytes").unwrap();
            tx.commit();
        });
        assert!(matches!(
            admit(&text, &expected(1)),
            Err(GuardRefused::NotOneFact(_))
        ));
        let garbage = foreign(|doc| {
            let mut tx = doc.transaction();
            tx.put(ROOT, key.as_str(), vec![0xff_u8; 8]).unwrap();
            tx.commit();
        });
        assert!(matches!(
            admit(&garbage, &expected(1)),
            Err(GuardRefused::NoFact(_))
        ));
    }

    #[test]
    fn nothing_travels_beside_the_fact() {
        let key = expected(1).document.writer.key(1);
        let note = CommitOptions::default().with_message("call Ann on 555-0100".to_owned());
        for options in [note, CommitOptions::default().with_time(1)] {
            let beside = foreign(|doc| {
                let mut tx = doc.transaction();
                tx.put(ROOT, key.as_str(), fact().encode()).unwrap();
                tx.commit_with(options);
            });
            assert!(matches!(
                admit(&beside, &expected(1)),
                Err(GuardRefused::NotOneFact(_))
            ));
        }
    }

    #[test]
    fn a_change_that_counts_ahead_of_its_feed_is_refused() {
        let honest = Change::from_bytes(change()).unwrap().decode();
        let ahead = ExpandedChange {
            seq: 2,
            start_op: 2.try_into().unwrap(),
            deps: vec![honest.hash.unwrap()],
            ..honest.clone()
        };
        let apart = ExpandedChange {
            start_op: 9.try_into().unwrap(),
            ..honest
        };
        for misplaced in [ahead, apart] {
            assert_eq!(
                admit(Change::from(misplaced).raw_bytes(), &expected(1)),
                Err(GuardRefused::Misplaced)
            );
        }
    }

    #[test]
    fn no_flipped_bit_is_believed_and_none_panics() {
        let honest = change();
        for bit in 0..honest.len() * 8 {
            let mut flipped = honest.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            assert!(
                admit(&flipped, &expected(1)).is_err(),
                "bit {bit} was accepted"
            );
        }
    }
}
