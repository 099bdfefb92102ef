//! How a daemon is: what needs a person, how urgent it is, and what a script makes of it. Decided
//! from numbers alone; who measures them is the daemons' business.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// How much something needs a person.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Somebody should look at it today.
    Soon,
    /// Something does not work until somebody acts.
    Now,
}

/// One thing that needs a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Concern {
    /// How much.
    pub urgency: Urgency,
    /// What it is about: `Hub`, `Register 1`.
    pub about: String,
    /// What is the matter and what to do.
    pub sentence: String,
}

impl Concern {
    /// Names something that needs a person.
    #[must_use]
    pub fn new(urgency: Urgency, about: &str, sentence: impl Into<String>) -> Self {
        Self {
            urgency,
            about: about.to_owned(),
            sentence: sentence.into(),
        }
    }
}

/// Writes what needs a person for a terminal, the most urgent first, a line each.
#[must_use]
pub fn words(concerns: &[Concern]) -> String {
    if concerns.is_empty() {
        return "Nothing needs you.\n".to_owned();
    }
    let mut text = match concerns.len() {
        1 => "One thing needs you:\n".to_owned(),
        count => format!("{count} things need you:\n"),
    };
    for concern in concerns {
        let when = match concern.urgency {
            Urgency::Now => "now ",
            Urgency::Soon => "soon",
        };
        text.push_str(&format!(
            "  {when}  {}: {}\n",
            concern.about, concern.sentence
        ));
    }
    text
}

/// What a command that asks how a daemon is ends with, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Nothing needs anybody.
    Well,
    /// Something needs a person.
    NeedsAPerson,
    /// It does not run, or does not answer.
    NotRunning,
}

impl Ending {
    /// Decides by what needs a person.
    #[must_use]
    pub fn of(concerns: &[Concern]) -> Self {
        match concerns.is_empty() {
            true => Self::Well,
            false => Self::NeedsAPerson,
        }
    }

    /// Returns the exit code: 0, 1 or 2.
    #[must_use]
    pub const fn code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::NeedsAPerson => 1,
            Self::NotRunning => 2,
        }
    }
}

/// What a daemon measured of its machine and its database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
pub struct Measured {
    /// Bytes free on the disk of the data folder; nothing where it cannot be asked.
    pub disk_free_bytes: Option<u64>,
    /// How many bytes that disk has.
    pub disk_total_bytes: Option<u64>,
    /// Bytes the database takes; nothing for one on a server.
    pub database_bytes: Option<u64>,
    /// When the last checked backup was made from here, in milliseconds UTC.
    pub backup_at_ms: Option<i64>,
    /// Since when there is something to back up, in milliseconds UTC; nothing where backups are the
    /// database server's.
    pub backup_due_since_ms: Option<i64>,
}

/// Below this a database cannot go on for long: some thousand sales and one backup's journal.
const DISK_BYTES_MIN: u64 = 256 * 1024 * 1024;
/// Below this somebody should make room before it is urgent: a week of a large store's sales.
const DISK_BYTES_SOON: u64 = 2 * 1024 * 1024 * 1024;
/// How old a backup may be: every day, and a weekend when nobody was there.
const BACKUP_MS_MAX: i64 = 3 * DAY_MS;
/// How many days before its end a certificate should have been renewed.
pub const CERTIFICATE_DAYS_MIN: i64 = 30;
const DAY_MS: i64 = 86_400_000;

/// Decides what about disk and backups needs a person at `now_ms`.
#[must_use]
pub fn concerns(measured: &Measured, now_ms: i64) -> Vec<Concern> {
    [disk(measured), backup(measured, now_ms)]
        .into_iter()
        .flatten()
        .collect()
}

fn disk(measured: &Measured) -> Option<Concern> {
    let free = measured.disk_free_bytes?;
    let left = size(free);
    if free < DISK_BYTES_MIN {
        let sentence = format!(
            "The disk is full but for {left}: make room on it now. What is recorded stays; when \
             nothing is left, nothing new can be."
        );
        return Some(Concern::new(Urgency::Now, "Disk", sentence));
    }
    (free < DISK_BYTES_SOON).then(|| {
        let sentence = format!(
            "The disk has {left} left: move old backups and files off it, or put in a larger one."
        );
        Concern::new(Urgency::Soon, "Disk", sentence)
    })
}

fn backup(measured: &Measured, now_ms: i64) -> Option<Concern> {
    let due_since_ms = measured.backup_due_since_ms?;
    let last_ms = measured.backup_at_ms.unwrap_or(due_since_ms);
    let days = now_ms.saturating_sub(last_ms).div_euclid(DAY_MS);
    if now_ms.saturating_sub(last_ms) <= BACKUP_MS_MAX {
        return None;
    }
    let sentence = match measured.backup_at_ms {
        Some(_) => format!(
            "The last backup is {days} days old: look at the timer that makes them, or make one \
             with the command backup."
        ),
        None => "No backup was ever made here: switch the timer on that makes them, or make one \
                 with the command backup."
            .to_owned(),
    };
    Some(Concern::new(Urgency::Soon, "Backup", sentence))
}

/// Decides what about a certificate that ends at `ends_at_ms` needs a person; `whose` stands at the
/// beginning of a sentence, `todo` is one.
#[must_use]
pub fn certificate(ends_at_ms: i64, now_ms: i64, whose: &str, todo: &str) -> Option<Concern> {
    let days = ends_at_ms.saturating_sub(now_ms).div_euclid(DAY_MS);
    let (urgency, when) = match days {
        ..0 => (Urgency::Now, "has ended".to_owned()),
        0..CERTIFICATE_DAYS_MIN => (Urgency::Soon, format!("ends in {days} days")),
        _ => return None,
    };
    let sentence = format!("{whose} {when}: {todo}");
    Some(Concern::new(urgency, "Certificate", sentence))
}

/// Writes a number of bytes as people read it: `12 GB`, `640 MB`, in thousands.
#[must_use]
pub fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes / 1_000),
        1_000_000..1_000_000_000 => format!("{} MB", bytes / 1_000_000),
        1_000_000_000..10_000_000_000 => {
            let tenths = bytes / 100_000_000;
            format!("{}.{} GB", tenths / 10, tenths % 10)
        }
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_000 * DAY_MS;

    fn well() -> Measured {
        Measured {
            disk_free_bytes: Some(50_000_000_000),
            disk_total_bytes: Some(100_000_000_000),
            database_bytes: Some(4_000_000),
            backup_at_ms: Some(NOW_MS - DAY_MS),
            backup_due_since_ms: Some(0),
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Measured), found: Option<(Urgency, &str, &str)>) {
        let mut measured = well();
        change(&mut measured);
        let concerns = concerns(&measured, NOW_MS);
        let Some((urgency, about, words)) = found else {
            assert_eq!(concerns, []);
            return;
        };
        let [one] = concerns.as_slice() else {
            panic!("wanted one concern, found {concerns:?}");
        };
        assert_eq!((one.urgency, one.about.as_str()), (urgency, about));
        assert!(one.sentence.contains(words), "{}", one.sentence);
    }

    #[test]
    fn a_machine_with_room_and_a_fresh_backup_needs_nobody() {
        check(|_| {}, None);
        check(|measured| *measured = Measured::default(), None);
    }

    #[test]
    fn a_disk_that_fills_up_is_said_before_it_is_full() {
        let left = |bytes| move |measured: &mut Measured| measured.disk_free_bytes = Some(bytes);
        check(
            left(1_500_000_000),
            Some((Urgency::Soon, "Disk", "1.5 GB left")),
        );
        check(
            left(40_000_000),
            Some((Urgency::Now, "Disk", "but for 40 MB")),
        );
    }

    #[test]
    fn backups_that_stopped_are_noticed_and_a_young_store_has_time() {
        let soon = |words| Some((Urgency::Soon, "Backup", words));
        check(
            |m| m.backup_at_ms = Some(NOW_MS - 9 * DAY_MS),
            soon("is 9 days old"),
        );
        check(|m| m.backup_at_ms = None, soon("ever made"));
        let young = |m: &mut Measured| {
            m.backup_at_ms = None;
            m.backup_due_since_ms = Some(NOW_MS - DAY_MS);
        };
        check(young, None);
    }

    #[test]
    fn a_script_tells_well_from_needing_somebody() {
        assert_eq!(Ending::of(&[]).code(), 0);
        let concern = Concern::new(Urgency::Soon, "Disk", "full");
        assert_eq!(Ending::of(&[concern]).code(), 1);
        assert_eq!(Ending::NotRunning.code(), 2);
        assert_eq!(words(&[]), "Nothing needs you.\n");
        let told = words(&[Concern::new(Urgency::Now, "Disk", "Make room.")]);
        assert_eq!(told, "One thing needs you:\n  now   Disk: Make room.\n");
    }

    #[test]
    fn sizes_are_short() {
        for (bytes, text) in [
            (999, "0 kB"),
            (1_234_567, "1 MB"),
            (2_340_000_000, "2.3 GB"),
            (50_000_000_000, "50 GB"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }
}
