//! Decides what a price list may be, and when it holds in a store's own zone.

use std::collections::BTreeSet;

use counterpart_protocol::customers::CustomerGroup;
use counterpart_protocol::ids::{GroupId, StoreId};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

const NAME_CHARS_MAX: usize = 60;
/// Stores one list may name; a list for more of them is for all.
const STORES_MAX: usize = 1_000;
/// How long a list that is over stays in books, in milliseconds: a till whose clock is behind.
pub(super) const OVER_KEPT_MS: i64 = 2 * 86_400_000;

/// A price list as a person asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ListDraft {
    /// Its short name, a slug: a file with the same one replaces it.
    pub list_id: String,
    /// Its name on screens; the short one unless said.
    #[serde(default)]
    pub name: String,
    /// The stores it is for, by slug; every store if empty.
    #[serde(default)]
    pub stores: Vec<String>,
    /// From when on it holds, wall time in each store: `2026-12-01` or `2026-12-01T08:00`.
    #[serde(default)]
    pub from: Option<String>,
    /// When it ends, exclusive, likewise.
    #[serde(default)]
    pub until: Option<String>,
    /// The group of customers it is for, by short name; everybody if nothing.
    #[serde(default)]
    pub group: Option<String>,
}

/// A list that may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Terms {
    pub(super) list_id: String,
    pub(super) name: String,
    /// Sorted; every store if empty.
    pub(super) stores: Vec<StoreId>,
    pub(super) from: Option<DateTime>,
    pub(super) until: Option<DateTime>,
    /// Everybody if nothing.
    pub(super) group: Option<GroupId>,
}

/// Why a list may not be: a field and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct ListRefused {
    /// The field.
    pub field: &'static str,
    /// A sentence to act on.
    pub sentence: String,
}

fn refused(field: &'static str, sentence: impl Into<String>) -> ListRefused {
    ListRefused {
        field,
        sentence: sentence.into(),
    }
}

/// Checks a list.
///
/// # Errors
/// [`ListRefused`] with the first field that is wrong.
pub(super) fn check(
    draft: &ListDraft,
    known: &[StoreId],
    groups: &[CustomerGroup],
) -> Result<Terms, ListRefused> {
    // A list's short name is made like a store's.
    let list_id: StoreId = draft
        .list_id
        .trim()
        .parse()
        .map_err(|wrong| refused("list_id", format!("{wrong}")))?;
    let name = match draft.name.trim() {
        "" => list_id.to_string(),
        name => name.to_owned(),
    };
    if name.chars().count() > NAME_CHARS_MAX || name.chars().any(char::is_control) {
        let sentence = format!("a list's name is one line of at most {NAME_CHARS_MAX} characters");
        return Err(refused("name", sentence));
    }
    let mut stores = BTreeSet::new();
    for slug in draft.stores.iter().filter(|slug| !slug.trim().is_empty()) {
        let found = known.iter().find(|store| store.as_str() == slug.trim());
        let store = found.ok_or_else(|| {
            refused(
                "stores",
                format!("there is no store called {}", slug.trim()),
            )
        })?;
        stores.insert(store.clone());
    }
    if stores.len() > STORES_MAX {
        let sentence = format!("a list names at most {STORES_MAX} stores: leave all out for all");
        return Err(refused("stores", sentence));
    }
    let from = moment("from", draft.from.as_deref())?;
    let until = moment("until", draft.until.as_deref())?;
    if let (Some(from), Some(until)) = (from, until)
        && from >= until
    {
        return Err(refused("until", "the list would end before it begins"));
    }
    let group = group_of(draft, groups)?;
    Ok(Terms {
        list_id: list_id.to_string(),
        name,
        stores: stores.into_iter().collect(),
        from,
        until,
        group,
    })
}

/// Finds the group a list is for.
fn group_of(draft: &ListDraft, groups: &[CustomerGroup]) -> Result<Option<GroupId>, ListRefused> {
    let slug = draft.group.as_deref().map(str::trim);
    let Some(slug) = slug.filter(|slug| !slug.is_empty()) else {
        return Ok(None);
    };
    match groups.iter().find(|group| group.id.as_str() == slug) {
        Some(group) => Ok(Some(group.id.clone())),
        None => {
            let sentence = format!("there is no group of customers called {slug}");
            Err(refused("group", sentence))
        }
    }
}

/// Reads a wall time: a date means its first moment.
pub(crate) fn moment(
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<DateTime>, ListRefused> {
    let Some(text) = text.map(str::trim).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let wrong = || {
        let sentence = format!("'{text}' is no date: write 2026-12-01 or 2026-12-01T08:00");
        refused(field, sentence)
    };
    // Only these two forms, so that no zone or offset is dropped unseen.
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b':' | b'T'));
    if !plain {
        return Err(wrong());
    }
    match text.contains('T') {
        true => text.parse::<DateTime>().map(Some).map_err(|_| wrong()),
        false => text
            .parse::<Date>()
            .map(|date| Some(date.to_datetime(jiff::civil::Time::midnight())))
            .map_err(|_| wrong()),
    }
}

/// Returns the moment of a wall time in a zone, in milliseconds UTC; one the clocks skip counts as
/// the moment they were put forward.
pub(crate) fn in_zone(wall: DateTime, zone: &TimeZone) -> Option<i64> {
    let zoned = zone.to_ambiguous_zoned(wall).compatible().ok()?;
    Some(zoned.timestamp().as_millisecond())
}

/// How a list stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Phase {
    /// A person ended it.
    Ended,
    /// It has not begun.
    ToCome,
    /// It prices.
    InForce,
    /// Its last moment has passed.
    Over,
}

/// Decides how a list stands at a wall time.
pub(super) fn phase(
    ended: Option<i64>,
    (from, until): (Option<DateTime>, Option<DateTime>),
    now: DateTime,
) -> Phase {
    match ended {
        Some(_) => Phase::Ended,
        None if from.is_some_and(|from| now < from) => Phase::ToCome,
        None if until.is_some_and(|until| now >= until) => Phase::Over,
        None => Phase::InForce,
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::customers::CustomerGroup;
    use jiff::tz::{Offset, TimeZone};

    use super::{ListDraft, check, in_zone, moment};

    fn draft() -> ListDraft {
        ListDraft {
            list_id: "winter".to_owned(),
            ..ListDraft::default()
        }
    }

    #[track_caller]
    fn check_refused(draft: &ListDraft, field: &str, part: &str) {
        let refused = check(draft, &["ghent-1".parse().unwrap()], &[]).unwrap_err();
        assert_eq!(refused.field, field);
        assert!(refused.sentence.contains(part), "{refused}");
    }

    #[test]
    fn a_list_says_for_whom_and_from_when_to_when() {
        let asked = ListDraft {
            stores: vec!["ghent-1".to_owned(), String::new(), "ghent-1".to_owned()],
            from: Some("2026-12-01".to_owned()),
            until: Some("2026-12-24T18:00".to_owned()),
            group: Some(" members ".to_owned()),
            ..draft()
        };
        let members = CustomerGroup {
            id: "members".parse().unwrap(),
            name: "Members".to_owned(),
            joined_at_tills: false,
        };
        let terms = check(&asked, &["ghent-1".parse().unwrap()], &[members]).unwrap();
        assert_eq!(terms.group.map(String::from).as_deref(), Some("members"));
        assert_eq!((terms.name.as_str(), terms.stores.len()), ("winter", 1));
        let zone = TimeZone::fixed(Offset::constant(1));
        // 2026-11-30T23:00:00Z.
        assert_eq!(in_zone(terms.from.unwrap(), &zone), Some(1_796_079_600_000));
    }

    #[test]
    fn what_cannot_be_is_said_at_its_field() {
        let with = |change: fn(&mut ListDraft)| {
            let mut asked = draft();
            change(&mut asked);
            asked
        };
        check_refused(&with(|d| d.list_id = "Winter!".into()), "list_id", "a to z");
        check_refused(&with(|d| d.name = "x".repeat(61)), "name", "60");
        let nowhere = with(|d| d.stores = vec!["oslo".into()]);
        check_refused(&nowhere, "stores", "no store called oslo");
        let nobody = with(|d| d.group = Some("elves".into()));
        check_refused(&nobody, "group", "no group of customers called elves");
        let backwards = with(|d| {
            d.from = Some("2026-12-02".into());
            d.until = Some("2026-12-02".into());
        });
        check_refused(&backwards, "until", "before it begins");
    }

    #[test]
    fn a_moment_with_a_zone_of_its_own_is_refused() {
        for bad in [
            "tomorrow",
            "2026-13-01",
            "2026-12-01T08:00Z",
            "2026-12-01T08:00+01",
        ] {
            assert!(moment("from", Some(bad)).is_err(), "{bad}");
        }
        assert_eq!(moment("from", Some(" ")).unwrap(), None);
    }
}
