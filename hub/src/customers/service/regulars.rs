//! Adds and changes customers whom tills know.

use std::collections::BTreeSet;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::barcode::Gtin;
use counterpart_protocol::customers::{CustomerCard, REGULARS_MAX};
use counterpart_protocol::ids::CustomerId;

use super::publishing::changed;
use super::{CustomerFailed, Known, RegularFailed, add_in, known, sealed};
use crate::catalog;
use crate::context::Context;
use crate::customers::rules::{Customer, RegularDraft, Terms, Wrong, check_regular};
use crate::customers::store::{self, RegularRow};

/// Adds a customer whom tills know from now on.
pub(in crate::customers) fn add_regular(
    context: &Context,
    tx: &mut Tx,
    draft: &RegularDraft,
) -> Result<RegularRow, RegularFailed> {
    let (customer, terms) = checked(tx, draft, None)?;
    let id = add_in(context, tx, &customer)?;
    keep(context, tx, (id, None), terms, Contact::Another)
}

/// Changes everything about a customer; who only ordered is known to tills from now on. The same
/// again changes nothing.
pub(in crate::customers) fn change_regular(
    context: &Context,
    tx: &mut Tx,
    id: CustomerId,
    draft: &RegularDraft,
) -> Result<RegularRow, RegularFailed> {
    let was = match known(context, tx, id) {
        Ok(Known::As(customer)) => Some(customer),
        Ok(Known::Erased(_)) => return Err(RegularFailed::Erased),
        // What does not open is mended by being written anew.
        Err(CustomerFailed::NotOpened(_) | CustomerFailed::Unreadable(_)) => None,
        Err(failed) => return Err(failed.into()),
    };
    let before = store::regular(tx, id)?;
    let (customer, terms) = checked(tx, draft, before.as_ref())?;
    let is_another = was.as_ref() != Some(&customer);
    if is_another {
        store::put(tx, id, &sealed(context, id, &customer))?;
    }
    let contact = match is_another {
        true => Contact::Another,
        false => Contact::Same,
    };
    keep(context, tx, (id, before), terms, contact)
}

/// Whether name and contact are those stores were told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Contact {
    /// They are.
    Same,
    /// They are to be asked for anew.
    Another,
}

/// Writes what tills know of a customer in the place of what they knew, if they did; returns it.
pub(super) fn keep(
    context: &Context,
    tx: &mut Tx,
    (id, before): (CustomerId, Option<RegularRow>),
    terms: Terms,
    contact: Contact,
) -> Result<RegularRow, RegularFailed> {
    let row = match before {
        None => {
            room_for_one(tx)?;
            let row = first(context, id, terms);
            store::add_regular(tx, &row)?;
            row
        }
        Some(same) if contact == Contact::Same && same.terms == terms => return Ok(same),
        Some(before) => {
            let row = RegularRow {
                record: before.record + u32::from(contact == Contact::Another),
                terms,
                changed_at_ms: context.now_ms(),
                ..before
            };
            store::change_regular(tx, &row)?;
            row
        }
    };
    tracing::info!(customer.id = %id, "tills know a customer as they are now");
    changed(context, tx)?;
    Ok(row)
}

fn first(context: &Context, customer_id: CustomerId, terms: Terms) -> RegularRow {
    let now_ms = context.now_ms();
    RegularRow {
        customer_id,
        record: 1,
        terms,
        added_at_ms: now_ms,
        changed_at_ms: now_ms,
    }
}

/// Refuses one more customer than stores take.
pub(super) fn room_for_one(tx: &mut Tx) -> Result<(), RegularFailed> {
    let most = i64::try_from(REGULARS_MAX).expect("it is a small number");
    match store::count_regulars(tx)? < most {
        true => Ok(()),
        false => Err(RegularFailed::TooMany),
    }
}

fn checked(
    tx: &mut Tx,
    draft: &RegularDraft,
    before: Option<&RegularRow>,
) -> Result<(Customer, Terms), RegularFailed> {
    let groups = store::groups(tx)?;
    let (customer, terms) = check_regular(draft, &groups).map_err(RegularFailed::Refused)?;
    let new = terms.card.as_ref();
    let had = before.and_then(|before| before.terms.card.as_ref());
    if let Some(card) = new.filter(|card| Some(*card) != had) {
        check_card(tx, card)?;
    }
    Ok((customer, terms))
}

fn check_card(tx: &mut Tx, card: &CustomerCard) -> Result<(), RegularFailed> {
    let refused = |sentence: String| {
        let field = "card";
        RegularFailed::Refused(vec![Wrong { field, sentence }])
    };
    let end = card.last_four();
    if store::by_card(tx, card)?.is_some() {
        return Err(refused(format!(
            "the card …{end} is another customer's: scan another one, or take it from them first"
        )));
    }
    match are_goods(tx, [card])?.is_empty() {
        true => Ok(()),
        false => Err(refused(format!(
            "a till would sell the card …{end} as goods, because a product of the catalogue has \
             its number: scan another one"
        ))),
    }
}

/// Returns those of these cards that a till would sell as goods.
pub(super) fn are_goods<'a>(
    tx: &mut Tx,
    cards: impl IntoIterator<Item = &'a CustomerCard>,
) -> Result<BTreeSet<CustomerCard>, DbError> {
    let mut codes = Vec::new();
    for card in cards {
        let text = card.as_str();
        codes.push((text.to_owned(), card));
        codes.push((text.to_ascii_lowercase(), card));
        if let Ok(gtin) = text.parse::<Gtin>() {
            codes.push((gtin.to_string(), card));
        }
    }
    let asked = codes.iter().map(|(code, _)| code.clone()).collect();
    let known = catalog::known_codes(tx, &asked)?;
    let goods = codes.into_iter().filter(|(code, _)| known.contains(code));
    Ok(goods.map(|(_, card)| card.clone()).collect())
}
