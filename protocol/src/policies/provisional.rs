//! What a store may refund of another store's sale without the right to. Since version 0.1.0;
//! policies published before it say nothing of it, and the defaults hold.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::Minor;
use crate::staff::Role;

/// To what a provisional refund may go: no terminal and no account of another store is known here.
pub const PROVISIONAL_TENDERS: [&str; 2] = ["cash", "store_credit"];

/// What a store may refund of another store's sale from what the receipt's signed code proves,
/// while whoever has the right to cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProvisionalPolicy {
    /// The most that goes back at once, in minor units; nothing goes back where it is 0.
    pub refund_max_minor: Minor,
    /// The most that one store gives back so of one sale, in minor units.
    pub sale_max_minor: Minor,
    /// To what it may go back: words of [`PROVISIONAL_TENDERS`].
    pub tenders: Vec<String>,
    /// Who may do it without a manager's PIN.
    pub role: Role,
    /// How long after the hub was last heard of it may be done, in hours.
    pub hours_max: u32,
    /// How many days after the day of the sale its goods may come back so.
    pub return_days: u16,
    /// What happens beyond the two amounts.
    pub beyond: BeyondCap,
}

/// What happens beyond the cap of a provisional refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BeyondCap {
    /// Nobody may, a manager neither.
    Nobody,
    /// A manager approves it with their PIN.
    Manager,
}

impl Default for ProvisionalPolicy {
    /// What holds before anything is published, ours: as much as an associate gives back alone,
    /// twice that of one sale, to whatever can take it, within three days of the hub and thirty of
    /// the sale; beyond it nobody.
    fn default() -> Self {
        Self {
            refund_max_minor: Minor(5_000),
            sale_max_minor: Minor(10_000),
            tenders: PROVISIONAL_TENDERS.map(str::to_owned).to_vec(),
            role: Role::Associate,
            hours_max: 72,
            return_days: 30,
            beyond: BeyondCap::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::policies::{Policies, ProvisionalPolicy};

    #[test]
    fn policies_that_say_nothing_of_provisional_refunds_are_read_and_the_defaults_hold() {
        let mut value = serde_json::to_value(Policies::default()).unwrap();
        let parts = value.as_object_mut().unwrap();
        assert!(parts.remove("provisional").is_some());
        let read: Policies = serde_json::from_value(value).unwrap();
        assert_eq!(read.provisional, ProvisionalPolicy::default());
    }
}
