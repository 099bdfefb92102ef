//! The append-only list of fact kinds. A number once given is never given again.

use std::fmt;

/// What a fact says happened. Numbers stand in stored bytes: the list only grows.
///
/// A number this program does not know is kept, chained, counted and forwarded, not interpreted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u32)]
pub enum Kind {
    /// A sale was completed at a register.
    SaleRecorded = 1,
    /// A basket with lines was given up before payment.
    BasketVoided = 2,
    /// A till was opened with its float.
    ShiftOpened = 3,
    /// A till was counted and closed.
    ShiftClosed = 4,
    /// Goods came in and are on the shelf.
    StockReceived = 5,
    /// A receipt was printed again, marked COPY.
    ReceiptReprinted = 6,
    /// A person said what became of a receipt nobody was sure of.
    PrintSettled = 7,
    /// The hub published reference data (catalogue, staff) that a store should fetch.
    ReferencePublished = 100,
    /// The hub posted a notice for the people of a store.
    NoticePosted = 101,
}

impl Kind {
    /// Every kind this program knows.
    pub const ALL: [Self; 9] = [
        Self::SaleRecorded,
        Self::BasketVoided,
        Self::ShiftOpened,
        Self::ShiftClosed,
        Self::StockReceived,
        Self::ReceiptReprinted,
        Self::PrintSettled,
        Self::ReferencePublished,
        Self::NoticePosted,
    ];

    /// Returns the number that stands in stored bytes.
    #[must_use]
    pub const fn number(self) -> u32 {
        self as u32
    }

    /// Returns the kind with this number, if this program knows it.
    #[must_use]
    pub fn from_number(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// Returns the word for it in SQL, logs and the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::SaleRecorded => "sale_recorded",
            Self::BasketVoided => "basket_voided",
            Self::ShiftOpened => "shift_opened",
            Self::ShiftClosed => "shift_closed",
            Self::StockReceived => "stock_received",
            Self::ReceiptReprinted => "receipt_reprinted",
            Self::PrintSettled => "print_settled",
            Self::ReferencePublished => "reference_published",
            Self::NoticePosted => "notice_posted",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Kind;

    #[test]
    fn numbers_and_words_are_given_once() {
        let numbers: BTreeSet<u32> = Kind::ALL.iter().map(|kind| kind.number()).collect();
        let words: BTreeSet<&str> = Kind::ALL.iter().map(|kind| kind.word()).collect();
        assert_eq!(
            (numbers.len(), words.len()),
            (Kind::ALL.len(), Kind::ALL.len())
        );
        for kind in Kind::ALL {
            assert_eq!(Kind::from_number(kind.number()), Some(kind));
        }
        assert_eq!(Kind::from_number(0), None);
    }
}
