//! What edges ask and tell of customers whom tills know: names and contact of those in the book,
//! and who joined at a till.

use std::collections::BTreeSet;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::customers::{
    Contact, ContactTold, ContactsAsked, ContactsTold, CustomerCard, CustomersJoined, Joined,
    JoinedAnswer, JoinedOutcome, JoinedTaken,
};
use counterpart_protocol::ids::{CustomerId, GroupId};

use super::finding::open;
use super::regulars::{self, are_goods, keep, room_for_one};
use super::{RegularFailed, add_again};
use crate::context::Context;
use crate::customers::rules::{CustomerDraft, Terms, Wrong, check};
use crate::customers::store;

/// Returns name and contact of those who are asked about and in the book.
pub(in crate::customers) fn contacts_for(
    context: &Context,
    tx: &mut Tx,
    asked: &ContactsAsked,
) -> Result<ContactsTold, DbError> {
    let mut customers = Vec::with_capacity(asked.customers.len());
    for customer_id in &asked.customers {
        customers.push(contact_of(context, tx, *customer_id)?);
    }
    Ok(ContactsTold { customers })
}

fn contact_of(
    context: &Context,
    tx: &mut Tx,
    customer_id: CustomerId,
) -> Result<ContactTold, DbError> {
    let row = store::regular(tx, customer_id)?;
    let sealed = match row {
        Some(_) => store::by_id(tx, customer_id)?.and_then(|stored| stored.sealed),
        None => None,
    };
    let customer = sealed.and_then(|sealed| open(context, customer_id, &sealed));
    Ok(ContactTold {
        customer_id,
        record: row.map_or(0, |row| row.record),
        contact: customer.map(|customer| Contact {
            name: customer.name,
            email: customer.email,
            phone: customer.phone,
        }),
    })
}

/// Keeps who joined at a till, each by themselves.
pub(in crate::customers) fn take_joined(
    context: &Context,
    tx: &mut Tx,
    told: &CustomersJoined,
) -> Result<JoinedTaken, RegularFailed> {
    let cards = told.customers.iter().filter_map(|it| it.card.as_ref());
    let goods = are_goods(tx, cards)?;
    let mut groups = store::groups(tx)?.into_iter();
    let group = groups.find(|group| group.joined_at_tills);
    let group = group.map(|group| group.id);
    let mut customers = Vec::with_capacity(told.customers.len());
    for joined in &told.customers {
        customers.push(JoinedAnswer {
            customer_id: joined.customer_id,
            outcome: take(context, tx, joined, group.as_ref(), &goods)?,
        });
    }
    Ok(JoinedTaken { customers })
}

fn take(
    context: &Context,
    tx: &mut Tx,
    joined: &Joined,
    group: Option<&GroupId>,
    goods: &BTreeSet<CustomerCard>,
) -> Result<JoinedOutcome, RegularFailed> {
    let id = joined.customer_id;
    let card = joined.card.as_ref();
    let is_taken = match card {
        Some(card) => {
            let whose = store::by_card(tx, card)?;
            whose.is_some_and(|whose| whose != id) || goods.contains(card)
        }
        None => false,
    };
    let outcome = match is_taken {
        true => JoinedOutcome::CardTaken,
        false => JoinedOutcome::Taken,
    };
    match store::by_id(tx, id)? {
        // Who was erased meanwhile has no card either, and stays erased.
        Some(stored) if stored.sealed.is_none() => return Ok(JoinedOutcome::Taken),
        Some(_) => return Ok(outcome),
        None => {}
    }
    let customer = match check(&draft(&joined.contact)) {
        Ok(customer) => customer,
        Err(wrong) => return Ok(refused(&wrong)),
    };
    match room_for_one(tx) {
        Err(full @ RegularFailed::TooMany) => {
            let sentence = full.to_string();
            return Ok(JoinedOutcome::Refused { sentence });
        }
        room => room?,
    }
    add_again(context, tx, id, &customer)?;
    let terms = Terms {
        card: card.filter(|_| !is_taken).cloned(),
        group: group.cloned(),
        exemption: None,
    };
    keep(context, tx, (id, None), terms, regulars::Contact::Another)?;
    Ok(outcome)
}

fn draft(contact: &Contact) -> CustomerDraft {
    CustomerDraft {
        name: contact.name.clone(),
        email: contact.email.clone(),
        phone: contact.phone.clone(),
        ..CustomerDraft::default()
    }
}

fn refused(wrong: &[Wrong]) -> JoinedOutcome {
    let sentences: Vec<&str> = wrong.iter().map(|it| it.sentence.as_str()).collect();
    JoinedOutcome::Refused {
        sentence: sentences.join("; "),
    }
}
