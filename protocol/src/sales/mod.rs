//! Sales as facts: what was sold, for how much, paid how. The basket before it is the edge's own.

mod fact;
mod signing;

pub use fact::{
    BasketVoided, PrintSettled, ReceiptNumber, ReceiptReprinted, SaleInvalid, SaleLine,
    SaleRecorded, Settlement, Tender, TenderKind, VoidedLine,
};
pub use signing::{
    OutageReason, ReceiptUnsigned, SaleSignature, SaleSigned, SigningOutageBegan,
    SigningOutageEnded,
};
