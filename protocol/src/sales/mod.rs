//! Sales as facts: what was sold, for how much, paid how, and which invoice was made out for it.
//! The basket before it is the edge's own.

mod fact;
mod papers;
mod signing;

pub use fact::{
    BasketVoided, PrintSettled, ReceiptNumber, ReceiptReprinted, SaleInvalid, SaleLine,
    SaleRecorded, Settlement, Tender, TenderKind, VoidedLine,
};
pub use papers::{InvoiceIssued, InvoiceReprinted, PaperKind, PaperNumber};
pub use signing::{
    OutageReason, ReceiptUnsigned, SaleSignature, SaleSigned, SigningOutageBegan,
    SigningOutageEnded,
};
