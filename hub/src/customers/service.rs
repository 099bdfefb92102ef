//! Keeps customers' records sealed, opens them for whoever may see them, and erases them.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_protocol::ids::CustomerId;

use super::rules::Customer;
use super::store;
use crate::context::Context;
use crate::vault::NotOpened;

/// What a record is sealed for.
const PURPOSE: &str = "customer";

/// Why a customer's record could not be read or erased.
#[derive(Debug, thiserror::Error)]
pub enum CustomerFailed {
    /// There is none.
    #[error("there is no such customer")]
    Unknown,
    /// It does not open.
    #[error("could not open a customer's record")]
    NotOpened(#[from] NotOpened),
    /// It opens and holds something else.
    #[error("could not read a customer's record")]
    Unreadable(#[from] serde_json::Error),
    /// The database.
    #[error("could not use a customer's record")]
    Db(#[from] DbError),
}

impl ToProblem for CustomerFailed {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Unknown => Problem::not_found(self.to_string()),
            Self::NotOpened(refused) => Problem::failed("vault_key_differs", refused.to_string()),
            Self::Unreadable(_) => Problem::failed("record_damaged", self.to_string()),
            Self::Db(error) => error.to_problem(),
        }
    }
}

/// What is known of a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Known {
    /// Name and contact.
    As(Customer),
    /// Nothing any more, since this time in milliseconds UTC.
    Erased(i64),
}

/// Keeps a customer's record; returns the pseudonym for facts.
///
/// # Errors
/// Those of the database.
///
/// # Panics
/// Never: texts are always JSON.
pub fn add_in(context: &Context, tx: &mut Tx, customer: &Customer) -> Result<CustomerId, DbError> {
    let id = CustomerId::from_bytes(context.new_id());
    let plain = serde_json::to_vec(customer).expect("texts are always JSON");
    let entropy = context.entropy().as_ref();
    let sealed = context
        .vault()
        .seal(PURPOSE, &id.to_bytes(), &plain, entropy);
    store::add(tx, id, &sealed, context.now_ms())?;
    Ok(id)
}

/// Returns what is known of a customer.
///
/// # Errors
/// [`CustomerFailed`].
pub fn known(context: &Context, tx: &mut Tx, id: CustomerId) -> Result<Known, CustomerFailed> {
    let stored = store::by_id(tx, id)?.ok_or(CustomerFailed::Unknown)?;
    match (stored.sealed, stored.erased_at_ms) {
        (Some(sealed), _) => {
            let plain = context.vault().unseal(PURPOSE, &id.to_bytes(), &sealed)?;
            Ok(Known::As(serde_json::from_slice(&plain)?))
        }
        (None, erased_at_ms) => Ok(Known::Erased(erased_at_ms.unwrap_or(0))),
    }
}

/// Erases a customer's record for good. Erasing twice changes nothing more.
pub(super) fn erase_in(
    context: &Context,
    tx: &mut Tx,
    id: CustomerId,
) -> Result<(), CustomerFailed> {
    if store::by_id(tx, id)?.is_none() {
        return Err(CustomerFailed::Unknown);
    }
    if store::erase(tx, id, context.now_ms())? {
        tracing::info!(customer.id = %id, "erased a customer's record");
    }
    Ok(())
}
