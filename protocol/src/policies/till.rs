//! How far prices may be changed by hand at a till, by role. Since version 0.1.0; policies
//! published before it say nothing of it, and the defaults hold.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::Minor;
use crate::pricing::Percent;
use crate::staff::Role;

/// What may be changed of prices at a till, by role. Beyond an associate's limits a manager
/// approves with their PIN; beyond a manager's nobody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillPolicy {
    /// What an associate may do alone.
    pub associate: TillLimits,
    /// What a manager may do and approve.
    pub manager: TillLimits,
    /// Whether a manager's badge alone approves.
    #[serde(default, skip_serializing_if = "BadgePolicy::is_usual")]
    pub badges: BadgePolicy,
}

/// What a manager's badge is good for at a till.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BadgePolicy {
    /// It signs in and approves.
    #[default]
    Approves,
    /// It signs in; approving wants the PIN, because a badge is borrowed more easily.
    SignsIn,
}

impl BadgePolicy {
    /// Tells whether it is what holds where nothing is said.
    #[must_use]
    pub fn is_usual(&self) -> bool {
        *self == Self::default()
    }
}

/// What one role may change of prices, in thousandths of a percent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TillLimits {
    /// The most that is taken off a line, of what it costs after promotions.
    pub line_discount_max: Percent,
    /// The most that is taken off a whole sale, of what it costs before that.
    pub sale_discount_max: Percent,
    /// The furthest a typed price is from the one in force, of the latter.
    pub price_change_max: Percent,
    /// The dearest piece that is sold by its department, whose price somebody types; nothing means
    /// without limit, which also holds for policies that were published before it could be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub department_price_max_minor: Option<Minor>,
    /// The most that is put on a gift card at once; nothing means without limit, which also holds
    /// for policies that were published before it could be said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gift_card_max_minor: Option<Minor>,
}

impl Default for TillPolicy {
    /// What holds before anything is published: an associate gives a tenth off a line and a
    /// twentieth off a sale, changes a price by a tenth, sells by department up to 10 000 of the
    /// smallest coin and puts 20 000 on a gift card, which is ours; a manager does anything.
    fn default() -> Self {
        Self {
            associate: TillLimits {
                line_discount_max: Percent(10_000),
                sale_discount_max: Percent(5_000),
                price_change_max: Percent(10_000),
                department_price_max_minor: Some(Minor(10_000)),
                gift_card_max_minor: Some(Minor(20_000)),
            },
            manager: TillLimits {
                line_discount_max: Percent::ALL,
                sale_discount_max: Percent::ALL,
                price_change_max: Percent::ALL,
                department_price_max_minor: None,
                gift_card_max_minor: None,
            },
            badges: BadgePolicy::default(),
        }
    }
}

impl TillPolicy {
    /// Returns what a role may do.
    #[must_use]
    pub const fn limits(&self, role: Role) -> &TillLimits {
        match role {
            Role::Associate => &self.associate,
            Role::Manager => &self.manager,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::policies::{Policies, TillPolicy};

    #[test]
    fn policies_that_say_nothing_of_the_till_are_read_and_the_defaults_hold() {
        let mut value = serde_json::to_value(Policies::default()).unwrap();
        assert!(value.as_object_mut().unwrap().remove("till").is_some());
        let read: Policies = serde_json::from_value(value).unwrap();
        assert_eq!(read.till, TillPolicy::default());
    }
}
