//! Folds the facts of tills and safes into the views, and reads them for a store.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::shifts::{CashMoved, SafeBooked, SafeEntry, into_safe};

use super::store::{self, Closing, Entry};
use crate::stores::{self, StoreName};

/// Closings and entries of one store that are shown.
const LISTED: u32 = 100;

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Closings), Box::new(Safes)]
}

/// The view of tills that were closed.
struct Closings;

impl Projection for Closings {
    fn name(&self) -> &'static str {
        "till_closings"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::ShiftClosed]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, edge) = (projected.fact, projected.origin.writer.edge);
        Ok(store::put_closing(tx, edge, fact, &fact.read()?)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        store::CLOSING_VIEWS
    }
}

/// The books of safes.
struct Safes;

impl Projection for Safes {
    fn name(&self) -> &'static str {
        "safe_entries"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SafeBooked, Kind::CashMoved]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, edge) = (projected.fact, projected.origin.writer.edge);
        if fact.kind() == Some(Kind::SafeBooked) {
            let booked: SafeBooked = fact.read()?;
            let what = (&booked, booked.change_minor());
            return Ok(store::put_entry(tx, edge, fact, booked.entry.word(), what)?);
        }
        let moved: CashMoved = fact.read()?;
        let Some(dropped) = into_safe(&moved) else {
            return Ok(());
        };
        let booked = SafeBooked {
            currency: moved.currency,
            // Only its words and amounts are kept.
            entry: SafeEntry::FloatBack,
            amount_minor: dropped,
            counted: None,
            expected_minor: None,
            reason: None,
            reference: moved.reference,
        };
        let what = (&booked, dropped);
        Ok(store::put_entry(tx, edge, fact, "dropped", what)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        store::SAFE_VIEWS
    }
}

/// The money of a store as it counted it.
#[derive(Debug, Clone, Default)]
pub(super) struct Money {
    /// Its last closings, the newest first.
    pub(super) closings: Vec<Closing>,
    /// What should be in its safe, by currency.
    pub(super) in_safe: Vec<(String, i64)>,
    /// The last entries of its safe, the newest first.
    pub(super) entries: Vec<Entry>,
    /// Who did it, by name.
    pub(super) names: BTreeMap<[u8; 16], String>,
}

/// Reads the money of a store, of every server it has had.
pub(super) fn money(tx: &mut Tx, of: &StoreName) -> Result<Money, DbError> {
    let mut money = Money {
        names: stores::member_names(tx)?.into_iter().collect(),
        ..Money::default()
    };
    let mut in_safe = BTreeMap::<String, i64>::new();
    for edge in &of.edges {
        money.closings.extend(store::closings(tx, *edge, LISTED)?);
        money.entries.extend(store::entries(tx, *edge, LISTED)?);
        for (currency, minor) in store::in_safe(tx, *edge)? {
            let sum = in_safe.entry(currency).or_default();
            *sum = sum.saturating_add(minor);
        }
    }
    money.closings.sort_by_key(|it| std::cmp::Reverse(it.at_ms));
    money.closings.truncate(LISTED as usize);
    money.entries.sort_by_key(|it| std::cmp::Reverse(it.at_ms));
    money.entries.truncate(LISTED as usize);
    money.in_safe = in_safe.into_iter().collect();
    Ok(money)
}
