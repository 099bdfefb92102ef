//! Finds customers whom tills know. Names are sealed, so that a search opens one record after the
//! other, the newest first.

use counterpart_daemon::db::Tx;
use counterpart_protocol::customers::CustomerCard;
use counterpart_protocol::ids::CustomerId;

use super::{Known, RegularFailed, known, opened};
use crate::context::Context;
use crate::customers::rules::{Customer, Sought};
use crate::customers::store::{self, RegularRow};

/// Customers of one answer.
const FOUND_MAX: usize = 50;
/// Records read at once.
const CHUNK: u32 = 500;

/// Which customers are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::customers) enum Wanted {
    /// The newest.
    All,
    /// Whoever has this card.
    Card(CustomerCard),
    /// Those a person means.
    Meant(Sought),
}

/// A customer whom tills know.
#[derive(Debug, Clone)]
pub(in crate::customers) struct Shown {
    pub(in crate::customers) row: RegularRow,
    /// Nothing if the record is damaged.
    pub(in crate::customers) customer: Option<Customer>,
}

/// Those that were found, the newest first.
#[derive(Debug, Clone)]
pub(in crate::customers) struct Found {
    pub(in crate::customers) customers: Vec<Shown>,
    /// Whether there are more than are shown.
    pub(in crate::customers) more: bool,
}

/// Finds whom a person means who typed this: whoever has this card, or else those it occurs in.
pub(in crate::customers) fn look_up_typed(
    context: &Context,
    tx: &mut Tx,
    text: &str,
) -> Result<Found, RegularFailed> {
    if let Ok(card) = text.parse::<CustomerCard>() {
        let found = by_card(context, tx, &card)?;
        if !found.customers.is_empty() {
            return Ok(found);
        }
    }
    let sought = Sought::of(text);
    look_up(context, tx, &sought.map_or(Wanted::All, Wanted::Meant))
}

/// Finds customers whom tills know. It opens a record a microsecond, twenty thousand at most.
pub(in crate::customers) fn look_up(
    context: &Context,
    tx: &mut Tx,
    wanted: &Wanted,
) -> Result<Found, RegularFailed> {
    if let Wanted::Card(card) = wanted {
        return by_card(context, tx, card);
    }
    let mut customers: Vec<Shown> = Vec::new();
    let mut last: Option<RegularRow> = None;
    loop {
        let some = store::newest_regulars(tx, last.as_ref(), CHUNK)?;
        let Some((end, _)) = some.last() else {
            let more = false;
            return Ok(Found { customers, more });
        };
        last = Some(end.clone());
        for (row, sealed) in some {
            let customer = sealed.and_then(|sealed| open(context, row.customer_id, &sealed));
            let is_meant = match (wanted, &customer) {
                (Wanted::Meant(sought), Some(customer)) => sought.finds(customer),
                (Wanted::Meant(_), None) => false,
                (Wanted::All | Wanted::Card(_), _) => true,
            };
            if is_meant && customers.len() == FOUND_MAX {
                let more = true;
                return Ok(Found { customers, more });
            }
            if is_meant {
                customers.push(Shown { row, customer });
            }
        }
    }
}

fn by_card(context: &Context, tx: &mut Tx, card: &CustomerCard) -> Result<Found, RegularFailed> {
    let mut customers = Vec::new();
    if let Some(id) = store::by_card(tx, card)?
        && let Some(row) = store::regular(tx, id)?
    {
        let sealed = store::by_id(tx, id)?.and_then(|stored| stored.sealed);
        let customer = sealed.and_then(|sealed| open(context, id, &sealed));
        customers.push(Shown { row, customer });
    }
    let more = false;
    Ok(Found { customers, more })
}

/// Opens a record; one that is damaged hides no other.
pub(super) fn open(context: &Context, id: CustomerId, sealed: &[u8]) -> Option<Customer> {
    match opened(context, id, sealed) {
        Ok(customer) => Some(customer),
        Err(error) => {
            tracing::error!(customer.id = %id, error = %error, "a record does not open");
            None
        }
    }
}

/// A customer with what tills know of them.
#[derive(Debug, Clone)]
pub(in crate::customers) struct CustomerView {
    pub(in crate::customers) customer_id: CustomerId,
    pub(in crate::customers) known: Known,
    /// Nothing of somebody who only ordered, or was erased.
    pub(in crate::customers) regular: Option<RegularRow>,
}

/// Returns a customer with what tills know of them.
pub(in crate::customers) fn view(
    context: &Context,
    tx: &mut Tx,
    customer_id: CustomerId,
) -> Result<CustomerView, RegularFailed> {
    Ok(CustomerView {
        customer_id,
        known: known(context, tx, customer_id)?,
        regular: store::regular(tx, customer_id)?,
    })
}
