//! Who asks, and what they may do.

use counterpart_daemon::http::{Problem, Scope, ToProblem};

use crate::users::rules::{ConsoleRole, Permission, who_may};

/// What the command line is called; no operator can be, because of the space.
const COMMAND_LINE: &str = "command line";

/// Who asks: an operator, an API key, or the command line on the hub's own machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The operator's or the key's name.
    pub name: String,
    rights: Rights,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Rights {
    Operator(ConsoleRole),
    Key(Vec<Permission>),
    CommandLine,
}

/// Why a caller was not let do something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::users) enum NotPermitted {
    /// An operator's role is not enough.
    #[error("{name} ({}) may not {}: these roles may: {}", .role.name(), .needed.deed(),
        who_may(*.needed))]
    Role {
        /// Who asked.
        name: String,
        /// Their role.
        role: ConsoleRole,
        /// What it takes.
        needed: Permission,
    },
    /// A key's scopes are not enough.
    #[error("the API key {name} may not {}: it lacks the scope {needed}; make a key that has it, \
        at the console", .needed.deed())]
    Scope {
        /// The key.
        name: String,
        /// What it takes.
        needed: Permission,
    },
    /// A key came to a page.
    #[error("the API key {0} cannot look at pages: they are for people; ask /v1 instead")]
    Page(String),
}

impl Caller {
    /// Returns an operator who is signed in.
    #[must_use]
    pub(in crate::users) const fn operator(name: String, role: ConsoleRole) -> Self {
        Self {
            name,
            rights: Rights::Operator(role),
        }
    }

    /// Returns an API key and what it may do.
    #[must_use]
    pub(in crate::users) const fn key(name: String, scopes: Vec<Permission>) -> Self {
        Self {
            name,
            rights: Rights::Key(scopes),
        }
    }

    /// Returns the command line on the hub's own machine.
    #[must_use]
    pub(in crate::users) fn command_line() -> Self {
        Self {
            name: COMMAND_LINE.to_owned(),
            rights: Rights::CommandLine,
        }
    }

    /// Tells whether it is the command line on the hub's own machine.
    #[must_use]
    pub const fn is_command_line(&self) -> bool {
        matches!(self.rights, Rights::CommandLine)
    }

    /// Returns how the caller is named as the principal of a command.
    #[must_use]
    pub fn principal(&self) -> String {
        match self.rights {
            Rights::Key(_) => format!("key:{}", self.name),
            Rights::Operator(_) | Rights::CommandLine => format!("operator:{}", self.name),
        }
    }

    /// Returns under what a command of this caller is remembered, for `web::once`.
    #[must_use]
    pub fn scope(&self, key: String) -> Scope {
        Scope {
            principal: self.principal(),
            key,
        }
    }

    /// Tells whether the caller may do that: for pages that show only the forms one may send.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        match &self.rights {
            Rights::CommandLine => true,
            Rights::Operator(role) => role.may(permission),
            Rights::Key(scopes) => scopes.contains(&permission),
        }
    }

    /// Checks that the caller may do that.
    ///
    /// # Errors
    /// [`NotPermitted`], with a sentence that says who may.
    pub(in crate::users) fn check(&self, needed: Permission) -> Result<(), NotPermitted> {
        if self.may(needed) {
            return Ok(());
        }
        let name = self.name.clone();
        match &self.rights {
            Rights::CommandLine => Ok(()),
            Rights::Operator(role) => Err(NotPermitted::Role {
                name,
                role: *role,
                needed,
            }),
            Rights::Key(_) => Err(NotPermitted::Scope { name, needed }),
        }
    }

    /// Checks that the caller is a person, who may look at pages.
    ///
    /// # Errors
    /// [`NotPermitted::Page`].
    pub(in crate::users) fn check_person(&self) -> Result<(), NotPermitted> {
        match &self.rights {
            Rights::Key(_) => Err(NotPermitted::Page(self.name.clone())),
            Rights::Operator(_) | Rights::CommandLine => Ok(()),
        }
    }
}

impl ToProblem for NotPermitted {
    fn to_problem(&self) -> Problem {
        Problem::forbidden(self.to_string())
    }
}
