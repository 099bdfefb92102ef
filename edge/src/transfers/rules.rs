//! Decides what may leave for another store, what is counted in, and whether both ends agree.

use counterpart_protocol::catalog::Unit;
use counterpart_protocol::exceptions::{ExceptionId, Raised, Rule, Standing};
use counterpart_protocol::ids::{FactId, Sku, StoreId, TransferId};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::SkuUnits;
use counterpart_protocol::stock::{CountedLine, TransferReceived, TransferSent};

/// Products of one transfer: a roll cage's worth, and one fact of some 20 KB.
pub(super) const LINES_MAX: usize = 500;
/// Cartons of one transfer, each with a label: a pallet's worth.
pub(super) const CARTONS_MAX: u16 = 50;
/// Of one product in one transfer; more is a number typed into the wrong field.
const QUANTITY_MAX: Milli = Milli::units(100_000);

/// Why nothing was sent, counted or received.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TransferRefused {
    /// There is no such transfer here.
    #[error("this store knows no transfer {0}: it comes once the hub has told of it")]
    Unknown(TransferId),
    /// The other store is not known.
    #[error("this store knows no store '{0}': choose one of those the hub has told of")]
    UnknownStore(StoreId),
    /// Goods would go to where they are.
    #[error("these goods are here already: choose another store")]
    SameStore,
    /// It left, or came from elsewhere, or was counted in.
    #[error("this transfer has left already: what is in it can't be changed any more")]
    Left,
    /// It was counted in before.
    #[error("this transfer was counted in already: a difference found later is a stock correction")]
    Received,
    /// It is still being packed.
    #[error("this transfer has not left yet")]
    NotSent,
    /// No cartons, or more than anybody stacks.
    #[error("a parcel is 1 to {CARTONS_MAX} cartons: type how many")]
    Cartons,
    /// It came from another store.
    #[error("this transfer came here: its labels are printed by the store that sent it")]
    CameHere,
    /// Nothing prints its labels.
    #[error(
        "no label printer of this store is set to print carton labels: whoever looks after the \
         store server sets `prints` in counterpart-edge.toml"
    )]
    NoLabelPrinter,
    /// A new life does not know yet what is promised.
    #[error(
        "this store was restored and does not know yet what is promised of its goods: send them \
         when the hub has answered; selling and receiving go on"
    )]
    Recovering,
    /// Nothing is in it.
    #[error("nothing is packed: scan or find what goes to the other store first")]
    Empty,
    /// Too many products.
    #[error("a transfer has at most {LINES_MAX} products: send it in parts")]
    TooManyLines,
    /// The catalogue does not have it.
    #[error("'{0}' is not in the catalogue: check it, or ask the hub to add it")]
    UnknownProduct(Sku),
    /// Less than nothing, or nothing where something must be.
    #[error("{0}: a quantity is more than nothing")]
    NotPositive(Sku),
    /// A part of a piece.
    #[error("{0} is counted by the piece: type a whole number")]
    NotWhole(Sku),
    /// Absurdly much.
    #[error("{0}: at most 100,000 go in one transfer")]
    TooMuch(Sku),
    /// Somebody else was promised it, or may still be.
    #[error("{0}")]
    NotFree(NotFree),
    /// Nothing is called that.
    #[error("nothing here is called '{0}': scan the item, or type another part of its name")]
    NotFound(String),
    /// Several products are.
    #[error("{0} products match: type more of the name, or scan the item")]
    SeveralFound(usize),
}

/// A product of which less may leave than was packed, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{sku}: {free} of {packed} may leave: {on_hand} are on hand, {reserved} are promised to \
     orders, and {at_hub} the hub may still promise; it is asked to give them back when it can be \
     reached"
)]
pub(crate) struct NotFree {
    /// What.
    pub sku: Sku,
    /// How much was packed.
    pub packed: Milli,
    /// How much may leave now.
    pub free: Milli,
    /// How much is on hand.
    pub on_hand: Milli,
    /// How much is promised to orders of this store.
    pub reserved: Milli,
    /// How much the hub may still promise.
    pub at_hub: Milli,
}

/// How this store knows a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// By its catalogue, which says how it is counted.
    ByCatalog(Unit),
    /// By the parcel alone: another store sent it, and this one's catalogue lacks it, today or for
    /// good. It lies there all the same and is counted as people count it.
    ByParcel,
    /// Not at all.
    Nowhere,
}

/// Decides whether so much of a product may be in a transfer. `least` is one thousandth for what is
/// packed, and nothing for what is counted: a parcel may lack a product.
///
/// # Errors
/// [`TransferRefused`].
pub(super) fn line(
    sku: &Sku,
    known: Known,
    quantity: Milli,
    least: Milli,
) -> Result<(), TransferRefused> {
    if known == Known::Nowhere {
        return Err(TransferRefused::UnknownProduct(sku.clone()));
    }
    if quantity < least {
        return Err(TransferRefused::NotPositive(sku.clone()));
    }
    if known == Known::ByCatalog(Unit::Piece) && !quantity.is_whole() {
        return Err(TransferRefused::NotWhole(sku.clone()));
    }
    if quantity > QUANTITY_MAX {
        return Err(TransferRefused::TooMuch(sku.clone()));
    }
    Ok(())
}

/// Decides whether a parcel may leave; `packed` tells of each product how it stands.
///
/// # Errors
/// [`TransferRefused`], the first product that is wrong.
pub(super) fn send(
    transfer_id: TransferId,
    to: StoreId,
    packed: &[NotFree],
) -> Result<TransferSent, TransferRefused> {
    if packed.is_empty() {
        return Err(TransferRefused::Empty);
    }
    if packed.len() > LINES_MAX {
        return Err(TransferRefused::TooManyLines);
    }
    if let Some(short) = packed.iter().find(|line| line.packed > line.free) {
        return Err(TransferRefused::NotFree(short.clone()));
    }
    let lines = packed.iter().map(|line| SkuUnits {
        sku: line.sku.clone(),
        quantity_milli: line.packed,
    });
    Ok(TransferSent {
        transfer_id,
        to,
        lines: lines.collect(),
    })
}

/// Makes the fact of a parcel that was counted in: a line for all that was expected or found.
#[must_use]
pub(super) fn receive(
    transfer_id: TransferId,
    expected: &[(Sku, Milli)],
    counted: &[(Sku, Milli)],
) -> TransferReceived {
    let of = |lines: &[(Sku, Milli)], sku: &Sku| {
        let found = lines.iter().find(|(one, _)| one == sku);
        found.map_or(Milli::ZERO, |(_, quantity)| *quantity)
    };
    let mut skus: Vec<&Sku> = expected.iter().chain(counted).map(|(sku, _)| sku).collect();
    skus.sort_unstable();
    skus.dedup();
    let lines = skus.into_iter().map(|sku| CountedLine {
        sku: sku.clone(),
        expected_milli: of(expected, sku),
        counted_milli: of(counted, sku),
    });
    TransferReceived {
        transfer_id,
        lines: lines.collect(),
    }
}

/// Names the discrepancy of a transfer as the hub does: by the facts of both ends.
#[must_use]
pub(super) fn discrepancy(sent: FactId, received: FactId) -> ExceptionId {
    ExceptionId::of(Rule::TransferDiscrepancy, &[sent, received])
}

/// Raises the discrepancy of a transfer as the hub does, if there is one; `lines` say of each
/// product how much was sent and how much was counted. Its units are by how much more (positive) or
/// less (negative) came.
#[must_use]
pub(super) fn raised(
    (sent, received): (FactId, FactId),
    lines: &[(Sku, Milli, Milli)],
) -> Option<Raised> {
    let differing = lines.iter().filter(|(_, sent, counted)| sent != counted);
    let units: Vec<(Sku, Milli)> = differing
        .map(|(sku, sent, counted)| (sku.clone(), Milli(counted.0.saturating_sub(sent.0))))
        .collect();
    let mut facts = vec![sent, received];
    facts.sort_unstable();
    (!units.is_empty()).then(|| Raised {
        exception_id: discrepancy(sent, received),
        rule: Rule::TransferDiscrepancy,
        facts,
        fulfilment_id: None,
        units,
        standing: Standing::Open,
    })
}

#[cfg(test)]
mod tests {
    use counterpart_protocol::catalog::Unit;
    use counterpart_protocol::ids::{FactId, Sku, TransferId};
    use counterpart_protocol::quantity::Milli;

    use super::{Known, NotFree, TransferRefused, discrepancy, line, raised, receive, send};

    fn sku(text: &str) -> Sku {
        text.parse().unwrap()
    }

    fn packed(packed: i32, free: i32) -> NotFree {
        NotFree {
            sku: sku("TEA"),
            packed: Milli::units(packed),
            free: Milli::units(free),
            on_hand: Milli::units(5),
            reserved: Milli::units(2),
            at_hub: Milli::units(1),
        }
    }

    #[test]
    fn only_what_nobody_was_promised_leaves() {
        let id = TransferId::from_parts(1, 1);
        let to = || "lyon".parse().unwrap();
        assert_eq!(send(id, to(), &[packed(2, 2)]).unwrap().lines.len(), 1);
        assert_eq!(send(id, to(), &[]), Err(TransferRefused::Empty));
        let refused = send(id, to(), &[packed(1, 1), packed(3, 2)]).unwrap_err();
        assert_eq!(
            refused.to_string(),
            "TEA: 2 of 3 may leave: 5 are on hand, 2 are promised to orders, and 1 the hub may \
             still promise; it is asked to give them back when it can be reached"
        );
    }

    #[test]
    fn a_parcel_may_lack_a_product_but_never_holds_half_a_piece() {
        let check = |known, milli, least| line(&sku("TEA"), known, Milli(milli), least);
        let piece = Known::ByCatalog(Unit::Piece);
        assert_eq!(check(piece, 1_000, Milli(1)), Ok(()));
        assert_eq!(check(piece, 0, Milli::ZERO), Ok(()));
        let by_weight = Known::ByCatalog(Unit::Kilogram);
        assert_eq!(check(by_weight, 1_234, Milli(1)), Ok(()));
        assert_eq!(check(Known::ByParcel, 1_234, Milli::ZERO), Ok(()));
        let refused = |known, milli, least| check(known, milli, least).unwrap_err();
        let tea = || sku("TEA");
        assert_eq!(
            refused(piece, 0, Milli(1)),
            TransferRefused::NotPositive(tea())
        );
        assert_eq!(
            refused(piece, 500, Milli(1)),
            TransferRefused::NotWhole(tea())
        );
        assert_eq!(
            refused(Known::Nowhere, 1_000, Milli(1)),
            TransferRefused::UnknownProduct(tea())
        );
        assert_eq!(
            refused(piece, 100_001_000, Milli(1)),
            TransferRefused::TooMuch(tea())
        );
    }

    #[test]
    fn what_came_is_compared_line_by_line() {
        let (sent, received) = (FactId::from_parts(9, 1), FactId::from_parts(2, 2));
        let same = [(sku("PEN"), Milli::ONE, Milli::ONE)];
        assert_eq!(raised((sent, received), &same), None);
        let lines = [
            (sku("PEN"), Milli::units(3), Milli::units(2)),
            (sku("INK"), Milli::ZERO, Milli::ONE),
            (sku("TEA"), Milli::ONE, Milli::ONE),
        ];
        let raised = raised((sent, received), &lines).unwrap();
        assert_eq!(
            raised.exception_id,
            discrepancy(received, sent),
            "whoever names it"
        );
        assert_eq!(
            raised.units,
            [(sku("PEN"), Milli::units(-1)), (sku("INK"), Milli::ONE)]
        );
    }

    #[test]
    fn what_was_expected_or_found_has_a_line_each() {
        let expected = [(sku("PEN"), Milli::units(3)), (sku("TEA"), Milli::ONE)];
        let counted = [(sku("INK"), Milli::ONE), (sku("PEN"), Milli::units(2))];
        let fact = receive(TransferId::from_parts(1, 1), &expected, &counted);
        let lines: Vec<(&str, i64, i64)> = fact
            .lines
            .iter()
            .map(|line| {
                (
                    line.sku.as_str(),
                    line.expected_milli.0,
                    line.counted_milli.0,
                )
            })
            .collect();
        assert_eq!(
            lines,
            [("INK", 0, 1_000), ("PEN", 3_000, 2_000), ("TEA", 1_000, 0)]
        );
    }
}
