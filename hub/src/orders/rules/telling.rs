//! What people are told of each fact of an order: a title, and what it was about.

use counterpart_protocol::exceptions::{ExceptionResolved, Resolution};
use counterpart_protocol::facts::{BodyRefused, Fact, Kind};
use counterpart_protocol::orders::{
    AllocationBroken, AllocationWithdrawn, CancelDeclined, CancelReason, CancelRequested,
    CustodyGranted, Delivery, FulfilmentAllocated, HandedOver, HandoverCheck, LinesPicked,
    LinesShorted, OrderCancelled, OrderPlaced, PickupStaged, ReleaseReason, ShortReason, Units,
    UnitsReleased, Withdrawal,
};

/// A fact in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct Told {
    /// What happened, in two or three words.
    pub(in crate::orders) title: &'static str,
    /// What it was about.
    pub(in crate::orders) detail: String,
}

/// Tells a fact.
///
/// # Errors
/// [`BodyRefused`] when its body cannot be read.
pub(in crate::orders) fn telling(fact: &Fact) -> Result<Told, BodyRefused> {
    let told = |title: &'static str, detail: String| Ok(Told { title, detail });
    let Some(kind) = fact.kind() else {
        return told(
            "Something newer",
            "this hub does not know this kind of fact: upgrade it".to_owned(),
        );
    };
    match kind {
        Kind::OrderPlaced => {
            let body: OrderPlaced = fact.read()?;
            let how = match &body.delivery {
                Delivery::Pickup { store } => format!("to be picked up at {store}"),
                Delivery::Ship => "to be sent".to_owned(),
            };
            let (channel, reference) = (&body.channel, &body.channel_reference);
            told("Placed", format!("{channel} {reference}, {how}"))
        }
        Kind::FulfilmentAllocated => {
            let body: FulfilmentAllocated = fact.read()?;
            told(
                "Reserved",
                format!("{} at {}", units(&body.units), body.store),
            )
        }
        Kind::CustodyGranted => {
            let body: CustodyGranted = fact.read()?;
            told(
                "Given to the store",
                format!("custody {}, kept {} days", body.epoch, body.hold_days),
            )
        }
        Kind::AllocationWithdrawn => {
            let body: AllocationWithdrawn = fact.read()?;
            let why = match body.because {
                Withdrawal::Cancelled => "it was cancelled",
                Withdrawal::Rerouted => "another store serves it",
            };
            let units = units(&body.units);
            told(
                "Taken back",
                format!("{units}, before the store knew of it: {why}"),
            )
        }
        Kind::CancelRequested => {
            let body: CancelRequested = fact.read()?;
            let (units, why) = (units(&body.units), cancel_words(body.because));
            told("Cancellation asked for", format!("{units}: {why}"))
        }
        Kind::OrderCancelled => {
            let body: OrderCancelled = fact.read()?;
            let (units, why) = (units(&body.units), cancel_words(body.because));
            told("Cancelled", format!("{units}: {why}"))
        }
        Kind::ExceptionResolved => {
            let body: ExceptionResolved = fact.read()?;
            told("Exception settled", resolution_words(body.how).to_owned())
        }
        other => stores_fact(fact, other),
    }
}

fn stores_fact(fact: &Fact, kind: Kind) -> Result<Told, BodyRefused> {
    let told = |title: &'static str, detail: String| Ok(Told { title, detail });
    match kind {
        Kind::PickupAccepted => told("Accepted", "somebody in the store has seen it".to_owned()),
        Kind::LinesPicked => told("Picked", units(&fact.read::<LinesPicked>()?.units)),
        Kind::LinesShorted => {
            let body: LinesShorted = fact.read()?;
            let why = match body.because {
                ShortReason::NotFound => "not to be found",
                ShortReason::Damaged => "damaged",
                ShortReason::SoldMeanwhile => "sold meanwhile",
            };
            told("Short", format!("{}: {why}", units(&body.units)))
        }
        Kind::PickupStaged => {
            let body: PickupStaged = fact.read()?;
            told("Staged", format!("the bag stands at {}", body.location))
        }
        Kind::HandedOver => {
            let body: HandedOver = fact.read()?;
            let how = match body.checked_by {
                HandoverCheck::Code => "the code was scanned",
                HandoverCheck::Digits => "the digits were given",
                HandoverCheck::Document => "a document was seen",
            };
            told("Handed over", format!("{}: {how}", units(&body.units)))
        }
        Kind::UnitsReleased => {
            let body: UnitsReleased = fact.read()?;
            let why = match body.because {
                ReleaseReason::Cancelled => "cancelled in time",
                ReleaseReason::Expired => "nobody came for it",
                ReleaseReason::Refused => "not wanted at the counter",
                ReleaseReason::Rejected => "the store cannot serve it",
            };
            told("Released", format!("{}: {why}", units(&body.units)))
        }
        Kind::AllocationBroken => {
            let body: AllocationBroken = fact.read()?;
            let units = units(&body.units);
            told("Broken", format!("{units} went to somebody at the till"))
        }
        Kind::CancelDeclined => {
            let body: CancelDeclined = fact.read()?;
            let units = units(&body.units);
            told(
                "Cancellation declined",
                format!("{units} are with the customer already"),
            )
        }
        other => told("Something else", other.word().to_owned()),
    }
}

/// Returns what people read of why something was cancelled.
#[must_use]
pub(in crate::orders) const fn cancel_words(because: CancelReason) -> &'static str {
    match because {
        CancelReason::Customer => "the customer changed their mind",
        CancelReason::Unavailable => "nobody has the goods",
        CancelReason::Payment => "the payment failed or looks wrong",
        CancelReason::Service => "customer service decided",
        CancelReason::Expired => "nobody came for it in time",
    }
}

const fn resolution_words(how: Resolution) -> &'static str {
    match how {
        Resolution::Accepted => "it is as it is",
        Resolution::CustomerTold => "the customer was told",
        Resolution::Refunded => "the customer got money back",
        Resolution::Recounted => "goods were found or counted again",
        Resolution::Rerouted => "the order goes another way",
    }
}

/// Writes units as people read them: `2 TEE-M, 1 PEN`.
#[must_use]
fn units(units: &[Units]) -> String {
    let each: Vec<String> = units
        .iter()
        .map(|unit| format!("{} {}", unit.quantity_milli, unit.sku))
        .collect();
    each.join(", ")
}
