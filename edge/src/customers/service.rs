//! Who the customers are: found, joined, and their names kept beside the book.

mod finding;
mod keeping;

pub(crate) use finding::{FoundCustomers, find};
pub use keeping::{CustomersProgress, keep, look_after};

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::barcode;
use counterpart_protocol::customers::{Contact, CustomerCard, Exemption};
use counterpart_protocol::ids::CustomerId;

use super::rules::{self, JoinRefused, Joining};
use super::store::{self, Regular, Told};
use crate::context::Context;
use crate::reference;

/// What name and contact are sealed for.
const PURPOSE: &str = "customer contact";

/// What a person at the till is shown of a customer. It is never remembered or logged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CustomerShown {
    /// Who.
    pub customer_id: CustomerId,
    /// Name and contact, once they are here.
    pub contact: Option<Contact>,
    /// The end of their card's number.
    pub card_end: Option<String>,
    /// Their group, by name.
    pub group: Option<String>,
    /// Why they pay no tax.
    pub exemption: Option<Exemption>,
    /// What somebody has to know of their card, if anything.
    pub told: Option<Told>,
}

/// Returns what a person is shown of a customer; nothing of one who is not known here any more.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn customer_shown(
    ctx: &Context,
    tx: &mut Tx,
    id: CustomerId,
) -> Result<Option<CustomerShown>, DbError> {
    match store::by_id(tx, id)? {
        Some(regular) => shown(ctx, tx, &regular).map(Some),
        None => Ok(None),
    }
}

fn shown(ctx: &Context, tx: &mut Tx, regular: &Regular) -> Result<CustomerShown, DbError> {
    let group = match &regular.group {
        Some(group) => Some(store::group_name(tx, group)?),
        None => None,
    };
    Ok(CustomerShown {
        customer_id: regular.customer_id,
        contact: opened(ctx, regular),
        card_end: regular.card.as_ref().map(|it| it.last_four().to_owned()),
        group,
        exemption: regular.exemption.clone(),
        told: regular.told.clone(),
    })
}

/// Opens a customer's name and contact. One that does not open is as good as not here: the till
/// sells on, and the log says so.
fn opened(ctx: &Context, regular: &Regular) -> Option<Contact> {
    let (id, sealed) = (regular.customer_id, regular.contact.as_ref()?);
    let plain = match ctx.vault().unseal(PURPOSE, &id.to_bytes(), sealed) {
        Ok(plain) => plain,
        Err(refused) => {
            tracing::error!(customer.id = %id, %refused, "a customer's name does not open");
            return None;
        }
    };
    // What the parser says may quote it: it is not logged.
    serde_json::from_slice(&plain).ok()
}

fn sealed(ctx: &Context, id: CustomerId, contact: &Contact) -> Vec<u8> {
    let plain = serde_json::to_vec(contact).expect("texts are always JSON");
    let entropy = ctx.entropy().as_ref();
    ctx.vault().seal(PURPOSE, &id.to_bytes(), &plain, entropy)
}

/// Returns whose card a scanned or typed text is.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn by_card(tx: &mut Tx, text: &str) -> Result<Option<Regular>, DbError> {
    match text.parse::<CustomerCard>() {
        Ok(card) => store::by_card(tx, &card),
        Err(_) => Ok(None),
    }
}

/// Returns why a customer pays no tax today, if they pay none.
#[must_use]
pub(crate) fn exemption_of(ctx: &Context, regular: &Regular) -> Option<Exemption> {
    let today = ctx.business_date();
    regular.exemption.clone().filter(|it| it.holds_on(today))
}

/// Lets somebody join at a till: known here at once, with or without the hub. Returns who they are.
///
/// # Errors
///
/// [`JoinRefused`] inside; outside those of the database.
pub(crate) fn join_in(
    ctx: &Context,
    tx: &mut Tx,
    joining: &Joining,
) -> Result<Result<CustomerId, JoinRefused>, DbError> {
    let (contact, card) = match rules::check(joining) {
        Ok(checked) => checked,
        Err(refused) => return Ok(Err(refused)),
    };
    if let Some(card) = &card {
        if store::by_card(tx, card)?.is_some() {
            return Ok(Err(JoinRefused::CardTaken(card.clone())));
        }
        if is_goods(ctx, tx, card)? {
            return Ok(Err(JoinRefused::CardIsGoods(card.clone())));
        }
    }
    let (at_ms, random) = ctx.new_ulid();
    let id = CustomerId::from_parts(at_ms, random);
    let group = store::joined_group(tx)?;
    let (sealed, now_ms) = (sealed(ctx, id, &contact), ctx.now_ms());
    store::add_joined(tx, id, (card.as_ref(), group.as_ref()), &sealed, now_ms)?;
    tracing::info!(customer.id = %id, "a customer joined at a till");
    Ok(Ok(id))
}

/// Tells whether a scanner that reads the card would sell something.
fn is_goods(ctx: &Context, tx: &mut Tx, card: &CustomerCard) -> Result<bool, DbError> {
    match barcode::read_with(card.as_str().as_bytes(), None, ctx.in_store_codes()) {
        Ok(scanned) => Ok(reference::find_scanned(tx, &scanned)?.is_some()),
        Err(_) => Ok(false),
    }
}
