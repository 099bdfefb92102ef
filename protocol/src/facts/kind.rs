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
    /// What is on hand was put right, with a reason.
    StockAdjusted = 8,
    /// Goods left for another store.
    TransferSent = 9,
    /// Goods from another store were counted in.
    TransferReceived = 10,
    /// The store let the hub promise some of its units.
    RightsGranted = 11,
    /// The store asked the hub to give rights back.
    RightsAsked = 12,
    /// A node made a key it signs codes with.
    SigningKeyAdded = 13,
    /// A person settled an exception.
    ExceptionResolved = 14,
    /// An invoice was made out for a sale.
    InvoiceIssued = 15,
    /// An invoice was printed again, marked COPY.
    InvoiceReprinted = 16,
    /// Cash went into or out of a drawer outside a sale.
    CashMoved = 17,
    /// The Z of a closed till was printed again, marked COPY.
    ReportReprinted = 18,
    /// A drawer was opened outside a sale.
    DrawerOpened = 20,
    /// A fiscal signer signed a sale.
    SaleSigned = 21,
    /// A receipt was printed without the signature it should carry.
    ReceiptUnsigned = 22,
    /// The fiscal signer failed: receipts are printed without a signature from now on.
    SigningOutageBegan = 23,
    /// The fiscal signer works again.
    SigningOutageEnded = 24,
    /// A store's business day is over and sealed.
    DaySealed = 25,
    /// A store server began a new life, with the data of an earlier one.
    LifeOpened = 28,
    /// A new life holds what the hub held of the earlier ones, and promises again.
    RecoveryEnded = 29,
    /// Goods of a sale came back and were refunded.
    ReturnRecorded = 30,
    /// Money a card had paid for a sale went back to it before the sale came about.
    CardGivenBack = 31,
    /// A manager said what became of money nobody knew about.
    CardSettled = 32,
    /// Somebody else works the drawer of an open till.
    CashierChanged = 33,
    /// A payment terminal closed its period after a till was closed.
    TerminalCounted = 34,
    /// Cash went into or out of the manager's safe, or it was counted.
    SafeBooked = 35,
    /// A PIN was typed to approve something, and approved nothing.
    ApprovalRefused = 36,
    /// A receipt without prices was printed for a sale.
    GiftReceiptPrinted = 37,
    /// Something was approved by a badge.
    ApprovalGiven = 43,
    /// Somebody wanted to do what they may not.
    OperationRefused = 44,
    /// Somebody approved an operation whose own fact does not name them.
    OperationApproved = 45,
    /// A desk asked for the right to refund a sale of another store.
    RefundRightAsked = 49,
    /// Who held the right to refund a sale gave it away.
    RefundRightPassed = 50,
    /// The hub published reference data (catalogue, staff) that a store should fetch.
    ReferencePublished = 100,
    /// The hub posted a notice for the people of a store.
    NoticePosted = 101,
    /// The hub gave rights back to the store.
    RightsReturned = 102,
    /// The hub told a store what another one sent it.
    TransferExpected = 103,
    /// The hub told a store what its old system said was there.
    OpeningBalanceSent = 104,
    /// The hub holds a sealed day as the store sealed it.
    DayCountersigned = 105,
    /// A hub began a new generation, with the data of an earlier one.
    GenerationOpened = 106,
    /// The hub told a store how a gift card or a credit stands.
    StoredTold = 107,
    /// The hub told a store what came back of a sale elsewhere.
    RefundsTold = 108,
    /// The hub asked whoever holds the right to refund a sale to pass it on.
    RefundRightWanted = 112,
    /// The hub handed on a right that was passed.
    RefundRightGranted = 113,
    /// The hub can ask nobody for a right.
    RefundRightRefused = 114,
    /// A customer placed an order through a channel.
    OrderPlaced = 200,
    /// The hub reserved units of one node for an order.
    FulfilmentAllocated = 201,
    /// The hub gave one node custody of its part of an order.
    CustodyGranted = 202,
    /// The hub took an allocation back before it was sent.
    AllocationWithdrawn = 203,
    /// Somebody asked the holder of custody to cancel units.
    CancelRequested = 204,
    /// What nobody had consumed of an order was cancelled for good.
    OrderCancelled = 205,
    /// A store took on its part of an order.
    PickupAccepted = 210,
    /// Units were taken from the shelf and checked by scan.
    LinesPicked = 211,
    /// Units were not to be found.
    LinesShorted = 212,
    /// Picked units were put where the customer's bag waits.
    PickupStaged = 213,
    /// The customer holds the goods.
    HandedOver = 214,
    /// Units went back to the shelf, free to be promised again.
    UnitsReleased = 215,
    /// Reserved units are gone without having been consumed.
    AllocationBroken = 216,
    /// The holder of custody could not cancel any more.
    CancelDeclined = 217,
}

impl Kind {
    /// Every kind this program knows.
    pub const ALL: [Self; 65] = [
        Self::SaleRecorded,
        Self::BasketVoided,
        Self::ShiftOpened,
        Self::ShiftClosed,
        Self::StockReceived,
        Self::ReceiptReprinted,
        Self::PrintSettled,
        Self::StockAdjusted,
        Self::TransferSent,
        Self::TransferReceived,
        Self::RightsGranted,
        Self::RightsAsked,
        Self::SigningKeyAdded,
        Self::ExceptionResolved,
        Self::InvoiceIssued,
        Self::InvoiceReprinted,
        Self::CashMoved,
        Self::ReportReprinted,
        Self::DrawerOpened,
        Self::SaleSigned,
        Self::ReceiptUnsigned,
        Self::SigningOutageBegan,
        Self::SigningOutageEnded,
        Self::DaySealed,
        Self::LifeOpened,
        Self::RecoveryEnded,
        Self::ReturnRecorded,
        Self::CardGivenBack,
        Self::CardSettled,
        Self::CashierChanged,
        Self::TerminalCounted,
        Self::SafeBooked,
        Self::ApprovalRefused,
        Self::GiftReceiptPrinted,
        Self::ApprovalGiven,
        Self::OperationRefused,
        Self::OperationApproved,
        Self::RefundRightAsked,
        Self::RefundRightPassed,
        Self::ReferencePublished,
        Self::NoticePosted,
        Self::RightsReturned,
        Self::TransferExpected,
        Self::OpeningBalanceSent,
        Self::DayCountersigned,
        Self::GenerationOpened,
        Self::StoredTold,
        Self::RefundsTold,
        Self::RefundRightWanted,
        Self::RefundRightGranted,
        Self::RefundRightRefused,
        Self::OrderPlaced,
        Self::FulfilmentAllocated,
        Self::CustodyGranted,
        Self::AllocationWithdrawn,
        Self::CancelRequested,
        Self::OrderCancelled,
        Self::PickupAccepted,
        Self::LinesPicked,
        Self::LinesShorted,
        Self::PickupStaged,
        Self::HandedOver,
        Self::UnitsReleased,
        Self::AllocationBroken,
        Self::CancelDeclined,
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
            Self::StockAdjusted => "stock_adjusted",
            Self::TransferSent => "transfer_sent",
            Self::TransferReceived => "transfer_received",
            Self::RightsGranted => "rights_granted",
            Self::RightsAsked => "rights_asked",
            Self::SigningKeyAdded => "signing_key_added",
            Self::ExceptionResolved => "exception_resolved",
            Self::InvoiceIssued => "invoice_issued",
            Self::InvoiceReprinted => "invoice_reprinted",
            Self::CashMoved => "cash_moved",
            Self::ReportReprinted => "report_reprinted",
            Self::DrawerOpened => "drawer_opened",
            Self::SaleSigned => "sale_signed",
            Self::ReceiptUnsigned => "receipt_unsigned",
            Self::SigningOutageBegan => "signing_outage_began",
            Self::SigningOutageEnded => "signing_outage_ended",
            Self::DaySealed => "day_sealed",
            Self::LifeOpened => "life_opened",
            Self::RecoveryEnded => "recovery_ended",
            Self::ReturnRecorded => "return_recorded",
            Self::CardGivenBack => "card_given_back",
            Self::CardSettled => "card_settled",
            Self::CashierChanged => "cashier_changed",
            Self::TerminalCounted => "terminal_counted",
            Self::SafeBooked => "safe_booked",
            Self::ApprovalRefused => "approval_refused",
            Self::GiftReceiptPrinted => "gift_receipt_printed",
            Self::ApprovalGiven => "approval_given",
            Self::OperationRefused => "operation_refused",
            Self::OperationApproved => "operation_approved",
            Self::RefundRightAsked => "refund_right_asked",
            Self::RefundRightPassed => "refund_right_passed",
            Self::RefundRightWanted => "refund_right_wanted",
            Self::RefundRightGranted => "refund_right_granted",
            Self::RefundRightRefused => "refund_right_refused",
            Self::ReferencePublished => "reference_published",
            Self::NoticePosted => "notice_posted",
            Self::RightsReturned => "rights_returned",
            Self::TransferExpected => "transfer_expected",
            Self::OpeningBalanceSent => "opening_balance_sent",
            Self::DayCountersigned => "day_countersigned",
            Self::GenerationOpened => "generation_opened",
            Self::StoredTold => "stored_told",
            Self::RefundsTold => "refunds_told",
            Self::OrderPlaced => "order_placed",
            Self::FulfilmentAllocated => "fulfilment_allocated",
            Self::CustodyGranted => "custody_granted",
            Self::AllocationWithdrawn => "allocation_withdrawn",
            Self::CancelRequested => "cancel_requested",
            Self::OrderCancelled => "order_cancelled",
            Self::PickupAccepted => "pickup_accepted",
            Self::LinesPicked => "lines_picked",
            Self::LinesShorted => "lines_shorted",
            Self::PickupStaged => "pickup_staged",
            Self::HandedOver => "handed_over",
            Self::UnitsReleased => "units_released",
            Self::AllocationBroken => "allocation_broken",
            Self::CancelDeclined => "cancel_declined",
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
