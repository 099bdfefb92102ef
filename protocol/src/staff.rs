//! The people of a store as the hub publishes them. Names live here, never in facts.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::badges::Badges;
use crate::ids::StaffId;

/// What a person may do.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sells, receives, opens and closes a till.
    Associate,
    /// Does everything an associate does and approves what they may not do alone.
    Manager,
}

impl Role {
    /// Returns its word in files and SQL.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Associate => "associate",
            Self::Manager => "manager",
        }
    }
}

/// Who works in a store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roster {
    /// The people, by ascending id.
    pub members: Vec<Member>,
}

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The pseudonym facts use.
    pub id: StaffId,
    /// The name colleagues use.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The PIN's Argon2 hash in PHC form; the PIN itself is stored nowhere.
    pub pin_hash: String,
    /// Their badges, by their hashes; rosters published before badges say nothing of them.
    #[serde(default, skip_serializing_if = "Badges::is_empty")]
    pub badges: Badges,
    /// Operations they do alone beyond their role, by their words; rosters published before it say
    /// nothing of them. A store passes over a word it does not know. Since version 0.1.0.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub may: Vec<String>,
}
