//! Who ordered what a store has custody of: a name for its counter, as long as it has a use for it.

use counterpart_daemon::db::Tx;
use counterpart_protocol::customers::{
    CustomerAsked, CustomerTold, CustomersAsked, CustomersTold, NAME_KEPT_MS, NameTold,
};
use counterpart_protocol::ids::StoreId;

use super::failed::OrderFailed;
use crate::context::Context;
use crate::customers::{self, CustomerFailed, Known};
use crate::orders::store;

/// How much later than the store the hub forgets that it had a part: their clocks differ, and an
/// answer is on its way for a while.
const GRACE_MS: i64 = 86_400_000;

/// Returns what a store is told of the customers it asks about. Whom it has nothing to do with is
/// answered like somebody who does not exist.
///
/// # Errors
/// Those of the database and of orders that cannot be read.
pub(in crate::orders) fn names_for(
    context: &Context,
    tx: &mut Tx,
    store_id: &StoreId,
    asked: &CustomersAsked,
) -> Result<CustomersTold, OrderFailed> {
    let mut told = Vec::with_capacity(asked.customers.len());
    for one in &asked.customers {
        let name = match has_a_use(context, tx, store_id, one)? {
            true => name_of(context, tx, one)?,
            false => NameTold::Unknown,
        };
        told.push(CustomerTold {
            customer_id: one.customer_id,
            name,
        });
    }
    Ok(CustomersTold { customers: told })
}

/// Tells whether the order is this customer's, and the store has a part of it or had one lately.
fn has_a_use(
    context: &Context,
    tx: &mut Tx,
    store_id: &StoreId,
    asked: &CustomerAsked,
) -> Result<bool, OrderFailed> {
    let found = store::custody_at(tx, asked.order_id, store_id)?;
    let Some(found) = found.filter(|found| found.customer_id == Some(asked.customer_id)) else {
        return Ok(false);
    };
    if found.is_open {
        return Ok(true);
    }
    let facts = context.replica().order_facts(tx, asked.order_id)?;
    let newest_ms = facts.iter().map(|stated| stated.fact.header.hlc.at_ms());
    let newest_ms = i64::try_from(newest_ms.max().unwrap_or(0)).unwrap_or(i64::MAX);
    Ok(context.now_ms().saturating_sub(newest_ms) <= NAME_KEPT_MS + GRACE_MS)
}

fn name_of(context: &Context, tx: &mut Tx, asked: &CustomerAsked) -> Result<NameTold, OrderFailed> {
    match customers::known(context, tx, asked.customer_id) {
        Ok(Known::As(customer)) => Ok(NameTold::Known {
            name: customer.name,
        }),
        Ok(Known::Erased(_)) => Ok(NameTold::Erased),
        Err(CustomerFailed::Unknown) => Ok(NameTold::Unknown),
        Err(failed @ CustomerFailed::Db(_)) => Err(failed.into()),
        Err(error @ (CustomerFailed::NotOpened(_) | CustomerFailed::Unreadable(_))) => {
            // One damaged record keeps no other name from the store.
            tracing::error!(customer.id = %asked.customer_id, error = %error, "no name was told");
            Ok(NameTold::Unknown)
        }
    }
}
