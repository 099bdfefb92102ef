//! What may be received, and how a number on the shelf comes about: decisions from arguments alone.

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{DeliveryId, Sku};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine, StockReceived};

/// Lines of one receiving: a lorry's worth, and one fact of some 20 KB.
pub(crate) const LINES_MAX: usize = 500;
/// Of one product in one receiving; more is a number typed into the wrong field.
const QUANTITY_MAX: Milli = Milli::units(100_000);
/// Characters of a delivery's reference, fixed by the fact.
const REFERENCE_CHARACTERS_MAX: usize = 40;

/// One line as it was typed, with how the catalogue counts the product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arrived {
    /// What.
    pub sku: Sku,
    /// How it is counted; nothing when the catalogue does not have it.
    pub unit: Option<Unit>,
    /// How much.
    pub quantity_milli: Milli,
}

/// Why nothing was received.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum StockRefused {
    /// No line.
    #[error("nothing is on the list: scan or find what came in first")]
    Empty,
    /// Too many lines.
    #[error("a receiving has at most {LINES_MAX} lines, and this has {count}: receive it in parts")]
    TooManyLines {
        /// How many.
        count: usize,
    },
    /// A product the catalogue does not have.
    #[error("'{sku}' is not in the catalogue: check it, or ask the hub to add it")]
    UnknownProduct {
        /// What was typed.
        sku: String,
    },
    /// Nothing or less.
    #[error("{sku}: a quantity is more than nothing")]
    NotPositive {
        /// What.
        sku: Sku,
    },
    /// A part of a piece.
    #[error("{sku} is counted by the piece: type a whole number")]
    NotWhole {
        /// What.
        sku: Sku,
    },
    /// Absurdly much.
    #[error("{sku}: at most 100,000 are received at once, and {quantity} were typed")]
    TooMuch {
        /// What.
        sku: Sku,
        /// How much.
        quantity: Milli,
    },
    /// The reference is too long.
    #[error("a reference has at most {REFERENCE_CHARACTERS_MAX} characters: type its number only")]
    ReferenceTooLong,
    /// Nothing is called that.
    #[error("nothing here is called '{text}': scan the item, or type another part of its name")]
    NotFound {
        /// What was typed.
        text: String,
    },
    /// Several products are.
    #[error("{count} products match: press the one you mean")]
    SeveralFound {
        /// How many.
        count: usize,
    },
}

/// Decides whether goods are received, and makes the fact. A product on several lines stays on
/// several: each is what somebody counted.
///
/// # Errors
/// [`StockRefused`], the first line that is wrong.
pub(crate) fn receive(
    delivery_id: DeliveryId,
    received_as: ReceivedAs,
    reference: Option<&str>,
    arrived: &[Arrived],
) -> Result<StockReceived, StockRefused> {
    if arrived.is_empty() {
        return Err(StockRefused::Empty);
    }
    if arrived.len() > LINES_MAX {
        return Err(StockRefused::TooManyLines {
            count: arrived.len(),
        });
    }
    let reference = reference.map(str::trim).filter(|text| !text.is_empty());
    if reference.is_some_and(|text| text.chars().count() > REFERENCE_CHARACTERS_MAX) {
        return Err(StockRefused::ReferenceTooLong);
    }
    let lines: Result<Vec<ReceivedLine>, StockRefused> = arrived.iter().map(line).collect();
    Ok(StockReceived {
        delivery_id,
        received_as,
        reference: reference.map(str::to_owned),
        lines: lines?,
    })
}

/// Decides whether a line may be received.
///
/// # Errors
/// [`StockRefused`].
pub(crate) fn line(arrived: &Arrived) -> Result<ReceivedLine, StockRefused> {
    let (sku, quantity) = (arrived.sku.clone(), arrived.quantity_milli);
    let unit = arrived.unit.ok_or_else(|| StockRefused::UnknownProduct {
        sku: sku.to_string(),
    })?;
    if quantity <= Milli::ZERO {
        return Err(StockRefused::NotPositive { sku });
    }
    if unit == Unit::Piece && !quantity.is_whole() {
        return Err(StockRefused::NotWhole { sku });
    }
    if quantity > QUANTITY_MAX {
        return Err(StockRefused::TooMuch { sku, quantity });
    }
    Ok(ReceivedLine {
        sku,
        quantity_milli: quantity,
    })
}

/// Returns what was on hand after each movement, given what is on hand after the newest and the
/// movements from the newest back.
#[must_use]
pub(crate) fn running(on_hand: Milli, newest_first: &[Milli]) -> Vec<Milli> {
    let mut after = on_hand;
    newest_first
        .iter()
        .map(|delta| {
            let here = after;
            after = Milli(after.0.saturating_sub(delta.0));
            here
        })
        .collect()
}

/// Returns how much of what sold `taken` in `over_ms` may have left the shelf within `gap_ms`,
/// rounded up to the thousandth; a gap without length leaves no doubt.
pub(crate) fn doubtful(taken: Milli, over_ms: i64, gap_ms: i64) -> Milli {
    let (taken, over) = (i128::from(taken.0.max(0)), i128::from(over_ms.max(1)));
    let gap = i128::from(gap_ms.max(0));
    let share = (taken * gap + over - 1) / over;
    Milli(i64::try_from(share).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::catalog::Unit;
    use counterpart_protocol::ids::DeliveryId;
    use counterpart_protocol::quantity::Milli;
    use counterpart_protocol::stock::ReceivedAs;
    use proptest::prelude::{prop, prop_assert_eq, proptest};

    use super::{Arrived, StockRefused, doubtful, receive, running};

    fn arrived(sku: &str, unit: Option<Unit>, milli: i64) -> Arrived {
        Arrived {
            sku: sku.parse().unwrap(),
            unit,
            quantity_milli: Milli(milli),
        }
    }

    fn received(reference: Option<&str>, lines: &[Arrived]) -> Result<usize, StockRefused> {
        let id = DeliveryId::from_parts(1, 1);
        receive(id, ReceivedAs::Delivery, reference, lines).map(|fact| fact.lines.len())
    }

    #[track_caller]
    fn check_refused(line: Arrived, sentence: &str) {
        let refused = received(None, &[line]).unwrap_err();
        assert_eq!(refused.to_string(), sentence);
    }

    #[test]
    fn what_came_in_is_received_line_by_line() {
        let lines = [
            arrived("TEE-M", Some(Unit::Piece), 12_000),
            arrived("APPLES", Some(Unit::Kilogram), 12_345),
            arrived("TEE-M", Some(Unit::Piece), 1_000),
        ];
        assert_eq!(received(Some(" DN-7 "), &lines), Ok(3));
    }

    #[test]
    fn a_wrong_line_is_named() {
        check_refused(
            arrived("TEE-M", None, 1_000),
            "'TEE-M' is not in the catalogue: check it, or ask the hub to add it",
        );
        check_refused(
            arrived("TEE-M", Some(Unit::Piece), 0),
            "TEE-M: a quantity is more than nothing",
        );
        check_refused(
            arrived("TEE-M", Some(Unit::Piece), 1_500),
            "TEE-M is counted by the piece: type a whole number",
        );
        check_refused(
            arrived("APPLES", Some(Unit::Kilogram), 100_000_001),
            "APPLES: at most 100,000 are received at once, and 100000.001 were typed",
        );
    }

    #[test]
    fn a_receiving_has_some_lines_and_a_short_reference() {
        assert_eq!(received(None, &[]), Err(StockRefused::Empty));
        let many = vec![arrived("A", Some(Unit::Piece), 1_000); 501];
        assert_eq!(
            received(None, &many),
            Err(StockRefused::TooManyLines { count: 501 })
        );
        let long = "é".repeat(41);
        let refused = received(Some(&long), &many[..1]);
        assert_eq!(refused, Err(StockRefused::ReferenceTooLong));
        assert_eq!(received(Some(&"é".repeat(40)), &many[..1]), Ok(1));
    }

    #[test]
    fn a_gap_of_an_hour_may_hide_an_hours_sales() {
        let (hour, weeks) = (3_600_000, 28 * 24 * 3_600_000);
        let sold = Milli::units(6_720);
        assert_eq!(doubtful(sold, weeks, hour), Milli::units(10));
        assert_eq!(doubtful(sold, weeks, 0), Milli::ZERO);
        assert_eq!(doubtful(sold, weeks, -hour), Milli::ZERO);
        assert_eq!(
            doubtful(Milli(1), weeks, 1),
            Milli(1),
            "a doubt is never rounded away"
        );
        assert_eq!(doubtful(Milli(i64::MAX), 1, i64::MAX), Milli(i64::MAX));
    }

    proptest! {
        #[test]
        fn a_running_number_ends_where_it_stands_and_begins_at_nothing(
            deltas in prop::collection::vec(-10_000_i64..10_000, 0..50),
        ) {
            let on_hand = Milli(deltas.iter().sum());
            let newest_first: Vec<Milli> = deltas.iter().rev().copied().map(Milli).collect();
            let after = running(on_hand, &newest_first);
            if let (Some(first), Some(last)) = (after.first(), after.last()) {
                prop_assert_eq!(*first, on_hand);
                prop_assert_eq!(last.0 - deltas[0], 0);
            }
        }
    }
}
