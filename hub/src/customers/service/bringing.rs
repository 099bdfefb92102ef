//! Brings customers in from another system's file, and lets tills know those with a card, a group
//! or a certificate.

use std::collections::BTreeSet;

use counterpart_daemon::db::Tx;
use counterpart_protocol::customers::CustomerCard;
use counterpart_protocol::ids::CustomerId;
use sha2::{Digest as _, Sha256};

use super::regulars::{Contact, are_goods, keep};
use super::{Known, RegularFailed, add_in, known, sealed};
use crate::context::Context;
use crate::customers::rules::{Customer, Terms};
use crate::customers::store;

/// A customer of a file.
#[derive(Debug, Clone, Copy)]
pub struct Bringing<'a> {
    /// What the other system calls them.
    pub reference: &'a str,
    /// Name and contact.
    pub customer: &'a Customer,
    /// What tills shall know of them; what it says nothing of stays as it is.
    pub terms: &'a Terms,
}

/// What became of a customer a file brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Brought {
    /// They are new.
    Added,
    /// Something about them was another.
    Changed,
    /// They are known so.
    Same,
    /// They were erased, and stay so.
    Erased,
}

/// What became of the card a file gave a customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardKept {
    /// It is theirs, or none was given.
    Kept,
    /// It is another customer's, or a till would sell it as goods.
    LeftOut,
}

/// Keeps customers under what another system calls them; bringing them twice changes nothing
/// twice.
///
/// # Errors
/// [`RegularFailed`]; nobody was brought in then.
pub fn bring_in(
    context: &Context,
    tx: &mut Tx,
    rows: &[Bringing<'_>],
) -> Result<Vec<(Brought, CardKept)>, RegularFailed> {
    let goods = are_goods(tx, rows.iter().filter_map(|row| row.terms.card.as_ref()))?;
    let each = rows.iter();
    each.map(|row| bring_one(context, tx, row, &goods))
        .collect()
}

fn bring_one(
    context: &Context,
    tx: &mut Tx,
    row: &Bringing<'_>,
    goods: &BTreeSet<CustomerCard>,
) -> Result<(Brought, CardKept), RegularFailed> {
    let (id, brought) = bring_record(context, tx, row)?;
    let is_erased = brought == Brought::Erased;
    let before = store::regular(tx, id)?;
    if is_erased || (before.is_none() && *row.terms == Terms::default()) {
        return Ok((brought, CardKept::Kept));
    }
    let mut terms = row.terms.clone();
    let mut kept = CardKept::Kept;
    if let Some(card) = &row.terms.card {
        let whose = store::by_card(tx, card)?;
        if whose.is_some_and(|whose| whose != id) || goods.contains(card) {
            (terms.card, kept) = (None, CardKept::LeftOut);
        }
    }
    if let Some(before) = &before {
        terms.card = terms.card.or_else(|| before.terms.card.clone());
        terms.group = terms.group.or_else(|| before.terms.group.clone());
        terms.exemption = terms.exemption.or_else(|| before.terms.exemption.clone());
    }
    let contact = match brought {
        Brought::Same | Brought::Erased => Contact::Same,
        Brought::Added | Brought::Changed => Contact::Another,
    };
    let was = before.clone();
    let row = keep(context, tx, (id, before), terms, contact)?;
    let brought = match brought {
        Brought::Same if was.as_ref() != Some(&row) => Brought::Changed,
        other => other,
    };
    Ok((brought, kept))
}

fn bring_record(
    context: &Context,
    tx: &mut Tx,
    row: &Bringing<'_>,
) -> Result<(CustomerId, Brought), RegularFailed> {
    let reference_sha256: [u8; 32] = Sha256::digest(row.reference.as_bytes()).into();
    let Some(id) = store::by_reference(tx, reference_sha256)? else {
        let id = add_in(context, tx, row.customer)?;
        store::add_reference(tx, reference_sha256, id)?;
        return Ok((id, Brought::Added));
    };
    let brought = match known(context, tx, id)? {
        Known::Erased(_) => Brought::Erased,
        Known::As(before) if before == *row.customer => Brought::Same,
        Known::As(_) => {
            store::put(tx, id, &sealed(context, id, row.customer))?;
            Brought::Changed
        }
    };
    Ok((id, brought))
}
