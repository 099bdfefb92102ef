//! The names of documents: a writer's journal segments, and orders.

use std::fmt;
use std::str::FromStr;

use super::{EdgeNumber, IdRefused, Incarnation, OrderId, Writer};

/// How the name of an order document begins; what follows is the order's id.
const ORDER_PREFIX: &str = "order/";

/// Names a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentId {
    /// A journal segment, which one writer writes: `<edge>/<incarnation>/<segment>[/<about>]`.
    Segment(SegmentId),
    /// An order, which the hub and the store that has custody write: `order/<ULID>`.
    Order(OrderId),
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Segment(segment) => segment.fmt(f),
            Self::Order(order) => write!(f, "{ORDER_PREFIX}{order}"),
        }
    }
}

impl FromStr for DocumentId {
    type Err = IdRefused;

    fn from_str(text: &str) -> Result<Self, IdRefused> {
        let refused = || IdRefused::NotDocument(text.to_owned());
        let Some(id) = text.strip_prefix(ORDER_PREFIX) else {
            return text.parse().map(Self::Segment);
        };
        let order: OrderId = id.parse().map_err(|_| refused())?;
        // Crockford's base 32 may be spelt in lower case too; a document has one name.
        if order.to_string() == id {
            Ok(Self::Order(order))
        } else {
            Err(refused())
        }
    }
}

impl From<SegmentId> for DocumentId {
    fn from(segment: SegmentId) -> Self {
        Self::Segment(segment)
    }
}

impl From<OrderId> for DocumentId {
    fn from(order: OrderId) -> Self {
        Self::Order(order)
    }
}

/// Names a writer's journal segment.
///
/// Its text is `<edge>/<incarnation>/<segment>`; the hub keeps one journal for each store, so its
/// text goes on with `/<edge it is about>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SegmentId {
    /// Who writes it.
    pub writer: Writer,
    /// The edge it is about, when the hub writes it.
    pub about: Option<EdgeNumber>,
    /// Counts the segments of this journal from 0.
    pub segment: u32,
}

impl SegmentId {
    /// Returns the next segment's id.
    #[must_use]
    pub fn next_segment(self) -> Self {
        Self {
            segment: self.segment + 1,
            ..self
        }
    }
}

impl fmt::Display for SegmentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}/{}/{}",
            self.writer.edge, self.writer.incarnation, self.segment
        )?;
        match self.about {
            Some(edge) => write!(f, "/{edge}"),
            None => Ok(()),
        }
    }
}

impl FromStr for SegmentId {
    type Err = IdRefused;

    fn from_str(text: &str) -> Result<Self, IdRefused> {
        let refused = || IdRefused::NotDocument(text.to_owned());
        let mut parts = text.split('/').map(canonical_number);
        let mut required = || parts.next().flatten().ok_or_else(refused);
        let (edge, incarnation, segment) = (required()?, required()?, required()?);
        let about = match parts.next() {
            None => None,
            Some(part) => Some(EdgeNumber(part.ok_or_else(refused)?)),
        };
        if parts.next().is_some() || about.is_some() != (edge == 0) {
            return Err(refused());
        }
        let writer = Writer {
            edge: EdgeNumber(edge),
            incarnation: Incarnation(incarnation),
        };
        Ok(Self {
            writer,
            about,
            segment,
        })
    }
}

/// Reads a decimal number in its one spelling: no sign, no leading zeros.
pub(super) fn canonical_number(text: &str) -> Option<u32> {
    let canonical = (text == "0" || !text.starts_with('0')) && !text.starts_with('+');
    text.parse().ok().filter(|_| canonical)
}

#[cfg(test)]
mod tests {
    use super::DocumentId;

    #[test]
    fn a_document_id_has_one_spelling() {
        for good in [
            "7/1/0",
            "7/2/13",
            "0/3/1/7",
            "order/01KAY3V2M0000000000000000G",
        ] {
            assert_eq!(good.parse::<DocumentId>().unwrap().to_string(), good);
        }
        for bad in [
            "",
            "7/1",
            "07/1/0",
            "+7/1/0",
            "7/1/0/2",
            "0/1/0",
            "7/1/0/",
            "a/b/c",
            "order/",
            "order/01kay3v2m0000000000000000g",
            "order/01KAY3V2M0000000000000000",
            "order/81KAY3V2M0000000000000000G",
            "order/01KAY3V2M0000000000000000G/1",
            "Order/01KAY3V2M0000000000000000G",
        ] {
            assert!(
                bad.parse::<DocumentId>().is_err(),
                "{bad:?} must be refused"
            );
        }
    }
}
