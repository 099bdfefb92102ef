//! What the stores sold, as their facts say: receipts, days, and the proof that none is missing.
//!
//! ```text
//! sale_recorded ──► sales, lines, tenders ──► receipts page
//!              ├──► sale_days ──────────────► today, per store
//!              └──► receipt_series ─────────► "receipts 1–n arrived, 0 missing"
//! receipt_reprinted ──► copies
//! receipt_unsigned, sale_signed ──► receipts without signature, per store
//! invoice_issued ──► issued_papers, paper_series ──► "invoices 1–n arrived, 0 missing"
//! ```
//!
//! Everything here is a fold; nothing is ever written but by facts.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::router;
pub use pages::{ReceiptsOf, receipt_rows};
pub use rules::{DaySum, Proof, prove};
pub use service::projections;
pub use store::{
    DayRow, InvoiceSeries, Receipt, ReceiptFilter, SeriesRow, days_between, invoice_series,
    receipts, series, unsigned,
};
pub(crate) use store::{receipt_of_sale, sale_of_receipt};
