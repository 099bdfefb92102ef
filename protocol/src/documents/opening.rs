//! Reading a received change: its bytes as what they say, if there is one spelling of it.
//!
//! `Change::from_bytes` checks no checksum, panics on some damaged bytes and inflates compressed
//! ones without a limit (evidence/automerge.md, "Truncation" and "Fuzz"); all of that is stopped
//! here. Whether the change stands where it should is the guard's.

use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::legacy::{Key, ObjectId, OpType};
use automerge::{Change, ExpandedChange, ScalarValue};

use super::guard::{CHANGE_BYTES_MAX, GuardRefused};
use super::layout::is_one_put;
use super::{Shape, head_of};

/// What a change's bytes say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Opened {
    /// Automerge's own hash of it.
    pub(super) head: [u8; 32],
    /// The changes it follows.
    pub(super) deps: Vec<[u8; 32]>,
    /// Its actor's bytes.
    pub(super) actor: Vec<u8>,
    /// Counts its writer's changes in the document.
    pub(super) seq: u64,
    /// Its operation's number.
    pub(super) start_op: u64,
    /// The key and the bytes of the one put at the root, if it consists of that.
    put: Option<(String, Vec<u8>)>,
}

impl Opened {
    /// Returns the key and the bytes of the one put at the root that a change may consist of.
    pub(super) fn only_put(self, key: &str) -> Result<(String, Vec<u8>), GuardRefused> {
        let not_one = || GuardRefused::NotOneFact(key.to_owned());
        self.put.ok_or_else(not_one)
    }
}

/// Up to which number counters are read without Automerge: it holds them in 32 bits.
const COUNTER_MAX: u64 = (1 << 31) - 1;
/// Up to how many changes one follows that is read without Automerge.
const DEPS_MAX: usize = 32;

/// Reads a change that is, byte for byte, what Automerge writes of one put; anything else is
/// nothing here, and for Automerge itself to judge. A property holds that it reads the same.
fn plain(change: &[u8]) -> Option<Opened> {
    let shape = Shape::read(change)?;
    let counted = |number: u64| (1..=COUNTER_MAX).contains(&number);
    let deps = &shape.deps;
    let plain = counted(shape.seq)
        && counted(shape.start_op)
        && deps.len() <= DEPS_MAX
        && deps.is_sorted_by(|before, after| before < after)
        && !shape.key.is_empty()
        && !shape.fact.is_empty();
    plain.then(|| Opened {
        head: head_of(change),
        actor: shape.actor.0.to_vec(),
        seq: shape.seq,
        start_op: shape.start_op,
        put: Some((shape.key.to_owned(), shape.fact.to_vec())),
        deps: shape.deps,
    })
}

/// Decodes a change that is laid out as one put; `key` is what to call the place it should have.
pub(super) fn open(change: &[u8], key: &str) -> Result<Opened, GuardRefused> {
    if change.len() > CHANGE_BYTES_MAX {
        return Err(GuardRefused::TooLarge {
            bytes: change.len(),
        });
    }
    // A chunk is 4 bytes of magic, 4 of checksum, its type and its length; type 1 is a plain
    // change.
    if change.len() < 12 || change[8] != 1 {
        return Err(GuardRefused::NotAChange);
    }
    if let Some(opened) = plain(change) {
        return Ok(opened);
    }
    by_automerge(change, key)
}

/// Decodes a change by Automerge, and compares what it makes of it with the bytes.
fn by_automerge(change: &[u8], key: &str) -> Result<Opened, GuardRefused> {
    if !is_one_put(change) {
        return Err(GuardRefused::NotOneFact(key.to_owned()));
    }
    catch_unwind(AssertUnwindSafe(|| expand(change))).map_err(|_| GuardRefused::Panicked)?
}

fn expand(bytes: &[u8]) -> Result<Opened, GuardRefused> {
    let change =
        Change::from_bytes(bytes.to_vec()).map_err(|e| GuardRefused::Undecodable(e.to_string()))?;
    if change.hash().0[..4] != bytes[4..8] {
        return Err(GuardRefused::Checksum);
    }
    let expanded = change.decode();
    let again = Change::from(expanded.clone());
    if again.hash() != change.hash() || again.raw_bytes() != bytes {
        return Err(GuardRefused::NotCanonical);
    }
    Ok(Opened {
        head: change.hash().0,
        deps: expanded.deps.iter().map(|dep| dep.0).collect(),
        actor: expanded.actor_id.to_bytes().to_vec(),
        seq: expanded.seq,
        start_op: expanded.start_op.get(),
        put: one_put(expanded),
    })
}

fn one_put(change: ExpandedChange) -> Option<(String, Vec<u8>)> {
    let mut operations = change.operations.into_iter();
    let (op, None) = (operations.next()?, operations.next()) else {
        return None;
    };
    match (op.key, op.action) {
        (Key::Map(found), OpType::Put(ScalarValue::Bytes(bytes)))
            if op.obj == ObjectId::Root && !op.insert && op.pred.is_empty() =>
        {
            Some((found.to_string(), bytes))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, prop, prop_assert_eq, proptest};

    use super::{COUNTER_MAX, DEPS_MAX, by_automerge, plain};
    use crate::documents::{Actor, Shape};

    proptest! {
        #[test]
        fn what_is_read_without_automerge_is_what_automerge_reads(
            deps in prop::collection::btree_set(any::<[u8; 32]>(), 0..DEPS_MAX + 1),
            actor in any::<[u8; 16]>(),
            seq in 1..COUNTER_MAX + 1,
            start_op in 1..COUNTER_MAX + 1,
            key in "\\PC{1,40}",
            fact in prop::collection::vec(any::<u8>(), 1..400),
        ) {
            let shape = Shape {
                deps: deps.into_iter().collect(),
                actor: Actor(actor),
                seq,
                start_op,
                key: &key,
                fact: &fact,
            };
            let change = shape.write();
            let read = plain(&change).expect("it is spelled as we spell it");
            prop_assert_eq!(Ok(read), by_automerge(&change, "a key"));
        }
    }
}
