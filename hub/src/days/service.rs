//! Folds seals and late facts, proves days, and countersigns those that hold.

mod countersigning;
mod packing;
mod proving;

pub use countersigning::{DaysFailed, run_once};
pub use packing::{PackingFailed, pack_once};
pub(super) use proving::{DayLine, lines};
pub use proving::{days_text, proof, proof_of_days};

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::days::{DayCountersigned, DaySealed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::EdgeNumber;

use super::store;

/// The topic of pages that show business days.
pub(super) const DAYS: &str = "days";

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Seals), Box::new(LateFacts)]
}

/// The views of seals and countersignatures.
struct Seals;

impl Projection for Seals {
    fn name(&self) -> &'static str {
        "days"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::DaySealed, Kind::DayCountersigned]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, origin) = (projected.fact, projected.origin);
        if fact.kind() == Some(Kind::DayCountersigned) {
            let countersigned: DayCountersigned = fact.read()?;
            // What a store says of the hub's word is not the hub's word.
            if origin.writer.edge != EdgeNumber::HUB {
                let reason = "a day is countersigned by the hub alone".to_owned();
                return Err(ProjectionFailed::Content(reason));
            }
            let at_ms = i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX);
            return Ok(store::put_countersigned(tx, &countersigned, at_ms)?);
        }
        let sealed: DaySealed = fact.read()?;
        let date = fact.header.business_date;
        if sealed.business_date != date {
            let reason = format!("a seal of {} that counts for {date}", sealed.business_date);
            return Err(ProjectionFailed::Content(reason));
        }
        let writer = origin.writer;
        let at = (writer.edge, writer.incarnation.0, origin.seq);
        match store::put_seal(tx, at, fact)? {
            true => Ok(()),
            false => Err(ProjectionFailed::Content(format!(
                "the day {date} was sealed before"
            ))),
        }
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

/// The view of what came for a day after it was over.
struct LateFacts;

impl Projection for LateFacts {
    fn name(&self) -> &'static str {
        "late_facts"
    }

    fn kinds(&self) -> &'static [Kind] {
        &Kind::ALL
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let edge = projected.origin.writer.edge;
        Ok(store::count_late(tx, edge, projected.fact)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        store::LATE_VIEWS
    }
}
