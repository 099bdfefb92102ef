//! Decides which policies can be published.

mod permissions;
mod provisional;
mod tenders;
mod till;
mod words;

use std::collections::BTreeSet;

use counterpart_protocol::ids::StoreId;
use counterpart_protocol::policies::{
    Assigned, Assignment, OfflineLimits, OfflinePolicy, Permissions, PickupPolicy, Policies,
    ProvisionalPolicy, RightsClass, TENDERS, TenderPolicy, TillPolicy,
};
use serde::Serialize;

pub(super) use permissions::{differences, for_two, too_few};
pub use words::operation_words;
pub(super) use words::permission_words;

/// Classes besides the standard one: more than anybody keeps in mind.
const CLASSES_MAX: usize = 50;
/// Assignments: what a store reads in a few milliseconds.
pub(super) const ASSIGNMENTS_MAX: usize = 2_000;
const NAME_CHARS_MAX: usize = 40;
/// More units than any shelf holds: a slip of the finger.
const UNITS_MAX: u32 = 100_000;
/// The longest outage a store may go on through, in hours: the 35 days feeds are kept.
const HOURS_MAX: u32 = 35 * 24;
/// An amount nobody gives back offline, in minor units: a slip of the finger.
const AMOUNT_MINOR_MAX: i64 = 100_000_000;
const HOLD_DAYS_MAX: u16 = 60;
/// A fortnight of opening time, in minutes.
const PROMISE_MINUTES_MAX: u32 = 14 * 24 * 60;
/// A code of six digits with ten tries falls to one guesser in a hundred thousand.
const ATTEMPTS_MAX: u8 = 10;

/// One change of the policies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) enum Change {
    /// Everything anew.
    Whole(Box<Policies>),
    /// A class, new or changed.
    Class(RightsClass),
    /// A class is gone.
    RemoveClass(String),
    /// Products belong to a class.
    Assign(Assignment),
    /// Products belong to no class of their own any more.
    Unassign(Assigned),
    /// What a store may do on its own.
    Offline(OfflinePolicy),
    /// How pickups are promised and kept.
    Pickup(PickupPolicy),
    /// How far prices may be changed by hand at a till.
    Till(TillPolicy),
    /// What tills take, and how cash is rounded.
    Tenders(TenderPolicy),
    /// What may be refunded of other stores' sales without the right to.
    Provisional(ProvisionalPolicy),
    /// Who may do what.
    Permissions(Permissions),
}

/// What is wrong with policies: the field of the form, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct PolicyRefused {
    /// The field.
    pub field: &'static str,
    /// A sentence to act on.
    pub sentence: String,
}

fn refused(field: &'static str, sentence: impl Into<String>) -> PolicyRefused {
    PolicyRefused {
        field,
        sentence: sentence.into(),
    }
}

impl Change {
    /// Says what changed, for the list of versions.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Whole(_) => "everything".to_owned(),
            Self::Class(class) => format!("class {}", class.id),
            Self::RemoveClass(id) => format!("class {id} removed"),
            Self::Assign(assignment) => {
                format!("{} is {}", products(&assignment.of), assignment.class)
            }
            Self::Unassign(of) => format!("{} is standard", products(of)),
            Self::Offline(_) => "what stores may do on their own".to_owned(),
            Self::Pickup(_) => "pickups".to_owned(),
            Self::Till(_) => "prices changed by hand".to_owned(),
            Self::Tenders(_) => "tenders and cash rounding".to_owned(),
            Self::Provisional(_) => "provisional refunds".to_owned(),
            Self::Permissions(_) => "who may do what".to_owned(),
        }
    }
}

/// Names the products of an assignment.
pub(super) fn products(of: &Assigned) -> String {
    match of {
        Assigned::Sku(sku) => sku.to_string(),
        Assigned::Department(department) => format!("department {department}"),
    }
}

/// Applies a change and checks what comes of it as a whole.
///
/// # Errors
/// [`PolicyRefused`], the first thing that is wrong.
pub(super) fn apply(mut now: Policies, change: Change) -> Result<Policies, PolicyRefused> {
    match change {
        Change::Whole(whole) => now = *whole,
        Change::Class(class) if class.id == now.standard.id => now.standard = class,
        Change::Class(class) => match now.classes.iter_mut().find(|it| it.id == class.id) {
            Some(known) => *known = class,
            None => now.classes.push(class),
        },
        Change::RemoveClass(id) => {
            let before = now.classes.len();
            now.classes.retain(|class| class.id != id);
            if now.classes.len() == before {
                return Err(refused(
                    "class",
                    format!("there is no class '{id}' to remove"),
                ));
            }
        }
        Change::Assign(assignment) => {
            now.assignments.retain(|it| it.of != assignment.of);
            now.assignments.push(assignment);
            now.assignments.sort_by(|a, b| a.of.cmp(&b.of));
        }
        Change::Unassign(of) => now.assignments.retain(|it| it.of != of),
        Change::Offline(offline) => now.offline = offline,
        Change::Pickup(pickup) => now.pickup = pickup,
        Change::Till(till) => now.till = till,
        Change::Tenders(tenders) => now.tenders = tenders,
        Change::Provisional(provisional) => now.provisional = provisional,
        Change::Permissions(permissions) => now.permissions = permissions,
    }
    check(&now)?;
    Ok(now)
}

fn check(policies: &Policies) -> Result<(), PolicyRefused> {
    check_classes(policies)?;
    check_assignments(policies)?;
    check_offline(&policies.offline)?;
    check_pickup(policies.pickup)?;
    till::check(&policies.till)?;
    tenders::check(&policies.tenders)?;
    provisional::check(&policies.provisional)?;
    permissions::check(&policies.permissions)
}

fn check_classes(policies: &Policies) -> Result<(), PolicyRefused> {
    let mut ids = BTreeSet::new();
    for class in std::iter::once(&policies.standard).chain(&policies.classes) {
        // The same form as a store's slug: it stands in addresses and files.
        if class.id.parse::<StoreId>().is_err() {
            let sentence = format!("'{}' is no short name: a to z, 0 to 9, hyphens", class.id);
            return Err(refused("id", sentence));
        }
        if !ids.insert(class.id.as_str()) {
            return Err(refused(
                "id",
                format!("there are two classes '{}'", class.id),
            ));
        }
        if !(1..=NAME_CHARS_MAX).contains(&class.name.trim().chars().count()) {
            return Err(refused("name", "a class's name has 1 to 40 characters"));
        }
        if class.keep_percent > 100 {
            return Err(refused("keep_percent", "a share is 0 to 100 percent"));
        }
        for (field, units) in [
            ("keep_units", class.keep_units),
            ("low_water_units", class.low_water_units),
        ] {
            if units > UNITS_MAX {
                return Err(refused(field, format!("at most {UNITS_MAX} units")));
            }
        }
    }
    match policies.classes.len() > CLASSES_MAX {
        true => Err(refused(
            "id",
            format!("there are {CLASSES_MAX} classes: remove one first"),
        )),
        false => Ok(()),
    }
}

fn check_assignments(policies: &Policies) -> Result<(), PolicyRefused> {
    let mut seen = BTreeSet::new();
    for assignment in &policies.assignments {
        let of = products(&assignment.of);
        if policies.class(&assignment.class).is_none() {
            let class = &assignment.class;
            let sentence = format!("{of} belongs to the class '{class}', which there is not");
            return Err(refused("class", sentence));
        }
        if !seen.insert(&assignment.of) {
            return Err(refused("of", format!("{of} belongs to two classes")));
        }
        if matches!(&assignment.of, Assigned::Department(name) if name.trim().is_empty()) {
            return Err(refused("department", "name the department"));
        }
    }
    match policies.assignments.len() > ASSIGNMENTS_MAX {
        true => Err(refused(
            "of",
            format!("at most {ASSIGNMENTS_MAX} assignments: assign departments instead"),
        )),
        false => Ok(()),
    }
}

fn check_offline(offline: &OfflinePolicy) -> Result<(), PolicyRefused> {
    if !(1..=HOURS_MAX).contains(&offline.hours_max) {
        let sentence = format!("1 to {HOURS_MAX} hours: records are kept for 35 days");
        return Err(refused("hours_max", sentence));
    }
    let fields = [
        (
            "associate_refund_max",
            "associate_stored_value_max",
            "associate_cash",
        ),
        (
            "manager_refund_max",
            "manager_stored_value_max",
            "manager_cash",
        ),
    ];
    for (limits, fields) in [&offline.associate, &offline.manager]
        .into_iter()
        .zip(fields)
    {
        check_limits(limits, fields)?;
    }
    Ok(())
}

fn check_limits(
    limits: &OfflineLimits,
    (refund, stored_value, tenders): (&'static str, &'static str, &'static str),
) -> Result<(), PolicyRefused> {
    for (field, amount) in [
        (refund, limits.refund_max_minor),
        (stored_value, limits.stored_value_max_minor),
    ] {
        if !(0..=AMOUNT_MINOR_MAX).contains(&amount.0) {
            return Err(refused(
                field,
                "that is more than anybody gives back: check the decimals",
            ));
        }
    }
    if let Some(unknown) = limits
        .tenders
        .iter()
        .find(|it| !TENDERS.contains(&it.as_str()))
    {
        let known = TENDERS.join(", ");
        return Err(refused(
            tenders,
            format!("'{unknown}' is no tender: there are {known}"),
        ));
    }
    // Rule 8 of the product: goods in the customer's hand are sold, and cash always works.
    match limits.tenders.iter().any(|tender| tender == "cash") {
        true => Ok(()),
        false => Err(refused(
            tenders,
            "cash is taken whether the hub is there or not",
        )),
    }
}

fn check_pickup(pickup: PickupPolicy) -> Result<(), PolicyRefused> {
    if !(1..=HOLD_DAYS_MAX).contains(&pickup.hold_days) {
        return Err(refused("hold_days", format!("1 to {HOLD_DAYS_MAX} days")));
    }
    if !(1..=PROMISE_MINUTES_MAX).contains(&pickup.promise_minutes) {
        return Err(refused(
            "promise_minutes",
            format!("1 to {PROMISE_MINUTES_MAX} minutes"),
        ));
    }
    match (1..=ATTEMPTS_MAX).contains(&pickup.digits_attempts_max) {
        true => Ok(()),
        false => Err(refused(
            "digits_attempts_max",
            format!("1 to {ATTEMPTS_MAX} attempts"),
        )),
    }
}

#[cfg(test)]
mod tests;
