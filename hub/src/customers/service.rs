//! Keeps customers' records sealed, opens them for whoever may see them, and erases them. What
//! tills know of some of them is beside it.

mod bringing;
mod edges;
mod failed;
mod finding;
mod groups;
mod publishing;
mod regulars;

pub use bringing::{Bringing, Brought, CardKept, bring_in};
pub(super) use edges::{contacts_for, take_joined};
pub use failed::RegularFailed;
pub(super) use finding::{CustomerView, Found, Shown, Wanted, look_up, look_up_typed, view};
pub use groups::known_groups;
pub(super) use groups::{put_group, remove_group};
pub use publishing::run_once;
pub(super) use regulars::{add_regular, change_regular};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::vault::NotOpened;
use counterpart_protocol::ids::CustomerId;

use super::rules::Customer;
use super::store;
use crate::context::Context;

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
pub fn add_in(context: &Context, tx: &mut Tx, customer: &Customer) -> Result<CustomerId, DbError> {
    let id = CustomerId::from_bytes(context.new_id());
    store::add(tx, id, &sealed(context, id, customer), context.now_ms())?;
    Ok(id)
}

fn sealed(context: &Context, id: CustomerId, customer: &Customer) -> Vec<u8> {
    let plain = serde_json::to_vec(customer).expect("texts are always JSON");
    let entropy = context.entropy().as_ref();
    context
        .vault()
        .seal(PURPOSE, &id.to_bytes(), &plain, entropy)
}

fn opened(context: &Context, id: CustomerId, sealed: &[u8]) -> Result<Customer, CustomerFailed> {
    let plain = context.vault().unseal(PURPOSE, &id.to_bytes(), sealed)?;
    Ok(serde_json::from_slice(&plain)?)
}

/// Returns what is known of a customer.
///
/// # Errors
/// [`CustomerFailed`].
pub fn known(context: &Context, tx: &mut Tx, id: CustomerId) -> Result<Known, CustomerFailed> {
    let stored = store::by_id(tx, id)?.ok_or(CustomerFailed::Unknown)?;
    match (stored.sealed, stored.erased_at_ms) {
        (Some(sealed), _) => Ok(Known::As(opened(context, id, &sealed)?)),
        (None, erased_at_ms) => Ok(Known::Erased(erased_at_ms.unwrap_or(0))),
    }
}

/// Returns what is known of a customer, if there is a record: one that was made after the backup a
/// hub was restored from is not there.
///
/// # Errors
/// [`CustomerFailed`].
pub fn find(
    context: &Context,
    tx: &mut Tx,
    id: CustomerId,
) -> Result<Option<Known>, CustomerFailed> {
    match known(context, tx, id) {
        Ok(known) => Ok(Some(known)),
        Err(CustomerFailed::Unknown) => Ok(None),
        Err(failed) => Err(failed),
    }
}

/// Keeps the record of a customer whose pseudonym stands in facts and whose record was lost.
///
/// # Errors
/// Those of the database.
pub fn add_again(
    context: &Context,
    tx: &mut Tx,
    id: CustomerId,
    customer: &Customer,
) -> Result<(), DbError> {
    match store::by_id(tx, id)? {
        Some(_) => Ok(()),
        None => store::add(tx, id, &sealed(context, id, customer), context.now_ms()),
    }
}

/// Erases a customer's record for good, with what tills know of them. Erasing twice changes nothing
/// more.
pub(super) fn erase_in(
    context: &Context,
    tx: &mut Tx,
    id: CustomerId,
) -> Result<(), CustomerFailed> {
    if store::by_id(tx, id)?.is_none() {
        return Err(CustomerFailed::Unknown);
    }
    if store::remove_regular(tx, id)? {
        publishing::changed(context, tx)?;
    }
    if store::erase(tx, id, context.now_ms())? {
        tracing::info!(customer.id = %id, "erased a customer's record");
    }
    Ok(())
}
