//! Decides who may do what: the permissions there are, and which of them a role has.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Something that not everybody may do. Its word is also the scope of an API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See stores, their people and how they stand.
    StoresRead,
    /// Add and change stores, their people, codes and edges.
    StoresWrite,
    /// See stock and its movements.
    StockRead,
    /// See receipts.
    SalesRead,
    /// See products and files.
    CatalogRead,
    /// Upload and publish products.
    CatalogWrite,
    /// See what can be promised where.
    AvailabilityRead,
    /// See orders.
    OrdersRead,
    /// Capture, change and cancel orders.
    OrdersWrite,
    /// See what needs a person.
    ExceptionsRead,
    /// Settle what needs a person.
    ExceptionsWrite,
    /// See policies.
    PoliciesRead,
    /// Change and publish policies and routing rules.
    PoliciesWrite,
    /// See what stores were told.
    NoticesRead,
    /// Tell stores something.
    NoticesWrite,
    /// See operators, API keys and who changed what.
    UsersRead,
    /// Add and change operators and API keys.
    UsersWrite,
    /// See how the hub itself is.
    StatusRead,
    /// Let records that were set aside count after all.
    RecordsWrite,
}

/// What a person at the console is there for.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleRole {
    /// Looks.
    Viewer,
    /// Looks after customers and their orders.
    CustomerService,
    /// Decides what is sold, promised and sent where.
    Planner,
    /// Does everything.
    Admin,
}

/// A word that is no role or no permission.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{word}' is no {what}: there are {}", .known.join(", "))]
pub struct WordUnknown {
    /// What was typed.
    pub word: String,
    /// What it should have been.
    pub what: &'static str,
    /// Those there are.
    pub known: Vec<&'static str>,
}

impl Permission {
    /// Every permission, in the order pages show them.
    pub const ALL: [Self; 19] = [
        Self::OrdersRead,
        Self::OrdersWrite,
        Self::AvailabilityRead,
        Self::StockRead,
        Self::SalesRead,
        Self::CatalogRead,
        Self::CatalogWrite,
        Self::ExceptionsRead,
        Self::ExceptionsWrite,
        Self::PoliciesRead,
        Self::PoliciesWrite,
        Self::NoticesRead,
        Self::NoticesWrite,
        Self::StoresRead,
        Self::StoresWrite,
        Self::UsersRead,
        Self::UsersWrite,
        Self::StatusRead,
        Self::RecordsWrite,
    ];

    /// Returns its word in addresses, SQL and keys.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::StoresRead => "stores:read",
            Self::StoresWrite => "stores:write",
            Self::StockRead => "stock:read",
            Self::SalesRead => "sales:read",
            Self::CatalogRead => "catalog:read",
            Self::CatalogWrite => "catalog:write",
            Self::AvailabilityRead => "availability:read",
            Self::OrdersRead => "orders:read",
            Self::OrdersWrite => "orders:write",
            Self::ExceptionsRead => "exceptions:read",
            Self::ExceptionsWrite => "exceptions:write",
            Self::PoliciesRead => "policies:read",
            Self::PoliciesWrite => "policies:write",
            Self::NoticesRead => "notices:read",
            Self::NoticesWrite => "notices:write",
            Self::UsersRead => "users:read",
            Self::UsersWrite => "users:write",
            Self::StatusRead => "status:read",
            Self::RecordsWrite => "records:write",
        }
    }

    /// Returns what it lets one do, after "may".
    #[must_use]
    pub const fn deed(self) -> &'static str {
        match self {
            Self::StoresRead => "see stores",
            Self::StoresWrite => "change stores, their people and their edges",
            Self::StockRead => "see stock",
            Self::SalesRead => "see receipts",
            Self::CatalogRead => "see the catalogue",
            Self::CatalogWrite => "change the catalogue",
            Self::AvailabilityRead => "ask what is available",
            Self::OrdersRead => "see orders",
            Self::OrdersWrite => "capture and change orders",
            Self::ExceptionsRead => "see exceptions",
            Self::ExceptionsWrite => "settle exceptions",
            Self::PoliciesRead => "see policies",
            Self::PoliciesWrite => "change policies",
            Self::NoticesRead => "see notices",
            Self::NoticesWrite => "post notices",
            Self::UsersRead => "see operators, API keys and the audit log",
            Self::UsersWrite => "change operators and API keys",
            Self::StatusRead => "see how the hub is",
            Self::RecordsWrite => "let records that were set aside count",
        }
    }

    /// Tells whether an API key may have it: whoever holds a key must not make more of them.
    #[must_use]
    pub const fn is_for_keys(self) -> bool {
        !matches!(self, Self::UsersRead | Self::UsersWrite)
    }
}

impl ConsoleRole {
    /// Every role, those who may least first.
    pub const ALL: [Self; 4] = [
        Self::Viewer,
        Self::CustomerService,
        Self::Planner,
        Self::Admin,
    ];

    /// Returns its word in SQL and requests.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::CustomerService => "customer_service",
            Self::Planner => "planner",
            Self::Admin => "admin",
        }
    }

    /// Returns its name for people, with what it is for.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Viewer => "Viewer: sees everything but operators",
            Self::CustomerService => "Customer service: changes orders, settles exceptions",
            Self::Planner => "Planner: catalogue, policies, notices, exceptions",
            Self::Admin => "Admin: everything, stores and operators too",
        }
    }

    /// Returns its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::CustomerService => "customer service",
            Self::Planner => "planner",
            Self::Admin => "admin",
        }
    }

    /// Decides whether whoever has this role may do that. This is the one table of it.
    #[must_use]
    pub const fn may(self, permission: Permission) -> bool {
        match permission {
            Permission::StoresRead
            | Permission::StockRead
            | Permission::SalesRead
            | Permission::CatalogRead
            | Permission::AvailabilityRead
            | Permission::OrdersRead
            | Permission::ExceptionsRead
            | Permission::PoliciesRead
            | Permission::NoticesRead
            | Permission::StatusRead => true,
            Permission::OrdersWrite => matches!(self, Self::CustomerService | Self::Admin),
            Permission::ExceptionsWrite => !matches!(self, Self::Viewer),
            Permission::CatalogWrite | Permission::PoliciesWrite | Permission::NoticesWrite => {
                matches!(self, Self::Planner | Self::Admin)
            }
            Permission::StoresWrite
            | Permission::UsersRead
            | Permission::UsersWrite
            | Permission::RecordsWrite => matches!(self, Self::Admin),
        }
    }
}

/// Returns who may do something, for a refusal: `planner, admin`.
#[must_use]
pub(in crate::users) fn who_may(permission: Permission) -> String {
    let roles = ConsoleRole::ALL.into_iter();
    let names: Vec<&str> = roles
        .filter(|role| role.may(permission))
        .map(ConsoleRole::name)
        .collect();
    names.join(", ")
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Permission {
    type Err = WordUnknown;

    fn from_str(word: &str) -> Result<Self, WordUnknown> {
        let known = Self::ALL.into_iter();
        known
            .clone()
            .find(|permission| permission.word() == word)
            .ok_or_else(|| WordUnknown {
                word: word.to_owned(),
                what: "permission",
                known: known.map(Self::word).collect(),
            })
    }
}

impl FromStr for ConsoleRole {
    type Err = WordUnknown;

    fn from_str(word: &str) -> Result<Self, WordUnknown> {
        let known = Self::ALL.into_iter();
        known
            .clone()
            .find(|role| role.word() == word)
            .ok_or_else(|| WordUnknown {
                word: word.to_owned(),
                what: "role",
                known: known.map(Self::word).collect(),
            })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ConsoleRole, Permission, who_may};

    #[test]
    fn every_permission_has_a_word_of_its_own_and_somebody_who_has_it() {
        let words: BTreeSet<&str> = Permission::ALL.iter().map(|it| it.word()).collect();
        assert_eq!(words.len(), Permission::ALL.len());
        for permission in Permission::ALL {
            assert_eq!(permission.word().parse(), Ok(permission));
            assert!(ConsoleRole::Admin.may(permission), "{permission}");
        }
        let unknown = "orders:eat".parse::<Permission>().unwrap_err().to_string();
        assert!(unknown.starts_with("'orders:eat' is no permission: there are orders:read,"));
    }

    #[test]
    fn a_role_may_what_the_one_before_it_sees() {
        #[track_caller]
        fn check(permission: Permission, who: &str) {
            assert_eq!(who_may(permission), who, "{permission}");
        }
        check(
            Permission::OrdersRead,
            "viewer, customer service, planner, admin",
        );
        check(Permission::OrdersWrite, "customer service, admin");
        check(Permission::PoliciesWrite, "planner, admin");
        check(
            Permission::ExceptionsWrite,
            "customer service, planner, admin",
        );
        check(Permission::StoresWrite, "admin");
        check(Permission::UsersRead, "admin");
    }

    #[test]
    fn nobody_makes_keys_with_a_key() {
        let barred: Vec<_> = Permission::ALL
            .into_iter()
            .filter(|it| !it.is_for_keys())
            .collect();
        assert_eq!(barred, [Permission::UsersRead, Permission::UsersWrite]);
    }
}
