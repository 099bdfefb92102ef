//! Handing over: whose code it is, how long a bag waits, how often digits may be guessed.

use counterpart_protocol::codes::{CodeKind, SignedCode, Subject};
use counterpart_protocol::ids::{FulfilmentId, StoreId};
use counterpart_protocol::orders::{Fulfilment, Units};
use counterpart_protocol::quantity::Milli;

use super::{Line, PickupRefused, Work};

/// Wrong digits in a row that are taken: with five tries one in 200,000 orders is guessed.
const WRONG_MAX: u32 = 5;
/// The first pause after too many, in milliseconds: ten minutes; each further wrong try doubles it.
const PAUSE_MS: i64 = 10 * 60_000;
/// The longest pause, in milliseconds: a day.
const PAUSE_MS_MAX: i64 = 86_400_000;
/// How long a checked code lets somebody hand over, in milliseconds: the time to fetch the bag.
const PROOF_MS: i64 = 15 * 60_000;
const DAY_MS: i64 = 86_400_000;

/// Returns which part a code is for, if it is a pickup's of this store.
///
/// # Errors
/// [`PickupRefused::NotAPickupCode`], [`PickupRefused::OtherStore`].
pub(crate) fn about(code: &SignedCode, here: &StoreId) -> Result<FulfilmentId, PickupRefused> {
    let fulfilment_id = match (code.kind, code.subject) {
        (CodeKind::Pickup, Subject::Order { fulfilment_id, .. }) => fulfilment_id,
        (CodeKind::Pickup, Subject::Sale(_)) | (CodeKind::Receipt | CodeKind::PackingSlip, _) => {
            return Err(PickupRefused::NotAPickupCode);
        }
    };
    match code.store == *here {
        true => Ok(fulfilment_id),
        false => Err(PickupRefused::OtherStore(code.store.clone())),
    }
}

/// Decides whether a person who shows something may have what waits: `epoch` is the code's, if it
/// was a code.
///
/// # Errors
/// [`PickupRefused`], each with its own sentence.
pub(crate) fn identify(
    work: &Work,
    epoch: Option<u32>,
    now_ms: i64,
    ended: impl Fn(i64) -> String,
) -> Result<(), PickupRefused> {
    work.check_open()?;
    match epoch {
        Some(epoch) if epoch < work.part.epoch => return Err(PickupRefused::OlderCode),
        Some(epoch) if epoch > work.part.epoch => return Err(PickupRefused::NewerCode),
        Some(_) | None => {}
    }
    if let Some(until_ms) = held_until_ms(&work.part).filter(|until_ms| *until_ms < now_ms) {
        return Err(PickupRefused::Expired {
            ended: ended(until_ms),
        });
    }
    match work.lines.iter().any(|line| line.count.in_the_bag().0 > 0) {
        true => Ok(()),
        false => Err(PickupRefused::NotReady {
            left: work.left_to_scan(),
        }),
    }
}

/// Returns until when a bag waits for the customer, in milliseconds UTC; nothing before it is
/// staged.
#[must_use]
pub(crate) fn held_until_ms(part: &Fulfilment) -> Option<i64> {
    let days = i64::from(part.hold_days?);
    Some(
        part.staged_at_ms?
            .saturating_add(days.saturating_mul(DAY_MS)),
    )
}

/// Tells whether what was checked at `checked_at_ms` still counts.
#[must_use]
pub(crate) fn valid_proof(checked_at_ms: i64, now_ms: i64) -> bool {
    (0..PROOF_MS).contains(&(now_ms - checked_at_ms))
}

/// Decides what is handed over: these lines, or everything that waits.
///
/// # Errors
/// [`PickupRefused`].
pub(crate) fn hand_over(
    work: &Work,
    chosen: Option<&[(u16, Milli)]>,
) -> Result<Vec<Units>, PickupRefused> {
    work.check_open()?;
    // What the disk that died handed over and told nobody looks as if it were still here.
    match work.bag_unseen && work.lines.iter().any(|line| line.count.in_the_bag().0 > 0) {
        true => Err(PickupRefused::BagUnseen),
        false => given_out(work, chosen),
    }
}

/// Decides what the customer leaves here: these lines, or everything that waits.
///
/// # Errors
/// [`PickupRefused`].
pub(crate) fn refuse_units(
    work: &Work,
    chosen: Option<&[(u16, Milli)]>,
) -> Result<Vec<Units>, PickupRefused> {
    work.check_open()?;
    given_out(work, chosen)
}

fn given_out(work: &Work, chosen: Option<&[(u16, Milli)]>) -> Result<Vec<Units>, PickupRefused> {
    let Some(chosen) = chosen else {
        let all = work.lines.iter().filter(|line| line.to_hand_over().0 > 0);
        let all: Vec<Units> = all.map(|line| line.units(line.to_hand_over())).collect();
        return match all.is_empty() {
            true => Err(PickupRefused::NotReady {
                left: work.left_to_scan(),
            }),
            false => Ok(all),
        };
    };
    let mut units = Vec::new();
    for (number, quantity) in chosen.iter().filter(|(_, quantity)| quantity.0 != 0) {
        let line = work.line(*number)?;
        // The same line twice must not give out twice what there is.
        let twice = units.iter().any(|unit: &Units| unit.line == *number);
        check_in_bag(line, *quantity, twice)?;
        units.push(line.units(*quantity));
    }
    match units.is_empty() {
        true => Err(PickupRefused::NothingChosen),
        false => Ok(units),
    }
}

fn check_in_bag(line: &Line, quantity: Milli, twice: bool) -> Result<(), PickupRefused> {
    if quantity.0 < 0 {
        return Err(PickupRefused::NotPositive);
    }
    match quantity.0 > line.to_hand_over().0 || twice {
        true => Err(PickupRefused::NotInTheBag {
            name: line.name.clone(),
            left: line.to_hand_over(),
        }),
        false => Ok(()),
    }
}

/// The wrong digits typed for a part since the last right ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Attempts {
    /// How many.
    pub wrong: u32,
    /// Until when no more are taken, in milliseconds UTC.
    pub locked_until_ms: i64,
}

impl Attempts {
    /// Decides whether digits are looked at now.
    ///
    /// # Errors
    /// [`PickupRefused::DigitsLocked`].
    pub(crate) fn check(self, now_ms: i64) -> Result<(), PickupRefused> {
        let wait_ms = self.locked_until_ms - now_ms;
        // A clock that was set back must not lock an order for months.
        match wait_ms > 0 && wait_ms <= PAUSE_MS_MAX {
            true => Err(PickupRefused::DigitsLocked { wait_ms }),
            false => Ok(()),
        }
    }

    /// Counts wrong digits.
    #[must_use]
    pub(crate) fn counted(self, now_ms: i64) -> Self {
        let wrong = self.wrong.saturating_add(1);
        let locked_until_ms = match wrong.checked_sub(WRONG_MAX) {
            None => 0,
            Some(beyond) => {
                let pause = PAUSE_MS.saturating_mul(1_i64 << beyond.min(20));
                now_ms.saturating_add(pause.min(PAUSE_MS_MAX))
            }
        };
        Self {
            wrong,
            locked_until_ms,
        }
    }

    /// Returns how often digits may still be typed.
    #[must_use]
    pub(crate) fn left(self) -> u32 {
        WRONG_MAX.saturating_sub(self.wrong)
    }
}
