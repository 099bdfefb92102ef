//! Picking: which line a scan is for, what may be called short, when the bag may be staged.

use counterpart_protocol::ids::FulfilmentId;
use counterpart_protocol::ids::{Sku, StaffId};
use counterpart_protocol::orders::{LinesShorted, PickupStaged, ShortReason, Units};
use counterpart_protocol::quantity::Milli;

use super::{Line, PickupRefused, Work, listed};

/// Characters of a place, fixed by the fact.
const LOCATION_CHARACTERS_MAX: usize = 20;

/// Returns the line that is to be picked next, in the order of the lines.
#[must_use]
pub(crate) fn expected(work: &Work) -> Option<&Line> {
    work.lines.iter().find(|line| line.to_scan().0 > 0)
}

/// Tells whether a scan shows that a bag nobody has seen since the store was restored is here.
#[must_use]
pub(crate) fn is_of_bag(work: &Work, sku: Option<&Sku>) -> bool {
    let in_it = |sku| work.of_sku(sku).any(|line| line.count.in_the_bag().0 > 0);
    work.bag_unseen && sku.is_some_and(in_it)
}

/// Decides which line a scan of `sku` by `staff` is for, and how much of it. Without a quantity it
/// is one unit, or what is left of a line that is weighed.
///
/// # Errors
/// [`PickupRefused`]: the wrong item, too many, a colleague's.
pub(crate) fn pick(
    work: &Work,
    sku: Option<&Sku>,
    scanned_name: &str,
    quantity: Option<Milli>,
    staff: StaffId,
) -> Result<Units, PickupRefused> {
    work.check_open()?;
    if quantity.is_some_and(|quantity| quantity.0 <= 0) {
        return Err(PickupRefused::NotPositive);
    }
    let lines: Vec<&Line> = match sku {
        Some(sku) => work.of_sku(sku).collect(),
        None => Vec::new(),
    };
    let left = || work.left_to_scan();
    let Some(first) = lines.first() else {
        if expected(work).is_none() {
            return Err(PickupRefused::NothingToPick);
        }
        return Err(PickupRefused::WrongItem {
            expected: left(),
            scanned: scanned_name.to_owned(),
        });
    };
    let wanted = |line: &Line| quantity.unwrap_or_else(|| one_of(line.to_scan()));
    let fits = |line: &&&Line| line.to_scan().0 > 0 && wanted(line).0 <= line.to_scan().0;
    if let Some(line) = lines.iter().find(fits) {
        return Ok(line.units(wanted(line)));
    }
    let name = first.name.clone();
    let open: i64 = lines.iter().map(|line| line.to_scan().0).sum();
    if open > 0 {
        return Err(PickupRefused::TooMany {
            name,
            left: Milli(open),
        });
    }
    let scanned = lines.iter().flat_map(|line| &line.scanned);
    let other = scanned
        .filter(|one| one.staff_id != staff)
        .map(|one| &one.who)
        .next();
    Err(match other {
        Some(who) => PickupRefused::TakenBy {
            who: who.clone(),
            name,
            left: left(),
        },
        None => PickupRefused::Enough { name, left: left() },
    })
}

/// Returns one unit, or all of what is weighed.
pub(super) fn one_of(left: Milli) -> Milli {
    match left.is_whole() {
        true => Milli::ONE,
        false => left,
    }
}

/// Decides whether units of a line may be called short.
///
/// # Errors
/// [`PickupRefused`].
pub(crate) fn short(
    work: &Work,
    fulfilment_id: FulfilmentId,
    line: u16,
    quantity: Milli,
    because: ShortReason,
) -> Result<LinesShorted, PickupRefused> {
    work.check_open()?;
    let line = work.line(line)?;
    if quantity.0 <= 0 {
        return Err(PickupRefused::NotPositive);
    }
    if quantity.0 > line.to_scan().0 {
        return Err(PickupRefused::TooMany {
            name: line.name.clone(),
            left: line.to_scan(),
        });
    }
    Ok(LinesShorted {
        fulfilment_id,
        units: vec![line.units(quantity)],
        because,
    })
}

/// Decides whether a bag may be put to wait for the customer. What was scanned counts as picked:
/// it is stated first.
///
/// # Errors
/// [`PickupRefused`].
pub(crate) fn stage(
    work: &Work,
    fulfilment_id: FulfilmentId,
    location: &str,
) -> Result<PickupStaged, PickupRefused> {
    work.check_open()?;
    let location = check_location(location)?;
    if expected(work).is_some() {
        let left = work.left_to_scan();
        return Err(PickupRefused::ToPickFirst { left });
    }
    Ok(PickupStaged {
        fulfilment_id,
        location,
    })
}

/// Returns where a bag waits for its customer.
///
/// # Errors
/// [`PickupRefused::NotStaged`]; why nothing happens to a pickup that is over.
pub(crate) fn staged_at(work: &Work) -> Result<&str, PickupRefused> {
    work.check_open()?;
    let place = work.part.location.as_deref();
    place.ok_or(PickupRefused::NotStaged)
}

/// Returns a place as it is written in the fact: capital letters, no blanks around.
///
/// # Errors
/// [`PickupRefused::NoLocation`], [`PickupRefused::LocationTooLong`].
pub(crate) fn check_location(location: &str) -> Result<String, PickupRefused> {
    let plain: String = location.chars().filter(|c| !c.is_control()).collect();
    let location = plain.trim().to_uppercase();
    match location.chars().count() {
        0 => Err(PickupRefused::NoLocation),
        1..=LOCATION_CHARACTERS_MAX => Ok(location),
        _ => Err(PickupRefused::LocationTooLong),
    }
}

impl Work {
    /// Returns what is in the bag, for a sentence.
    #[must_use]
    pub(crate) fn bag(&self) -> String {
        listed(
            self.lines
                .iter()
                .map(|line| (line.name.as_str(), line.count.in_the_bag())),
        )
    }
}
