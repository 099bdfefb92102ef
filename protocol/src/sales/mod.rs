//! Sales as facts: what was sold, for how much, paid how, and which invoice was made out for it.
//! The basket before it is the edge's own.

mod exchanged;
mod fact;
mod papers;
mod printed;
mod promised;
mod receipt_number;
mod reductions;
mod remarks;
mod signing;
mod sold_to;
mod taken;
mod tender;

pub use exchanged::{Exchanged, PaidByCard, PaidByStored, PaidOnAccount};
pub use fact::{BasketVoided, SaleInvalid, SaleLine, SaleRecorded, VoidedLine};
pub use papers::{InvoiceIssued, InvoiceReprinted, PaperKind, PaperNumber};
pub use printed::{GiftReceiptPrinted, PrintSettled, ReceiptReprinted, Settlement};
pub use promised::PromisedSold;
pub use receipt_number::{ReceiptNumber, ReceiptNumberRefused};
pub use reductions::{ByHand, LinePricing, LineReduction, ReducedBy};
pub use remarks::{AgeAsked, ByDepartment, DEPARTMENT_PREFIX, LineRemarks, TracedAs};
pub use signing::{
    OutageReason, ReceiptUnsigned, SaleSignature, SaleSigned, SigningOutageBegan,
    SigningOutageEnded,
};
pub use sold_to::{Exempted, SoldTo};
pub use taken::{ForeignCash, OnAccount, VoucherTaken};
pub use tender::{CardGivenBack, CardPaid, CardSaid, CardSettled, Tender, TenderKind};
