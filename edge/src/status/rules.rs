//! What needs a person, and how it is said: decided from the state alone.

use counterpart_protocol::reference::ReferenceKind;
use serde::Serialize;
use utoipa::ToSchema;

/// How far the clocks may be apart before somebody should look: half of what replication believes
/// (replication.md §5, a minute).
const CLOCK_OFF_MS_MAX: u64 = 30_000;
/// How many days before its end a certificate should be renewed.
const CERTIFICATE_DAYS_MIN: i64 = 30;
/// How old the catalogue's last news may be before a store should know, in milliseconds: a day.
const CONTACT_MS_MAX: i64 = 86_400_000;

/// How much something needs a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Urgency {
    /// Somebody should look at it today.
    Soon,
    /// Something does not work until somebody acts.
    Now,
}

/// One thing that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(super) struct Concern {
    /// How much.
    pub(super) urgency: Urgency,
    /// What it is about: `Hub`, `Register 1`.
    pub(super) about: String,
    /// What is the matter and what to do.
    pub(super) sentence: String,
}

/// What the decision is made from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Known {
    pub(super) now_ms: i64,
    pub(super) hub_trouble: Option<String>,
    pub(super) hub_needs_a_person: bool,
    pub(super) contact_at_ms: Option<i64>,
    pub(super) clock_off_ms: Option<i64>,
    pub(super) certificate_ends_at_ms: Option<i64>,
    pub(super) waiting: u64,
    pub(super) quarantined: usize,
    pub(super) reference: Vec<KnownReference>,
    /// Register, sentence and whether it stops the device.
    pub(super) devices: Vec<(String, String, Urgency)>,
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

/// Decides what needs a person, the most urgent first.
pub(super) fn concerns(known: &Known) -> Vec<Concern> {
    let mut concerns = Vec::new();
    concerns.extend(hub(known));
    concerns.extend(clock(known));
    concerns.extend(certificate(known));
    concerns.extend(known.reference.iter().filter_map(reference));
    concerns.extend(quarantine(known));
    for (about, sentence, urgency) in &known.devices {
        concerns.push(concern(*urgency, about, sentence.clone()));
    }
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
    let days = known
        .certificate_ends_at_ms?
        .saturating_sub(known.now_ms)
        .div_euclid(86_400_000);
    let (urgency, when) = match days {
        ..0 => (Urgency::Now, "has ended".to_owned()),
        0..CERTIFICATE_DAYS_MIN => (Urgency::Soon, format!("ends in {days} days")),
        _ => return None,
    };
    let sentence = format!(
        "This store's certificate {when}: ask the hub's operator for an enrolment code and enrol \
         again. Selling goes on; nothing is sent without it."
    );
    Some(concern(urgency, "Certificate", sentence))
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
                | ReferenceKind::Policies => return None,
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

fn plural(count: usize, word: &str) -> String {
    match count {
        1 => format!("1 {word}"),
        count => format!("{count} {word}s"),
    }
}

fn concern(urgency: Urgency, about: &str, sentence: String) -> Concern {
    Concern {
        urgency,
        about: about.to_owned(),
        sentence,
    }
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}
