//! Decides what an API key may be.

use super::{NameRefused, Permission, WordUnknown, check_name};

/// The most a key may ask in a minute: what one hub process answers in a quarter of that.
const RATE_MAX: u32 = 60_000;

/// Why there is no such API key to be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(in crate::users) enum KeyRefused {
    /// Its name.
    #[error(
        "'{0}' is no key's name: 2 to 32 characters, a to z, 0 to 9, dots and hyphens, beginning \
         with a letter; name it after the channel that has it"
    )]
    Name(String),
    /// The name was given before: the audit log would not tell the two apart.
    #[error("there is or was an API key called {0}: take another name, such as {0}-2")]
    Taken(String),
    /// It may do nothing.
    #[error("choose at least one thing that the key may do")]
    NoScope,
    /// It may do what is no permission.
    #[error(transparent)]
    Scope(#[from] WordUnknown),
    /// It would make more keys.
    #[error("no API key may have {0}: only people change operators and keys")]
    ForPeople(&'static str),
    /// It asks never, or more than there is.
    #[error("a key may ask 1 to {RATE_MAX} times a minute")]
    Rate,
}

impl KeyRefused {
    /// Returns the field that is wrong.
    pub(in crate::users) const fn field(&self) -> &'static str {
        match self {
            Self::Name(_) | Self::Taken(_) => "name",
            Self::NoScope | Self::Scope(_) | Self::ForPeople(_) => "scopes",
            Self::Rate => "requests_per_minute",
        }
    }
}

/// Checks a key that is asked for, and returns what it may do, each thing once.
///
/// # Errors
/// [`KeyRefused`].
pub(in crate::users) fn check_key(
    name: &str,
    scopes: &[String],
    requests_per_minute: u32,
) -> Result<Vec<Permission>, KeyRefused> {
    check_name(name).map_err(|NameRefused(name)| KeyRefused::Name(name))?;
    let mut permissions = Vec::new();
    for scope in scopes {
        let permission: Permission = scope.parse()?;
        if !permission.is_for_keys() {
            return Err(KeyRefused::ForPeople(permission.word()));
        }
        permissions.push(permission);
    }
    permissions.sort_unstable();
    permissions.dedup();
    match (
        permissions.is_empty(),
        (1..=RATE_MAX).contains(&requests_per_minute),
    ) {
        (true, _) => Err(KeyRefused::NoScope),
        (false, false) => Err(KeyRefused::Rate),
        (false, true) => Ok(permissions),
    }
}

#[cfg(test)]
mod tests {
    use super::{KeyRefused, Permission, check_key};

    #[test]
    fn a_key_has_a_name_something_to_do_and_a_measure() {
        #[track_caller]
        fn field(name: &str, scopes: &[&str], rate: u32) -> &'static str {
            let scopes: Vec<String> = scopes.iter().map(|it| (*it).to_owned()).collect();
            check_key(name, &scopes, rate).unwrap_err().field()
        }
        assert_eq!(field("Web shop", &["orders:write"], 60), "name");
        assert_eq!(field("webshop", &[], 60), "scopes");
        assert_eq!(field("webshop", &["orders:eat"], 60), "scopes");
        assert_eq!(field("webshop", &["users:write"], 60), "scopes");
        assert_eq!(
            field("webshop", &["orders:write"], 0),
            "requests_per_minute"
        );
        let twice = [
            "stock:read".to_owned(),
            "orders:write".to_owned(),
            "stock:read".to_owned(),
        ];
        let both = [Permission::StockRead, Permission::OrdersWrite];
        assert_eq!(check_key("webshop", &twice, 60), Ok(both.to_vec()));
        assert_eq!(KeyRefused::Taken("a".to_owned()).field(), "name");
    }
}
