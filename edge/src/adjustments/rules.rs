//! Decides what may be put right, and which way a reason goes.

use std::cmp::Ordering;

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{Sku, StaffId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::stock::{AdjustReason, AdjustedLine, StockAdjusted};

/// Lines of one adjustment: a cold store that failed, and one fact of some 20 KB.
pub(super) const LINES_MAX: usize = 500;
/// Of one product at once; more is a number typed into the wrong field.
const QUANTITY_MAX: Milli = Milli::units(100_000);

/// Why nothing was put right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum AdjustRefused {
    /// No line.
    #[error("nothing is put right: say what, and by how much")]
    Empty,
    /// Too many lines.
    #[error("at most {LINES_MAX} products are put right at once: do it in parts")]
    TooManyLines,
    /// Neither the catalogue nor the shelf has it.
    #[error("'{0}' is not in the catalogue and was never here: check it")]
    UnknownProduct(Sku),
    /// No change.
    #[error("{0}: nothing more and nothing less changes nothing")]
    Nothing(Sku),
    /// A part of a piece.
    #[error("{0} is counted by the piece: type a whole number")]
    NotWhole(Sku),
    /// Absurdly much.
    #[error("{0}: at most 100,000 are put right at once")]
    TooMuch(Sku),
    /// The reason goes the other way.
    #[error("{sku}: what is {because} is {way} than before, not the other way round")]
    OtherWay {
        /// What.
        sku: Sku,
        /// The reason.
        because: &'static str,
        /// The way it goes.
        way: &'static str,
    },
}

/// How this store knows a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// By its catalogue, which says how it is counted.
    ByCatalog(Unit),
    /// By what lies here, which the catalogue lacks.
    ByShelf,
    /// Not at all.
    Nowhere,
}

/// Returns which way a reason goes; nothing if it goes both.
#[must_use]
pub(super) const fn way(because: AdjustReason) -> Option<Ordering> {
    match because {
        AdjustReason::Damaged
        | AdjustReason::Expired
        | AdjustReason::Missing
        | AdjustReason::OwnUse => Some(Ordering::Less),
        AdjustReason::Found => Some(Ordering::Greater),
        AdjustReason::Counted | AdjustReason::Other => None,
    }
}

/// Decides whether stock is put right, and makes the fact. How much is on hand is no argument: what
/// is gone is gone, whatever the number says.
///
/// # Errors
/// [`AdjustRefused`], the first line that is wrong.
pub(super) fn adjust(
    because: AdjustReason,
    lines: &[(AdjustedLine, Known)],
    approved_by: Option<StaffId>,
) -> Result<StockAdjusted, AdjustRefused> {
    if lines.is_empty() {
        return Err(AdjustRefused::Empty);
    }
    if lines.len() > LINES_MAX {
        return Err(AdjustRefused::TooManyLines);
    }
    for (line, known) in lines {
        check(because, line, *known)?;
    }
    Ok(StockAdjusted {
        because,
        lines: lines.iter().map(|(line, _)| line.clone()).collect(),
        approved_by,
    })
}

fn check(because: AdjustReason, line: &AdjustedLine, known: Known) -> Result<(), AdjustRefused> {
    let (sku, delta) = (line.sku.clone(), line.delta_milli);
    if known == Known::Nowhere {
        return Err(AdjustRefused::UnknownProduct(sku));
    }
    if delta == Milli::ZERO {
        return Err(AdjustRefused::Nothing(sku));
    }
    if known == Known::ByCatalog(Unit::Piece) && !delta.is_whole() {
        return Err(AdjustRefused::NotWhole(sku));
    }
    if delta.0.unsigned_abs() > QUANTITY_MAX.0.unsigned_abs() {
        return Err(AdjustRefused::TooMuch(sku));
    }
    match way(because) {
        Some(way) if delta.0.cmp(&0) != way => Err(AdjustRefused::OtherWay {
            sku,
            because: because.word(),
            way: if way == Ordering::Less {
                "less"
            } else {
                "more"
            },
        }),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::catalog::Unit;
    use counterpart_protocol::quantity::Milli;
    use counterpart_protocol::stock::{AdjustReason, AdjustedLine};

    use super::{AdjustRefused, Known, adjust};

    const PIECE: Known = Known::ByCatalog(Unit::Piece);

    fn line(delta: i64) -> AdjustedLine {
        AdjustedLine {
            sku: "TEA".parse().unwrap(),
            delta_milli: Milli(delta),
        }
    }

    #[test]
    fn a_reason_goes_its_way() {
        let check = |because, delta| adjust(because, &[(line(delta), PIECE)], None).is_ok();
        for because in AdjustReason::ALL {
            let (less, more) = (check(because, -2_000), check(because, 2_000));
            let both = matches!(because, AdjustReason::Counted | AdjustReason::Other);
            let found = because == AdjustReason::Found;
            assert_eq!((less, more), (both || !found, both || found), "{because:?}");
        }
    }

    #[test]
    fn a_wrong_line_is_named() {
        let refused = |delta, known| {
            let lines = [(line(delta), known)];
            adjust(AdjustReason::Damaged, &lines, None).unwrap_err()
        };
        let tea = || line(0).sku;
        assert_eq!(refused(0, PIECE), AdjustRefused::Nothing(tea()));
        assert_eq!(refused(-500, PIECE), AdjustRefused::NotWhole(tea()));
        assert_eq!(refused(-100_001_000, PIECE), AdjustRefused::TooMuch(tea()));
        assert_eq!(
            refused(-1_000, Known::Nowhere),
            AdjustRefused::UnknownProduct(tea())
        );
        assert_eq!(
            refused(1_000, Known::ByShelf).to_string(),
            "TEA: what is damaged is less than before, not the other way round"
        );
        let none = adjust(AdjustReason::Damaged, &[], None);
        assert_eq!(none, Err(AdjustRefused::Empty));
    }
}
