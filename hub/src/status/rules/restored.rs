//! What about a hub that was restored, or should have been, needs a person.

use counterpart_protocol::condition::{Concern, Urgency};
use jiff::Timestamp;

/// How long after a restore it is told which span of time nobody can prove, in milliseconds: a
/// week.
const UNPROVEN_TOLD_MS: i64 = 7 * 86_400_000;
/// After how long a store that was not heard may need a person, in milliseconds: an hour, for those
/// on the line are heard within seconds.
const PATIENCE_MS: i64 = 3_600_000;

/// A store the hub has not heard since its restore.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::status) enum Unheard {
    /// It was not on the line, or is telling.
    Waits(String),
    /// What it was told differs from what the hub has.
    Differs(String),
    /// It knows a newer generation of the hub, this one.
    KnowsNewer(String, u32),
    /// It was told more than the hub has, and the hub was not restored by its own command.
    KnowsMore(String),
}

/// What a restore left open.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::status) struct KnownRestore {
    /// How long ago the hub was restored, in milliseconds; nothing if it never was.
    pub(in crate::status) ago_ms: Option<i64>,
    /// From when to when nobody can prove what the hub was told, in milliseconds UTC.
    pub(in crate::status) unproven_ms: Option<(i64, i64)>,
    /// The stores it has not heard.
    pub(in crate::status) unheard: Vec<Unheard>,
}

/// Decides what needs a person.
pub(super) fn concerns(known: &KnownRestore) -> Vec<Concern> {
    let mut concerns = Vec::new();
    let mut waits: Vec<&str> = Vec::new();
    for unheard in &known.unheard {
        let (about, sentence) = match unheard {
            Unheard::Waits(store) => {
                waits.push(store);
                continue;
            }
            Unheard::Differs(store) => (
                store,
                "What the hub told this store before its restore differs from what it has now: two \
                 hubs have spoken in one name. Nothing is promised for it. Keep both data folders \
                 and call support."
                    .to_owned(),
            ),
            Unheard::KnowsNewer(store, generation) => (
                store,
                format!(
                    "It knows generation {generation} of the hub, which is newer than this one: \
                     another machine goes on as the hub, or these data are an old state of it. \
                     Nothing is promised for any store. Switch this one off; if it is the one that \
                     is to stay, stop it and run counterpart-hub restore --in-place."
                ),
            ),
            Unheard::KnowsMore(store) => (
                store,
                "It holds records of the hub that the hub does not have: the hub's data were put \
                 back to an older state. Nothing is promised for any store. Stop the hub, run \
                 counterpart-hub restore --in-place (with PostgreSQL counterpart-hub generation \
                 --new) and start it."
                    .to_owned(),
            ),
        };
        concerns.push(Concern::new(Urgency::Now, about, sentence));
    }
    if !waits.is_empty() {
        let ago_ms = known.ago_ms.unwrap_or(0);
        let urgency = match ago_ms > PATIENCE_MS {
            true => Urgency::Now,
            false => Urgency::Soon,
        };
        let sentence = format!(
            "The hub was restored {} minutes ago and has not heard {} yet. It promises nothing for \
             them, sends no earlier order another way, and takes no order again that it may have \
             sent there. Each is heard within seconds once it is on the line; block a store's \
             server that will never call again.",
            ago_ms / 60_000,
            waits.join(", ")
        );
        concerns.push(Concern::new(urgency, "Restore", sentence));
    }
    if let (Some(ago_ms), Some((from_ms, to_ms))) = (known.ago_ms, known.unproven_ms)
        && ago_ms < UNPROVEN_TOLD_MS
    {
        let time = |at_ms: i64| Timestamp::from_millisecond(at_ms).unwrap_or_default();
        let sentence = format!(
            "Orders that reached the hub between {:.0} and {:.0} and no store are known to nobody: \
             have every channel send its orders of that time again, and do again what was changed \
             at the console. This is told for a week.",
            time(from_ms),
            time(to_ms)
        );
        concerns.push(Concern::new(Urgency::Soon, "Restore", sentence));
    }
    concerns
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::condition::Urgency;

    use super::{KnownRestore, Unheard, concerns};

    #[track_caller]
    fn check(known: &KnownRestore, urgency: Urgency, about: &str, words: &str) {
        let told = concerns(known);
        let [one] = told.as_slice() else {
            panic!("wanted one concern, found {told:?}");
        };
        assert_eq!((one.urgency, one.about.as_str()), (urgency, about));
        assert!(one.sentence.contains(words), "{}", one.sentence);
    }

    fn known(unheard: Vec<Unheard>, minutes: i64) -> KnownRestore {
        KnownRestore {
            ago_ms: Some(minutes * 60_000),
            unproven_ms: None,
            unheard,
        }
    }

    #[test]
    fn stores_that_are_waited_for_are_named_and_become_urgent() {
        let two = || {
            let names = ["ghent-1", "bruges-1"];
            names.map(|name| Unheard::Waits(name.to_owned())).to_vec()
        };
        let words = "3 minutes ago and has not heard ghent-1, bruges-1 yet";
        check(&known(two(), 3), Urgency::Soon, "Restore", words);
        check(&known(two(), 90), Urgency::Now, "Restore", "90 minutes");
        assert_eq!(concerns(&known(Vec::new(), 90)), []);
    }

    #[test]
    fn an_old_state_and_two_hubs_are_told_with_what_to_do() {
        let store = || "ghent-1".to_owned();
        for (unheard, words) in [
            (Unheard::Differs(store()), "two hubs have spoken"),
            (Unheard::KnowsNewer(store(), 7), "generation 7"),
            (Unheard::KnowsMore(store()), "restore --in-place"),
        ] {
            check(&known(vec![unheard], 0), Urgency::Now, "ghent-1", words);
        }
    }

    #[test]
    fn what_nobody_can_prove_is_told_for_a_week() {
        let mut restored = known(Vec::new(), 60);
        restored.unproven_ms = Some((1_763_890_000_000, 1_763_893_600_000));
        let words = "between 2025-11-23T09:26:40Z and 2025-11-23T10:26:40Z";
        check(&restored, Urgency::Soon, "Restore", words);
        restored.ago_ms = Some(8 * 86_400_000);
        assert_eq!(concerns(&restored), []);
    }
}
