//! To whom a received sale was made, with the names of people, and the customer's for whoever may
//! see it.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{CustomerId, StaffId};
use counterpart_protocol::sales::SoldTo;

use crate::context::Context;
use crate::customers::{self, CustomerFailed, Known};
use crate::sales::store;
use crate::stores;

/// To whom a sale was made.
#[derive(Debug, Clone)]
pub(in crate::sales) struct SoldToView {
    pub(in crate::sales) sold_to: SoldTo,
    /// What the group was called when it was sold; else its short name.
    pub(in crate::sales) group: Option<String>,
    /// Who read the certificate off the paper, and who approved that.
    pub(in crate::sales) read_by: Option<String>,
    pub(in crate::sales) approved_by: Option<String>,
}

/// Returns to whom a sale was made, where they were named or paid no tax.
pub(super) fn sold_to_view(tx: &mut Tx, sale_id: [u8; 16]) -> Result<Option<SoldToView>, DbError> {
    let Some(sold_to) = store::sold_to(tx, sale_id)? else {
        return Ok(None);
    };
    let slug = sold_to.group.as_ref().map(ToString::to_string);
    let exempted = sold_to.exempted.as_ref();
    let by_hand = exempted.and_then(|it| it.by_hand.as_ref());
    let people = match by_hand {
        Some(_) => stores::member_names(tx)?,
        None => BTreeMap::new(),
    };
    let name = |who: Option<StaffId>| who.and_then(|who| people.get(&who.to_bytes()).cloned());
    Ok(Some(SoldToView {
        group: sold_to.group_name.clone().or(slug),
        read_by: name(by_hand.and_then(|it| it.by)),
        approved_by: name(by_hand.and_then(|it| it.approved_by)),
        sold_to,
    }))
}

/// Returns what is known of a customer; nothing if there is no record, or it is damaged.
pub(in crate::sales) fn buyer(
    context: &Context,
    tx: &mut Tx,
    id: CustomerId,
) -> Result<Option<Known>, DbError> {
    match customers::find(context, tx, id) {
        Ok(known) => Ok(known),
        Err(CustomerFailed::Db(error)) => Err(error),
        Err(error) => {
            tracing::error!(customer.id = %id, error = %error, "a customer is not shown");
            Ok(None)
        }
    }
}
