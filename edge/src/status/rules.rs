//! What needs a person, and how it is said: decided from the state alone.

use counterpart_protocol::condition::{self, Concern, Measured, Urgency};
use counterpart_protocol::reference::ReferenceKind;

/// How far the clocks may be apart before somebody should look: half of what replication believes
/// (replication.md §5, a minute).
const CLOCK_OFF_MS_MAX: u64 = 30_000;
/// How old the catalogue's last news may be before a store should know, in milliseconds: a day.
const CONTACT_MS_MAX: i64 = 86_400_000;
/// How long after a restore it is told what nobody has a record of, in milliseconds: a week.
const TOLD_MS: i64 = 7 * 86_400_000;

/// What the decision is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Known {
    pub(super) now_ms: i64,
    pub(super) hub_trouble: Option<String>,
    pub(super) hub_needs_a_person: bool,
    pub(super) contact_at_ms: Option<i64>,
    pub(super) clock_off_ms: Option<i64>,
    pub(super) certificate_ends_at_ms: Option<i64>,
    pub(super) pages_end_at_ms: Option<i64>,
    pub(super) measured: Measured,
    pub(super) waiting: u64,
    pub(super) quarantined: usize,
    /// Records of which neither this store nor the hub has the bytes any more.
    pub(super) lost: u64,
    pub(super) reference: Vec<KnownReference>,
    /// Register, sentence and whether it stops the device.
    pub(super) devices: Vec<(String, String, Urgency)>,
    /// The newest life, if it began with the data of an earlier one.
    pub(super) recovery: Option<KnownRecovery>,
    /// The fiscal signer, where there is one.
    pub(super) signer: Option<KnownSigner>,
    /// Register and how many prints nobody has settled.
    pub(super) uncertain: Vec<(String, usize)>,
}

/// What is known of one kind of reference data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct KnownReference {
    pub(super) kind: ReferenceKind,
    pub(super) in_use: Option<u64>,
    pub(super) trouble: Option<String>,
}

/// What is known of a life that began with the data of an earlier one, in milliseconds UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownRecovery {
    pub(super) opened_at_ms: i64,
    /// The last record of an earlier life, once that is known.
    pub(super) unproven_from_ms: Option<i64>,
    pub(super) ended_at_ms: Option<i64>,
}

/// What is known of the fiscal signer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct KnownSigner {
    /// What to do about the outage that goes on, if one does.
    pub(super) todo: Option<&'static str>,
    /// Paid sales without a signature.
    pub(super) unsigned: u32,
}

/// Decides what needs a person, the most urgent first.
pub(super) fn concerns(known: &Known) -> Vec<Concern> {
    let mut concerns = Vec::new();
    concerns.extend(hub(known));
    concerns.extend(clock(known));
    concerns.extend(certificate(known));
    concerns.extend(pages(known));
    concerns.extend(condition::concerns(&known.measured, known.now_ms));
    concerns.extend(known.reference.iter().filter_map(reference));
    concerns.extend(quarantine(known));
    concerns.extend(lost(known.lost));
    concerns.extend(known.recovery.and_then(|one| recovery(one, known.now_ms)));
    for (about, sentence, urgency) in &known.devices {
        concerns.push(concern(*urgency, about, sentence.clone()));
    }
    concerns.extend(known.signer.and_then(signer));
    for (about, count) in &known.uncertain {
        let sentence = format!(
            "{count} {} may not have come out: look at the paper and settle it at the register.",
            if *count == 1 { "receipt" } else { "receipts" }
        );
        concerns.push(concern(Urgency::Now, about, sentence));
    }
    // Stable: what is equally urgent stays in the order above.
    concerns.sort_by_key(|concern| std::cmp::Reverse(concern.urgency));
    concerns
}

/// A hub that is away is normal; for a day, or for a reason only a person can end, it is not.
fn hub(known: &Known) -> Option<Concern> {
    let trouble = known.hub_trouble.as_deref()?;
    let waiting = match known.waiting {
        0 => "everything is sent".to_owned(),
        count => format!("{count} waiting"),
    };
    let sentence = format!("{} ({waiting}).", capital(trouble));
    if known.hub_needs_a_person {
        return Some(concern(Urgency::Now, "Hub", sentence));
    }
    let silent_ms = known.now_ms.saturating_sub(known.contact_at_ms?);
    (silent_ms >= CONTACT_MS_MAX).then(|| concern(Urgency::Soon, "Hub", sentence))
}

fn clock(known: &Known) -> Option<Concern> {
    let off_ms = known.clock_off_ms?;
    let off_s = off_ms.unsigned_abs() / 1_000;
    let direction = if off_ms > 0 { "behind" } else { "ahead of" };
    (off_ms.unsigned_abs() > CLOCK_OFF_MS_MAX).then(|| {
        let sentence = format!(
            "This machine's clock is {off_s} s {direction} the hub's: set it right, or switch on \
             its time service. Receipts show its time."
        );
        concern(Urgency::Soon, "Clock", sentence)
    })
}

fn certificate(known: &Known) -> Option<Concern> {
    let todo = "ask the hub's operator for an enrolment code and enrol again. Selling goes on; \
                nothing is sent without it.";
    let ends_at_ms = known.certificate_ends_at_ms?;
    condition::certificate(ends_at_ms, known.now_ms, "This store's certificate", todo)
}

/// The certificate of this store's own pages is renewed by itself.
fn pages(known: &Known) -> Option<Concern> {
    let todo = "it should have been renewed by itself: the log says why it was not; restart the \
                store server.";
    let ends_at_ms = known.pages_end_at_ms?;
    let whose = "The certificate of this store's pages";
    // Renewed 30 days before: a week on, something is in its way.
    let early = ends_at_ms.saturating_add(7 * 86_400_000);
    condition::certificate(early, known.now_ms, whose, todo)
}

fn reference(known: &KnownReference) -> Option<Concern> {
    let about = match known.kind {
        ReferenceKind::Catalog => "Catalogue",
        ReferenceKind::Roster => "Staff",
        ReferenceKind::Prices => "Price lists",
        ReferenceKind::Keys => "Keys",
        ReferenceKind::Neighbours => "Other stores",
        ReferenceKind::Store => "Store",
        ReferenceKind::Policies => "Policies",
        ReferenceKind::Promotions => "Promotions",
        ReferenceKind::Customers => "Customers",
    };
    match (&known.trouble, known.in_use) {
        (Some(trouble), _) => {
            let sentence = format!("{}.", capital(trouble));
            Some(concern(Urgency::Soon, about, sentence))
        }
        (None, None) => {
            let missing = match known.kind {
                ReferenceKind::Catalog => {
                    "There are no products here yet: have the catalogue \
                     published at the hub; it comes by itself."
                }
                ReferenceKind::Roster => {
                    "Nobody can sign in here yet: add the store's people at \
                     the hub; they come by themselves."
                }
                // A store sells, signs people in and hands over without them.
                ReferenceKind::Prices
                | ReferenceKind::Keys
                | ReferenceKind::Neighbours
                | ReferenceKind::Store
                | ReferenceKind::Policies
                | ReferenceKind::Promotions
                | ReferenceKind::Customers => return None,
            };
            Some(concern(Urgency::Now, about, missing.to_owned()))
        }
        (None, Some(_)) => None,
    }
}

fn quarantine(known: &Known) -> Option<Concern> {
    (known.quarantined > 0).then(|| {
        let sentence = format!(
            "{} could not be believed and {} set aside, with every byte: nothing is lost, call \
             support.",
            plural(known.quarantined, "record"),
            if known.quarantined == 1 { "is" } else { "are" }
        );
        concern(Urgency::Soon, "Records", sentence)
    })
}

/// What neither end has any more only a backup can bring back.
fn lost(count: u64) -> Option<Concern> {
    (count > 0).then(|| {
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let sentence = format!(
            "{} of the last weeks can be read neither here nor at the hub: the disk may be \
             failing. Keep every backup, and call support.",
            plural(count, "record"),
        );
        concern(Urgency::Now, "Records", sentence)
    })
}

/// While it takes its records back that is said; afterwards what nobody has a record of, for as
/// long as somebody may still remember it.
fn recovery(known: KnownRecovery, now_ms: i64) -> Option<Concern> {
    let ago = span(now_ms.saturating_sub(known.opened_at_ms));
    let sentence = match (known.ended_at_ms, known.unproven_from_ms) {
        (None, _) => format!(
            "This store was restored {ago} ago and takes back from the hub what it had recorded. \
             It sells; goods are handed over for orders, promised and sent to other stores when \
             the hub has answered."
        ),
        (Some(ended_at_ms), Some(from_ms)) if now_ms.saturating_sub(ended_at_ms) < TOLD_MS => {
            format!(
                "This store was restored {ago} ago and has back everything the hub knew. Of the {} \
                 before that there is no record anywhere: count what was sold, received or handed \
                 over then; the page /stock/recount lists what to count first.",
                span(known.opened_at_ms.saturating_sub(from_ms))
            )
        }
        (Some(_), _) => return None,
    };
    Some(concern(Urgency::Soon, "Restore", sentence))
}

/// Says a time span in its largest unit.
fn span(ms: i64) -> String {
    let minutes = ms.max(0) / 60_000;
    let (count, word) = match minutes {
        0..120 => (minutes, "minute"),
        120..2_880 => (minutes / 60, "hour"),
        _ => (minutes / 1_440, "day"),
    };
    plural(usize::try_from(count).unwrap_or(usize::MAX), word)
}

/// A few sales without a signature are nobody's concern while the signer works: they are next.
fn signer(known: KnownSigner) -> Option<Concern> {
    let todo = known.todo?;
    let sentence = match known.unsigned {
        0 => todo.to_owned(),
        count => format!("{todo} {} unsigned.", waiting(count)),
    };
    Some(concern(Urgency::Now, "Signing device", sentence))
}

fn waiting(count: u32) -> String {
    match count {
        1 => "1 sale is".to_owned(),
        count => format!("{count} sales are"),
    }
}

fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    }
}

fn concern(urgency: Urgency, about: &str, sentence: String) -> Concern {
    Concern::new(urgency, about, sentence)
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
