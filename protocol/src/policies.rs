//! What the region decides for its stores: how many units a store keeps for its own shelf, what it
//! may do while nobody can be asked, how pickups are promised and kept.
//!
//! The hub authors and publishes them as one snapshot; where none was published the defaults hold.

mod offline;
mod permissions;
mod provisional;
mod tenders;
mod till;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::Sku;
use crate::money::Minor;
use crate::quantity::Milli;

pub use offline::{OfflineLimits, OfflinePolicy, OfflineRefused, TooMuch};
pub use permissions::{Operation, Permission, PermissionRule, Permissions};
pub use provisional::{BeyondCap, PROVISIONAL_TENDERS, ProvisionalPolicy};
pub use tenders::{BusinessAccount, CashRounding, CashStep, ForeignRate, TENDERS, TenderPolicy};
pub use till::{BadgePolicy, TillLimits, TillPolicy};

/// Everything the region decides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Policies {
    /// The class of whatever no assignment names.
    pub standard: RightsClass,
    /// The other classes.
    #[serde(default)]
    pub classes: Vec<RightsClass>,
    /// What belongs to them; a SKU's own assignment counts before its department's.
    #[serde(default)]
    pub assignments: Vec<Assignment>,
    /// What a store may do on its own.
    pub offline: OfflinePolicy,
    /// How pickups are promised and kept.
    pub pickup: PickupPolicy,
    /// How far prices may be changed by hand.
    #[serde(default)]
    pub till: TillPolicy,
    /// What tills take, and how cash is rounded.
    #[serde(default)]
    pub tenders: TenderPolicy,
    /// What may be refunded of other stores' sales without the right to.
    #[serde(default)]
    pub provisional: ProvisionalPolicy,
    /// Who may do what, by role.
    #[serde(default, skip_serializing_if = "Permissions::is_usual")]
    pub permissions: Permissions,
}

/// How the rights to promise a kind of goods are shared between a store and the hub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RightsClass {
    /// Its short name in assignments.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Units a store always keeps for walk-ins.
    pub keep_units: u32,
    /// The share of what is on hand that a store keeps, in percent; the larger of both counts.
    pub keep_percent: u8,
    /// Below so many units the hub's rights are filled up again.
    pub low_water_units: u32,
    /// What happens when a walk-in wants a unit the hub may already have promised.
    pub walk_in: WalkIn,
}

/// What happens when somebody at the till wants a unit whose right the hub holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WalkIn {
    /// It is sold; a broken promise becomes a task.
    WalkInFirst,
    /// The till warns and wants an approval; goods behind the counter. It never refuses for good.
    Strict,
}

/// What a class holds for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Assignment {
    /// The products.
    pub of: Assigned,
    /// The class, by its short name.
    pub class: String,
}

/// The products of an assignment.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Assigned {
    /// One product.
    Sku(Sku),
    /// Every product of a department.
    Department(String),
}

/// How pickups are promised and kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PickupPolicy {
    /// How long a staged order waits for its customer, in days.
    pub hold_days: u16,
    /// How soon after the order it is ready, in minutes of opening time; a store may have its own.
    pub promise_minutes: u32,
    /// How often digits may be typed wrongly before only the code's picture counts.
    pub digits_attempts_max: u8,
}

impl Default for Policies {
    /// What holds before anything is published: nothing is kept back, walk-ins come first, and a
    /// store does little money business on its own.
    fn default() -> Self {
        let limits = |refund: i64, stored: i64| OfflineLimits {
            refund_max_minor: Minor(refund),
            stored_value_max_minor: Minor(stored),
            tenders: TENDERS.map(str::to_owned).to_vec(),
        };
        Self {
            standard: RightsClass {
                id: "standard".to_owned(),
                name: "Standard".to_owned(),
                keep_units: 0,
                keep_percent: 0,
                low_water_units: 2,
                walk_in: WalkIn::WalkInFirst,
            },
            classes: Vec::new(),
            assignments: Vec::new(),
            offline: OfflinePolicy {
                hours_max: 72,
                associate: limits(5_000, 5_000),
                manager: limits(20_000, 10_000),
            },
            pickup: PickupPolicy {
                hold_days: 7,
                promise_minutes: 120,
                digits_attempts_max: 5,
            },
            till: TillPolicy::default(),
            tenders: TenderPolicy::default(),
            provisional: ProvisionalPolicy::default(),
            permissions: Permissions::default(),
        }
    }
}

impl Policies {
    /// Returns the class of a product: by its SKU, else by its department, else the standard one.
    /// An assignment to a class that is not there counts as none.
    #[must_use]
    pub fn class_of(&self, sku: &Sku, department: &str) -> &RightsClass {
        let named = |wanted: &dyn Fn(&Assigned) -> bool| {
            let found = self.assignments.iter().find(|one| wanted(&one.of))?;
            self.class(&found.class)
        };
        named(&|of| matches!(of, Assigned::Sku(named) if named == sku))
            .or_else(|| named(&|of| matches!(of, Assigned::Department(it) if it == department)))
            .unwrap_or(&self.standard)
    }

    /// Returns the class with this short name.
    #[must_use]
    pub fn class(&self, id: &str) -> Option<&RightsClass> {
        let all = std::iter::once(&self.standard).chain(&self.classes);
        all.into_iter().find(|class| class.id == id)
    }
}

impl RightsClass {
    /// Returns how much of what is on hand a store keeps for its own shelf: whole units, never more
    /// than there is.
    #[must_use]
    pub fn kept(&self, on_hand: Milli) -> Milli {
        let on_hand = on_hand.0.max(0);
        let share = i128::from(on_hand) * i128::from(self.keep_percent.min(100));
        // Rounded up to a whole unit: a store that keeps a tenth of three keeps one.
        let share_units = (share + 99_999) / 100_000;
        let units = share_units.max(i128::from(self.keep_units));
        let kept = (units * 1_000).min(i128::from(on_hand));
        Milli(i64::try_from(kept).expect("it is at most what is on hand"))
    }

    /// Decides whether the hub's rights are so few that they are filled up again.
    #[must_use]
    pub fn is_low(&self, hub_rights: Milli) -> bool {
        hub_rights.0 < i64::from(self.low_water_units) * 1_000
    }
}

#[cfg(test)]
mod tests {
    use super::{Assigned, Assignment, OfflineRefused, Policies, RightsClass, WalkIn};
    use crate::ids::Sku;
    use crate::money::Minor;
    use crate::quantity::Milli;
    use crate::staff::Role;

    fn class(id: &str, keep_units: u32, keep_percent: u8) -> RightsClass {
        RightsClass {
            id: id.to_owned(),
            name: id.to_owned(),
            keep_units,
            keep_percent,
            low_water_units: 3,
            walk_in: WalkIn::Strict,
        }
    }

    #[test]
    fn a_store_keeps_the_larger_of_units_and_share_and_never_more_than_it_has() {
        #[track_caller]
        fn check(keep_units: u32, keep_percent: u8, on_hand: i64, kept: i64) {
            let kept_now = class("a", keep_units, keep_percent).kept(Milli(on_hand));
            assert_eq!(kept_now, Milli(kept));
        }
        check(0, 0, 10_000, 0);
        check(2, 0, 10_000, 2_000);
        check(2, 50, 10_000, 5_000);
        check(0, 10, 3_000, 1_000);
        check(5, 0, 3_000, 3_000);
        check(5, 0, -3_000, 0);
        check(0, 100, 1_350, 1_350);
        check(u32::MAX, 255, i64::MAX, i64::MAX);
    }

    #[test]
    fn the_hubs_rights_are_low_below_the_mark() {
        assert!(class("a", 0, 0).is_low(Milli(2_999)));
        assert!(!class("a", 0, 0).is_low(Milli(3_000)));
    }

    #[test]
    fn a_products_own_class_counts_before_its_departments() {
        let sku = |text: &str| text.parse::<Sku>().unwrap();
        let assigned = |of: Assigned, class: &str| Assignment {
            of,
            class: class.to_owned(),
        };
        let policies = Policies {
            classes: vec![class("dear", 1, 0), class("fresh", 0, 50)],
            assignments: vec![
                assigned(Assigned::Department("Bakery".to_owned()), "fresh"),
                assigned(Assigned::Sku(sku("CAKE-1")), "dear"),
                assigned(Assigned::Sku(sku("CAKE-2")), "gone"),
            ],
            ..Policies::default()
        };
        let class_of = |text: &str, of: &str| policies.class_of(&sku(text), of).id.clone();
        assert_eq!(class_of("CAKE-1", "Bakery"), "dear");
        assert_eq!(class_of("CAKE-2", "Bakery"), "fresh");
        assert_eq!(class_of("BREAD", "Bakery"), "fresh");
        assert_eq!(class_of("PEN", "Paper"), "standard");
    }

    #[test]
    fn what_is_too_much_or_too_late_offline_says_the_limit() {
        let offline = Policies::default().offline;
        let associate = offline.limits(Role::Associate);
        assert_eq!(associate.check_refund(Minor(5_000)), Ok(()));
        let refused = associate.check_refund(Minor(5_001)).unwrap_err();
        assert!(
            refused.to_string().contains("5001 of at most 5000"),
            "{refused}"
        );
        assert_eq!(
            offline.limits(Role::Manager).check_refund(Minor(5_001)),
            Ok(())
        );
        assert!(associate.check_stored_value(Minor(5_001)).is_err());
        assert_eq!(associate.check_tender("cash"), Ok(()));
        assert_eq!(
            associate.check_tender("shells"),
            Err(OfflineRefused::Tender("shells".to_owned()))
        );
        assert_eq!(offline.check_contact(72 * 3_600_000 - 1), Ok(()));
        assert!(offline.check_contact(72 * 3_600_000).is_err());
    }

    #[test]
    fn a_snapshot_without_newer_parts_is_read() {
        let text = serde_json::to_string(&Policies::default()).unwrap();
        assert_eq!(
            serde_json::from_str::<Policies>(&text).unwrap(),
            Policies::default()
        );
    }
}
