//! What about the hub and its stores needs a person, and how it is said: from numbers alone.

mod restored;

pub(super) use restored::{KnownRestore, Unheard};

use counterpart_protocol::condition::{self, Concern, Measured, Urgency};
use counterpart_protocol::time::BusinessDate;

/// How far a store's clock may be from ours before somebody should look (replication.md §5: half of
/// what replication believes, a minute).
const CLOCK_OFF_MS_MAX: u64 = 30_000;
/// How long a store may be silent before somebody should ask, in milliseconds: a day.
const SILENT_MS_MAX: i64 = 86_400_000;
/// How long it is told that a second machine called, in milliseconds: a day. One that runs calls
/// again every ten minutes.
const COPY_TOLD_MS: i64 = 86_400_000;

/// What is known of one store.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct KnownStore {
    pub(super) store: String,
    /// How long it has been silent; nothing if it never called.
    pub(super) silent_ms: Option<i64>,
    pub(super) refused: Option<String>,
    /// How long ago another machine with its identity was turned away.
    pub(super) copied_ms: Option<i64>,
    /// How long it has been taking its records back after a restore, if it is.
    pub(super) recovering_ms: Option<i64>,
    pub(super) clock_off_ms: Option<i64>,
    pub(super) certificate_ends_at_ms: Option<i64>,
    pub(super) lag: i64,
    /// Business days that are not here as the store sealed them, the newest first, each with what
    /// differs first.
    pub(super) differing: Vec<(BusinessDate, String)>,
}

/// What the decision is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Known {
    pub(super) now_ms: i64,
    pub(super) measured: Measured,
    pub(super) quarantined: usize,
    pub(super) certificate_ends_at_ms: Option<i64>,
    pub(super) authority_ends_at_ms: Option<i64>,
    pub(super) stores: Vec<KnownStore>,
    /// What a restore left open, if this hub was restored or is an old state.
    pub(super) restored: Option<KnownRestore>,
}

/// Decides what needs a person, the most urgent first.
pub(super) fn concerns(known: &Known) -> Vec<Concern> {
    let mut concerns = condition::concerns(&known.measured, known.now_ms);
    concerns.extend(certificates(known));
    concerns.extend(known.restored.iter().flat_map(restored::concerns));
    if known.quarantined > 0 {
        let sentence = format!(
            "{} of the stores' records could not be believed and were set aside, with every byte: \
             nothing is lost. Look at them under /quarantine; after an upgrade, let them count.",
            known.quarantined
        );
        concerns.push(Concern::new(Urgency::Soon, "Records", sentence));
    }
    for store in &known.stores {
        concerns.extend(of_store(store, known.now_ms));
    }
    // Stable: what is equally urgent stays in the order above.
    concerns.sort_by_key(|concern| std::cmp::Reverse(concern.urgency));
    concerns
}

fn certificates(known: &Known) -> Vec<Concern> {
    let of = |ends_at_ms: Option<i64>, whose: &str, todo: &str| {
        condition::certificate(ends_at_ms?, known.now_ms, whose, todo)
    };
    let server = of(
        known.certificate_ends_at_ms,
        "The certificate of the hub's own pages",
        "it should have been renewed by itself: the log says why it was not; restart the hub.",
    );
    let authority = of(
        known.authority_ends_at_ms,
        "The certificate of the hub's authority",
        "plan a new one; every store enrols again then.",
    );
    [server, authority].into_iter().flatten().collect()
}

fn of_store(store: &KnownStore, now_ms: i64) -> Vec<Concern> {
    let mut concerns = Vec::new();
    if let Some(because) = &store.refused {
        let sentence = format!("The hub does not go on with this store: {because}.");
        concerns.push(Concern::new(Urgency::Now, &store.store, sentence));
    }
    if let Some(ago_ms) = store.copied_ms.filter(|ago_ms| *ago_ms < COPY_TOLD_MS) {
        let sentence = format!(
            "Another machine with this store's identity, a copy or a restored backup, called {} \
             minutes ago and was turned away: find it and stop it, or, if it is the one that is to \
             stay, have counterpart-edge restore --in-place run there. What it sold stands in its \
             data folder only.",
            ago_ms / 60_000
        );
        concerns.push(Concern::new(Urgency::Now, &store.store, sentence));
    }
    if let Some(ago_ms) = store.recovering_ms {
        let sentence = format!(
            "Its server was restored {} minutes ago and takes its records back: it sells, and \
             promises nothing until it has them. By itself that is a matter of minutes; if it \
             stays so, look at the store's status page.",
            ago_ms / 60_000
        );
        concerns.push(Concern::new(Urgency::Soon, &store.store, sentence));
    }
    if let Some(silent_ms) = store
        .silent_ms
        .filter(|silent_ms| *silent_ms > SILENT_MS_MAX)
    {
        let sentence = format!(
            "It was last heard of {} ago, and {} of its records are known to be missing: ask there \
             whether the line or the store server is down. Selling goes on meanwhile.",
            days(silent_ms),
            store.lag
        );
        concerns.push(Concern::new(Urgency::Soon, &store.store, sentence));
    }
    let off = store.clock_off_ms.map(i64::unsigned_abs);
    if let Some(off_ms) = off.filter(|off_ms| *off_ms > CLOCK_OFF_MS_MAX) {
        let sentence = format!(
            "Its clock is {} s away from the hub's: have it set right. Its receipts carry its own \
             time.",
            off_ms / 1_000
        );
        concerns.push(Concern::new(Urgency::Soon, &store.store, sentence));
    }
    if let Some((date, first)) = store.differing.first() {
        let others = match store.differing.len() - 1 {
            0 => String::new(),
            others => format!(", and {others} more"),
        };
        let sentence = format!(
            "Its business day {date}{others} is not here as the store sealed it: {first}. See \
             /days/{}/{date}.",
            store.store
        );
        concerns.push(Concern::new(Urgency::Soon, &store.store, sentence));
    }
    let certificate = store.certificate_ends_at_ms.and_then(|ends_at_ms| {
        let todo =
            "make a code for it and enrol it again. Selling goes on; nothing is sent without.";
        condition::certificate(ends_at_ms, now_ms, "Its certificate", todo)
    });
    concerns.extend(certificate.map(|concern| Concern {
        about: store.store.clone(),
        ..concern
    }));
    concerns
}

fn days(ms: i64) -> String {
    match ms.div_euclid(SILENT_MS_MAX) {
        1 => "a day".to_owned(),
        days => format!("{days} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 86_400_000;

    fn well() -> Known {
        Known {
            now_ms: 1_000 * DAY_MS,
            certificate_ends_at_ms: Some(1_300 * DAY_MS),
            authority_ends_at_ms: Some(4_000 * DAY_MS),
            stores: vec![KnownStore {
                store: "ghent-1".to_owned(),
                silent_ms: Some(0),
                certificate_ends_at_ms: Some(1_300 * DAY_MS),
                ..KnownStore::default()
            }],
            ..Known::default()
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Known), urgency: Urgency, about: &str, words: &str) {
        let mut known = well();
        change(&mut known);
        let concerns = concerns(&known);
        let [one] = concerns.as_slice() else {
            panic!("wanted one concern, found {concerns:?}");
        };
        assert_eq!((one.urgency, one.about.as_str()), (urgency, about));
        assert!(one.sentence.contains(words), "{}", one.sentence);
    }

    #[test]
    fn a_hub_whose_stores_call_needs_nobody() {
        assert_eq!(concerns(&well()), []);
        let mut new = well();
        new.stores[0].silent_ms = None;
        assert_eq!(
            concerns(&new),
            [],
            "a store that is not opened yet is no trouble"
        );
    }

    #[test]
    fn a_store_that_needs_somebody_is_named_with_what_to_do() {
        let (soon, now) = (Urgency::Soon, Urgency::Now);
        check(
            |k| k.stores[0].silent_ms = Some(3 * DAY_MS),
            soon,
            "ghent-1",
            "3 days ago",
        );
        check(
            |k| k.stores[0].clock_off_ms = Some(-DAY_MS),
            soon,
            "ghent-1",
            "86400 s away",
        );
        check(
            |k| k.stores[0].refused = Some("two copies are in use".to_owned()),
            now,
            "ghent-1",
            "two copies are in use",
        );
        check(
            |k| k.stores[0].copied_ms = Some(120_000),
            now,
            "ghent-1",
            "called 2 minutes ago and was turned away",
        );
        let date: BusinessDate = "2026-11-23".parse().unwrap();
        check(
            |k| k.stores[0].differing = vec![(date, "receipts are missing: 1-1-000003".into())],
            soon,
            "ghent-1",
            "2026-11-23 is not here as the store sealed it: receipts are missing: 1-1-000003. See \
             /days/ghent-1/2026-11-23",
        );
        check(
            |k| k.stores[0].recovering_ms = Some(180_000),
            soon,
            "ghent-1",
            "restored 3 minutes ago",
        );
        check(
            |k| k.stores[0].certificate_ends_at_ms = Some(1_003 * DAY_MS),
            soon,
            "ghent-1",
            "ends in 3 days",
        );
    }

    #[test]
    fn the_hubs_own_troubles_are_said_and_what_is_urgent_comes_first() {
        check(
            |k| k.certificate_ends_at_ms = Some(999 * DAY_MS),
            Urgency::Now,
            "Certificate",
            "has ended",
        );
        check(
            |k| k.quarantined = 2,
            Urgency::Soon,
            "Records",
            "2 of the stores'",
        );
        let mut both = well();
        both.quarantined = 1;
        both.measured.disk_free_bytes = Some(1_000);
        let order: Vec<_> = concerns(&both).into_iter().map(|one| one.about).collect();
        assert_eq!(order, ["Disk", "Records"]);
    }
}
