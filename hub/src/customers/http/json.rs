//! Customers as the API shows them.

use counterpart_protocol::customers::{CustomerCard, Exemption};
use counterpart_protocol::ids::{CustomerId, GroupId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::customers::rules::Customer;
use crate::customers::service::{CustomerView, Found, Known};
use crate::customers::store::RegularRow;

/// Customers whom tills know, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomersJson {
    customers: Vec<CustomerJson>,
    /// Whether there are more: search for less.
    more: bool,
}

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct CustomerJson {
    customer_id: CustomerId,
    /// Name and contact; nothing once they were erased.
    customer: Option<Customer>,
    erased_at: Option<Timestamp>,
    /// What tills know of them; nothing of somebody who only ordered.
    known_at_tills: Option<KnownJson>,
}

/// What tills know of a customer.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = KnownAtTillsJson)]
struct KnownJson {
    /// Counts the changes of name and contact.
    record: u32,
    card: Option<CustomerCard>,
    group: Option<GroupId>,
    exemption: Option<Exemption>,
    added_at: Timestamp,
    changed_at: Timestamp,
}

/// A customer who was added or changed.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub(in crate::customers) struct CustomerKept {
    /// Who: facts name nobody otherwise.
    pub(in crate::customers) customer_id: CustomerId,
    /// Counts the changes of name and contact.
    record: u32,
}

impl CustomerKept {
    pub(super) fn of(row: &RegularRow) -> Self {
        Self {
            customer_id: row.customer_id,
            record: row.record,
        }
    }
}

fn timestamp(at_ms: i64) -> Timestamp {
    Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn known_json(row: RegularRow) -> KnownJson {
    KnownJson {
        record: row.record,
        card: row.terms.card,
        group: row.terms.group,
        exemption: row.terms.exemption,
        added_at: timestamp(row.added_at_ms),
        changed_at: timestamp(row.changed_at_ms),
    }
}

pub(super) fn customers_json(found: Found) -> CustomersJson {
    let customers = found.customers.into_iter().map(|shown| CustomerJson {
        customer_id: shown.row.customer_id,
        customer: shown.customer,
        erased_at: None,
        known_at_tills: Some(known_json(shown.row)),
    });
    CustomersJson {
        customers: customers.collect(),
        more: found.more,
    }
}

pub(super) fn one_json(view: CustomerView) -> CustomerJson {
    let (customer, erased_at) = match view.known {
        Known::As(customer) => (Some(customer), None),
        Known::Erased(at_ms) => (None, Some(timestamp(at_ms))),
    };
    CustomerJson {
        customer_id: view.customer_id,
        customer,
        erased_at,
        known_at_tills: view.regular.map(known_json),
    }
}
