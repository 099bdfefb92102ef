//! How every store stands: seen when, how far behind, what it sold today, what its receipts prove.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::Direction;
use counterpart_protocol::ids::{EdgeNumber, StoreId};
use counterpart_protocol::money::Currency;
use counterpart_protocol::time::BusinessDate;
use jiff::tz::TimeZone;

use crate::context::{Context, business_date, business_date_of};
use crate::lives::{self, Life};
use crate::sales::{self, DaySum, Proof, prove};
use crate::stores::rules::{EdgeKnown, Standing, standing};
use crate::stores::store::{self, StoreRow};
use crate::sync::Seen;
use crate::sync::edges::{self, Edge};

/// How many quarantined records are looked through; more than this is one alarm as well.
const QUARANTINED_MAX: u32 = 1_000;

/// A store and how it stands.
#[derive(Debug, Clone)]
pub struct StoreView {
    /// Who it is.
    pub row: StoreRow,
    /// Its time zone.
    pub zone: TimeZone,
    /// Its edges, the newest last.
    pub edges: Vec<Edge>,
    /// How the edge that serves it is seen.
    pub seen: Seen,
    /// The day it is there.
    pub business_date: BusinessDate,
    /// What it sold that day.
    pub today: DaySum,
    /// What its receipts prove.
    pub proof: Proof,
    /// What the numbers of its invoices prove.
    pub invoices: Proof,
    /// How many receipts left without the fiscal signature they should carry and still lack it.
    pub unsigned: i64,
    /// How many of its records are kept aside.
    pub quarantined: i64,
    /// The newest life of the edge that serves it, if it began with the data of an earlier one.
    pub life: Option<Life>,
}

impl StoreView {
    /// Returns the edge that serves the store: the newest that has called. One that was enrolled
    /// and is still in its box serves nobody.
    #[must_use]
    pub fn edge(&self) -> Option<&Edge> {
        edges::serving(&self.edges)
    }

    /// Returns how the store stands at `now_ms`.
    #[must_use]
    pub fn standing(&self, now_ms: i64) -> Standing {
        let known = match self.edge() {
            None => EdgeKnown::None,
            Some(edge) if edge.blocked_at_ms.is_some() => EdgeKnown::Blocked,
            Some(edge) if edge.refused.is_some() => EdgeKnown::Refused,
            Some(_) => EdgeKnown::Open,
        };
        standing(known, self.seen.age_ms(now_ms))
    }

    /// Returns how many records its edges have that the hub lacks.
    #[must_use]
    pub fn lag(&self) -> i64 {
        self.edges.iter().map(|edge| edge.heard.lag()).sum()
    }
}

/// Returns every store and how it stands, by slug.
///
/// # Errors
/// Those of the database.
pub fn views(context: &Context, tx: &mut Tx) -> Result<Vec<StoreView>, DbError> {
    let mut edges = edges_by_store(tx)?;
    let now_ms = context.now_ms();
    let around = business_date(now_ms, &TimeZone::UTC);
    // No place on earth is more than a day away from UTC's date, and where a day ends late the wall
    // is already on the next one.
    let (first, last) = (near(around, -1), near(around, 1));
    let days = sales::days_between(tx, first, last)?;
    let series = sales::series(tx)?;
    let invoice_series = sales::invoice_series(tx)?;
    let unsigned = sales::unsigned(tx)?;
    let quarantined = context.replica().quarantined(tx, QUARANTINED_MAX)?;
    let lives = lives::newest(tx)?;
    let mut views = Vec::new();
    for row in store::all(tx)? {
        let edges = edges.remove(&row.identity.store_id).unwrap_or_default();
        let is_ours = |number: EdgeNumber| edges.iter().any(|edge| edge.number == number);
        let zone = zone_of(&row);
        let today = business_date_of(now_ms, &zone, row.identity.details.day_end);
        let sold = days
            .iter()
            .filter(|day| is_ours(day.edge) && day.business_date == today)
            .fold(DaySum::default(), |sum, day| {
                sum.with(DaySum {
                    sales: day.sales,
                    total_minor: day.total_minor,
                })
            });
        let ours = series.iter().filter(|row| is_ours(row.edge));
        let proof = prove(ours.map(|row| (row.highest, row.arrived, row.doubled)));
        let invoices = invoice_series.iter().filter(|row| is_ours(row.edge));
        let invoices = prove(invoices.map(|row| (row.highest, row.arrived, row.doubled)));
        let kept_aside = quarantined
            .iter()
            .filter(|record| record.direction == Direction::In && is_ours(record.peer))
            .count();
        views.push(StoreView {
            seen: seen(context, edges::serving(&edges)),
            zone,
            business_date: today,
            today: sold,
            proof,
            invoices,
            unsigned: edges
                .iter()
                .filter_map(|edge| unsigned.get(&edge.number))
                .sum(),
            quarantined: i64::try_from(kept_aside).unwrap_or(i64::MAX),
            life: edges::serving(&edges).and_then(|edge| lives.get(&edge.number).copied()),
            edges,
            row,
        });
    }
    Ok(views)
}

/// Returns the edges of every store, the newest last.
fn edges_by_store(tx: &mut Tx) -> Result<BTreeMap<StoreId, Vec<Edge>>, DbError> {
    let mut by_store: BTreeMap<StoreId, Vec<Edge>> = BTreeMap::new();
    for edge in edges::all(tx)? {
        by_store
            .entry(edge.store_id.clone())
            .or_default()
            .push(edge);
    }
    Ok(by_store)
}

fn near(date: BusinessDate, days: i32) -> BusinessDate {
    BusinessDate::from_days(date.days() + days).unwrap_or(date)
}

fn seen(context: &Context, edge: Option<&Edge>) -> Seen {
    edge.map_or(Seen::Never, |edge| {
        context
            .presence()
            .seen(edge.number, edge.heard.contact_at_ms)
    })
}

pub(super) fn zone_of(row: &StoreRow) -> TimeZone {
    TimeZone::get(&row.identity.time_zone).unwrap_or_else(|missing| {
        // It was there when the store was added; the machine's table has changed since.
        tracing::error!(store.id = %row.identity.store_id, error = %missing, "no such time zone");
        TimeZone::UTC
    })
}

/// What other pages need to know of a store.
#[derive(Debug, Clone)]
pub struct StoreName {
    /// Its slug.
    pub store_id: StoreId,
    /// Its name.
    pub name: String,
    /// Its currency.
    pub currency: Currency,
    /// Its time zone.
    pub zone: TimeZone,
    /// Its edges, the newest last.
    pub edges: Vec<EdgeNumber>,
    /// The edge that serves it: the newest that has called.
    pub serving: Option<EdgeNumber>,
    /// How the edge that serves it is seen.
    pub seen: Seen,
}

/// Returns what other pages need to know of the stores, by slug.
///
/// # Errors
/// Those of the database.
pub fn names(context: &Context, tx: &mut Tx) -> Result<Vec<StoreName>, DbError> {
    let mut all_edges = edges_by_store(tx)?;
    let stores = store::all(tx)?.into_iter();
    Ok(stores
        .map(|row| {
            let all = all_edges.remove(&row.identity.store_id).unwrap_or_default();
            let serving = edges::serving(&all);
            StoreName {
                seen: seen(context, serving),
                serving: serving.map(|edge| edge.number),
                edges: all.iter().map(|edge| edge.number).collect(),
                zone: zone_of(&row),
                store_id: row.identity.store_id,
                name: row.identity.name,
                currency: row.identity.currency,
            }
        })
        .collect())
}

/// Returns the names of everybody who ever worked anywhere, by the id facts use.
///
/// # Errors
/// Those of the database.
pub fn member_names(tx: &mut Tx) -> Result<BTreeMap<[u8; 16], String>, DbError> {
    let everybody = store::everybody(tx)?.into_iter();
    Ok(everybody
        .map(|row| (row.member.id.to_bytes(), row.member.name))
        .collect())
}
