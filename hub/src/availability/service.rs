//! Gathers what is known of some SKUs at every store, and has it judged.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::lacks_facts;
use counterpart_protocol::ids::{EdgeNumber, Sku, StoreId};
use counterpart_protocol::quantity::Milli;
use jiff::tz::TimeZone;

use super::rules::{self, Evidence, Judged, Line};
use crate::context::{Context, business_date};
use crate::sync::edges::{self, Contact};
use crate::sync::hearing;
use crate::{rights, stock};

/// What may be promised at one store.
#[derive(Debug, Clone)]
pub struct AtStore {
    /// The store.
    pub store_id: StoreId,
    /// The edge that serves it.
    pub edge: EdgeNumber,
    /// How long ago it was last heard of, in milliseconds; nothing if never.
    pub age_ms: Option<i64>,
    /// What was asked for, in the order it was asked.
    pub lines: Vec<Judged>,
}

/// Judges these SKUs at every store that has an edge, or at one of them.
///
/// # Errors
/// Those of the database.
pub fn at_stores(
    context: &Context,
    tx: &mut Tx,
    skus: &[Sku],
    only: Option<&StoreId>,
) -> Result<Vec<AtStore>, DbError> {
    let now_ms = context.now_ms();
    let mut contacts = edges::contacts(tx)?;
    contacts.retain(|contact| only.is_none_or(|store| *store == contact.store_id));
    let unheard = hearing::unheard(context, tx)?;
    let mut at_stores: Vec<AtStore> = contacts
        .iter()
        .map(|contact| AtStore {
            store_id: contact.store_id.clone(),
            edge: contact.edge,
            age_ms: context
                .presence()
                .seen(contact.edge, contact.contact_at_ms)
                .age_ms(now_ms),
            lines: Vec::with_capacity(skus.len()),
        })
        .collect();
    // Nothing is reserved at them either: see `rights::to_reserve_from`.
    let mut lacking = Vec::new();
    for contact in &contacts {
        if lacks_facts(tx, contact.edge)? {
            lacking.push(contact.edge);
        }
    }
    for sku in skus {
        let held: BTreeMap<EdgeNumber, _> = rights::held(tx, sku)?
            .into_iter()
            .filter(|held| !lacking.contains(&held.edge))
            .map(|held| (held.edge, held.rights))
            .collect();
        // Only a silent store's sales matter, and only where the hub holds anything.
        let silent: Vec<EdgeNumber> = at_stores
            .iter()
            .filter(|at| held.contains_key(&at.edge) && at.age_ms.is_some_and(|age| age > 0))
            .map(|at| at.edge)
            .collect();
        let on_hand = stock::on_hand(tx, sku, &silent)?;
        let since = business_date(now_ms, &TimeZone::UTC).days() - rules::SALES_DAYS as i32;
        let sold = stock::sold_since(tx, sku, &silent, since)?;
        for (at, contact) in at_stores.iter_mut().zip(&contacts) {
            let of = |map: &BTreeMap<EdgeNumber, Milli>| map.get(&at.edge).copied();
            at.lines.push(rules::judge(&Evidence {
                rights: held.get(&at.edge).copied().unwrap_or_default(),
                on_hand: of(&on_hand).unwrap_or_default(),
                sold: of(&sold).unwrap_or_default(),
                line: match unheard.holds(at.edge) && !contact.blocked {
                    true => Line::Unheard,
                    false => line(contact, at.age_ms),
                },
            }));
        }
    }
    Ok(at_stores)
}

fn line(contact: &Contact, age_ms: Option<i64>) -> Line {
    match (contact.blocked, age_ms) {
        (true, _) => Line::Blocked,
        (false, Some(age_ms)) => Line::Heard(age_ms),
        (false, None) => Line::Never,
    }
}
