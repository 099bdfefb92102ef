//! A print job as slices see it: what it is for, where it stands, and why.
//!
//! It holds no bytes: those are made when it is queued and belong to the printer's worker.

use counterpart_daemon::db::{FromValue, Value, ValueMismatch};
use counterpart_paper::Document;
use counterpart_protocol::ids::{PrintJobId, RegisterId, SaleId, StaffId};
use counterpart_protocol::sales::Settlement;

/// What a slice wants printed.
#[derive(Debug, Clone, Copy)]
pub struct NewPrintJob<'a> {
    /// Its id, made by the caller.
    pub job_id: PrintJobId,
    /// The register whose printer prints it.
    pub register: RegisterId,
    /// What it is.
    pub kind: PrintKind,
    /// The sale it is about, if it is about one.
    pub sale_id: Option<SaleId>,
    /// What stands on it.
    pub document: &'a Document,
    /// Who opens the drawer with it, and why; nothing leaves it shut.
    pub open_drawer: Option<DrawerWish>,
}

/// What a print job is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintKind {
    /// A sale's one receipt.
    Receipt,
    /// A receipt printed again, marked COPY.
    Copy,
    /// An invoice, or a copy of one.
    Invoice,
    /// The paper of a gift card or a credit: its number is money, so it is not made a second time.
    StoredCard,
    /// A shift's figures and the like.
    Report,
    /// A label of this shop's own.
    Label,
    /// A carrier's label, printed as it came.
    CarrierLabel,
}

impl PrintKind {
    /// Returns whether a label printer prints it.
    #[must_use]
    pub const fn is_label(self) -> bool {
        match self {
            Self::Label | Self::CarrierLabel => true,
            Self::Receipt | Self::Copy | Self::Invoice | Self::StoredCard | Self::Report => false,
        }
    }

    /// Returns whether it is sent again as it was when nobody knows whether it came out.
    #[must_use]
    pub const fn is_sent_again(self) -> bool {
        self.is_label() || matches!(self, Self::StoredCard)
    }

    /// Returns whether a customer takes it along, below the shop's logo.
    pub(super) const fn is_a_customer_s(self) -> bool {
        match self {
            Self::Receipt | Self::Copy | Self::Invoice | Self::StoredCard => true,
            Self::Report | Self::Label | Self::CarrierLabel => false,
        }
    }
}

/// Where a print job stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrintState {
    /// Stored; no ink is on paper.
    Queued,
    /// It goes to the printer now.
    Sending,
    /// The printer took all of it. For a printer that cannot say more this is the end.
    Sent,
    /// The printer said that it is on paper.
    Confirmed,
    /// Some of it may be on paper: a person must look.
    Uncertain,
    /// None of it is on paper and it is no longer tried.
    Failed,
}

/// Why a drawer opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DrawerCause {
    /// Cash was taken for a sale.
    CashSale,
    /// A shift was opened: the float goes in.
    ShiftOpened,
    /// A shift is being counted.
    ShiftClosed,
    /// Cash goes in or out outside a sale.
    CashMoved,
    /// Nothing that is recorded elsewhere; the reason stands in a fact.
    NoSale,
}

/// Who wants a drawer open, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DrawerWish {
    /// Why.
    pub cause: DrawerCause,
    /// Who.
    pub by: StaffId,
}

/// A stored print job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintJob {
    /// Its id.
    pub job_id: PrintJobId,
    /// The register whose printer prints it.
    pub register: RegisterId,
    /// What it is.
    pub kind: PrintKind,
    /// The sale it is about, if it is about one.
    pub sale_id: Option<SaleId>,
    /// Which label it is, in a few words; nothing for other papers.
    pub about: Option<String>,
    /// Where it stands.
    pub state: PrintState,
    /// Why it waits, is uncertain or failed: a sentence for the person at the till.
    pub reason: Option<String>,
    /// How often the printer was tried.
    pub attempts: u32,
    /// When it was queued, in milliseconds UTC.
    pub queued_at_ms: i64,
    /// What a person said became of an uncertain one.
    pub settlement: Option<Settlement>,
}

impl PrintJob {
    /// Returns whether a person still has to say what became of it.
    #[must_use]
    pub fn is_unsettled(&self) -> bool {
        self.state == PrintState::Uncertain && self.settlement.is_none()
    }

    /// Returns where it stands as a sentence for the person at the till, with what to do.
    #[must_use]
    pub fn sentence(&self) -> String {
        super::sentences::of_job(self)
    }
}

macro_rules! words {
    ($type:ident, $expected:literal, $($variant:ident => $word:literal),+) => {
        impl $type {
            /// Returns its word in SQL and the API.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl FromValue for $type {
            fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
                match value {
                    $(Value::Text(word) if word == $word => Ok(Self::$variant),)+
                    other => Err(ValueMismatch::new(other, $expected)),
                }
            }
        }
    };
}

words!(PrintKind, "a kind of print job",
    Receipt => "receipt", Copy => "copy", Invoice => "invoice",
    StoredCard => "stored_card", Report => "report",
    Label => "label", CarrierLabel => "carrier_label");
words!(PrintState, "a state of a print job",
    Queued => "queued", Sending => "sending", Sent => "sent", Confirmed => "confirmed",
    Uncertain => "uncertain", Failed => "failed");
words!(DrawerCause, "a cause of a drawer's opening",
    CashSale => "cash_sale", ShiftOpened => "shift_opened", ShiftClosed => "shift_closed",
    CashMoved => "cash_moved", NoSale => "no_sale");
