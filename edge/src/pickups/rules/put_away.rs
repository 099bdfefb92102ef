//! Back to the shelf: what a cancellation frees at once, what a person has to carry, and what it
//! met too late.

use counterpart_protocol::ids::Sku;
use counterpart_protocol::orders::{ReleaseReason, Units};
use counterpart_protocol::quantity::Milli;

use super::picking::one_of;
use super::{Line, PickupRefused, Work, listed};

/// Returns the units a cancellation frees at once: those nobody has taken from the shelf.
#[must_use]
pub(crate) fn cancelled_now(work: &Work) -> Vec<Units> {
    collected(work, |line| {
        line.count.cancel_open().0.min(line.to_scan().0)
    })
}

/// Returns the units of a cancellation that lie in the bag: a person has to put them away.
#[must_use]
pub(crate) fn cancelled_in_bag(work: &Work) -> Vec<Units> {
    collected(work, |line| {
        let free = line.count.cancel_open().0.min(line.to_scan().0);
        let rest = line.count.cancel_open().0 - free;
        rest.min(line.count.in_the_bag().0)
    })
}

/// Returns the units whose cancellation came too late: they are with the customer.
#[must_use]
pub(crate) fn declined(work: &Work) -> Vec<Units> {
    collected(work, |line| {
        let count = &line.count;
        let unanswered = count.cancel_asked.0 - count.released.0 - count.cancel_declined.0;
        let beyond = unanswered - count.remaining().0;
        beyond.min(count.handed_over.0 - count.cancel_declined.0)
    })
}

fn collected(work: &Work, of: impl Fn(&Line) -> i64) -> Vec<Units> {
    let some = work.lines.iter().map(|line| (line, of(line)));
    let some = some.filter(|(_, quantity)| *quantity > 0);
    some.map(|(line, quantity)| line.units(Milli(quantity)))
        .collect()
}

/// Decides which line, and why, a scan at the shelf puts away.
///
/// # Errors
/// [`PickupRefused`].
pub(crate) fn put_away(
    work: &Work,
    sku: Option<&Sku>,
    scanned_name: &str,
) -> Result<(Units, ReleaseReason), PickupRefused> {
    let open = |line: &Line| -> Option<(ReleaseReason, Milli)> {
        let task = line
            .put_aways
            .iter()
            .find(|one| one.scanned_milli < one.wanted_milli)?;
        Some((
            task.because,
            Milli(task.wanted_milli.0 - task.scanned_milli.0),
        ))
    };
    let waiting = || {
        let left = |line: &'_ Line| open(line).map_or(Milli::ZERO, |(_, left)| left);
        listed(
            work.lines
                .iter()
                .map(|line| (line.name.as_str(), left(line))),
        )
    };
    if work.lines.iter().all(|line| line.put_aways.is_empty()) {
        return Err(PickupRefused::NothingToPutAway);
    }
    let of_sku = work
        .lines
        .iter()
        .filter(|line| Some(&line.count.sku) == sku);
    let found = of_sku
        .filter_map(|line| open(line).map(|task| (line, task)))
        .next();
    let Some((line, (because, left))) = found else {
        return Err(PickupRefused::WrongItem {
            expected: waiting(),
            scanned: scanned_name.to_owned(),
        });
    };
    Ok((line.units(one_of(left)), because))
}

/// Returns how much of a task is still to be put away, now that this is in the bag: what was handed
/// over all the same, or answered otherwise, is no task any more.
#[must_use]
pub(crate) fn still_wanted(line: &Line, because: ReleaseReason, wanted: Milli) -> Milli {
    let bag = line.count.in_the_bag().0;
    let most = match because {
        ReleaseReason::Cancelled => bag.min(line.count.cancel_open().0),
        ReleaseReason::Expired | ReleaseReason::Refused | ReleaseReason::Rejected => bag,
    };
    Milli(wanted.0.min(most))
}
