//! The import guard for order documents: what a change must be before anything believes it.
//!
//! It says what the bytes alone can tell. Whether the writer the key names may write, has another
//! actor, or used the key before is for the replica to say, which remembers writers.

use super::guard::GuardRefused;
use super::layout::put_bytes;
use super::opening::open;
use super::order::{ORDER_DEPS_MAX, ORDER_FACTS_MAX};
use super::{Actor, ChangeHash};
use crate::facts::Fact;
use crate::ids::OrderKey;

/// What stands in a refusal for the key a change should have been written under.
const KEY_FORM: &str = "<edge>/<incarnation>/<seq>/<epoch>";

/// A change of an order document that its bytes do not speak against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderChange {
    /// The key it puts its fact under.
    pub key: OrderKey,
    /// Who wrote it, in Automerge's eyes.
    pub actor: Actor,
    /// The fact in it.
    pub fact: Fact,
    /// Automerge's own hash of the change.
    pub head: [u8; 32],
    /// The document's heads when it was written, and its writer's change before: none for the
    /// document's first change.
    pub deps: Vec<[u8; 32]>,
    /// Its operation's number: one more than the highest its writer had seen.
    pub depth: u32,
}

/// Checks a change received for an order document and takes the fact out of it.
///
/// # Errors
/// [`GuardRefused`]; nothing was believed and nothing panicked.
pub fn admit_to_order(change: &[u8]) -> Result<OrderChange, GuardRefused> {
    let opened = open(change, KEY_FORM)?;
    let not_canonical = |_| GuardRefused::NotCanonical;
    let actor = opened.actor.as_slice().try_into();
    let actor = Actor(actor.map_err(not_canonical)?);
    let (head, seq, depth) = (opened.head, opened.seq, opened.start_op);
    let deps = opened.deps.clone();
    if deps.len() > ORDER_DEPS_MAX {
        return Err(GuardRefused::TooManyDeps(deps.len()));
    }
    // Sorted and distinct is how Automerge writes them.
    if !deps.is_sorted_by(|before, after| before < after) {
        return Err(GuardRefused::NotCanonical);
    }
    let depth = place(seq, depth, deps.len()).ok_or(GuardRefused::Misplaced)?;
    let (key, fact_bytes) = opened.only_put(KEY_FORM)?;
    let key: OrderKey = key.parse().map_err(|_| not_one_fact())?;
    if u64::from(key.seq) != seq {
        return Err(not_one_fact());
    }
    Ok(OrderChange {
        key,
        actor,
        fact: Fact::decode(&fact_bytes)?,
        head,
        deps,
        depth,
    })
}

/// Returns the depth of a change whose counters can be: one change is one operation, a writer's
/// n-th follows at least its own n - 1, and what follows nothing is the very first.
fn place(seq: u64, depth: u64, deps: usize) -> Option<u32> {
    let first = depth == 1;
    let can_be = (1..=u64::from(ORDER_FACTS_MAX)).contains(&depth)
        && (1..=depth).contains(&seq)
        && first == (deps == 0);
    can_be.then(|| u32::try_from(depth).ok()).flatten()
}

fn not_one_fact() -> GuardRefused {
    GuardRefused::NotOneFact(KEY_FORM.to_owned())
}

/// Reads the fact out of a change that was admitted and stored under `hash` earlier, for a tenth
/// of what the guard costs; nothing if the bytes are no longer what was stored.
#[must_use]
pub fn stored_fact(change: &[u8], hash: ChangeHash) -> Option<Fact> {
    if ChangeHash::of(change) != hash {
        return None;
    }
    Fact::decode(put_bytes(change)?).ok()
}
