//! What a store may do while the hub cannot be asked, by role.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::money::Minor;
use crate::staff::Role;

/// What a store may do while the hub cannot be asked, by role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfflinePolicy {
    /// How long a store may go on after it last heard of the hub, in hours.
    pub hours_max: u32,
    /// What an associate may do.
    pub associate: OfflineLimits,
    /// What a manager may do.
    pub manager: OfflineLimits,
}

/// What one role may do while the hub cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfflineLimits {
    /// The most that is given back for one return.
    pub refund_max_minor: Minor,
    /// The most that is taken from one gift card, credit or voucher.
    pub stored_value_max_minor: Minor,
    /// The tenders that may be taken, by the words of facts.
    pub tenders: Vec<String>,
}

/// Why a store may not do something on its own.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OfflineRefused {
    /// The hub was away too long.
    #[error("the hub was last heard of {hours} h ago and {hours_max} h are allowed: get it back")]
    TooLong {
        /// How long ago.
        hours: u64,
        /// How long is allowed.
        hours_max: u32,
    },
    /// It is more than the role may do.
    #[error("this is more than may be done while the hub is away: {0}")]
    TooMuch(TooMuch),
    /// The tender may not be taken.
    #[error("'{0}' is not taken while the hub is away: take another tender")]
    Tender(String),
}

/// By how much a limit is passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{} of at most {} (minor units)", .amount_minor.0, .max_minor.0)]
pub struct TooMuch {
    /// What was asked for.
    pub amount_minor: Minor,
    /// What is allowed.
    pub max_minor: Minor,
}

impl OfflinePolicy {
    /// Returns what a role may do.
    #[must_use]
    pub const fn limits(&self, role: Role) -> &OfflineLimits {
        match role {
            Role::Associate => &self.associate,
            Role::Manager => &self.manager,
        }
    }

    /// Checks that the hub was heard of recently enough, `ago_ms` milliseconds ago.
    ///
    /// # Errors
    /// [`OfflineRefused::TooLong`].
    pub fn check_contact(&self, ago_ms: u64) -> Result<(), OfflineRefused> {
        let hours = ago_ms / 3_600_000;
        match hours >= u64::from(self.hours_max) {
            true => Err(OfflineRefused::TooLong {
                hours,
                hours_max: self.hours_max,
            }),
            false => Ok(()),
        }
    }
}

impl OfflineLimits {
    /// Checks an amount that would be given back.
    ///
    /// # Errors
    /// [`OfflineRefused::TooMuch`].
    pub fn check_refund(&self, amount_minor: Minor) -> Result<(), OfflineRefused> {
        at_most(amount_minor, self.refund_max_minor)
    }

    /// Checks an amount that would be taken from a gift card, credit or voucher.
    ///
    /// # Errors
    /// [`OfflineRefused::TooMuch`].
    pub fn check_stored_value(&self, amount_minor: Minor) -> Result<(), OfflineRefused> {
        at_most(amount_minor, self.stored_value_max_minor)
    }

    /// Checks a tender by its word.
    ///
    /// # Errors
    /// [`OfflineRefused::Tender`].
    pub fn check_tender(&self, word: &str) -> Result<(), OfflineRefused> {
        match self.tenders.iter().any(|allowed| allowed == word) {
            true => Ok(()),
            false => Err(OfflineRefused::Tender(word.to_owned())),
        }
    }
}

fn at_most(amount_minor: Minor, max_minor: Minor) -> Result<(), OfflineRefused> {
    match amount_minor > max_minor {
        true => Err(OfflineRefused::TooMuch(TooMuch {
            amount_minor,
            max_minor,
        })),
        false => Ok(()),
    }
}
