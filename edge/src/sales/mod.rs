//! Selling: scan, change, pay, receipt; the face of the store server.
//!
//! ```text
//! scan ─► line ──────────────► basket ── F9 ──► tender ── enough ──► sale (one fact) ─► receipt
//!   └───► waits for a person ───┘  ▲              │ back               change until the next scan
//!           settles it             └──────────────┘
//! ```
//! A card pays through the payments slice: its money is given for the basket when the terminal said
//! so, and completes the sale when it is enough.
//! The basket lives in the database, so a reload or a power cut loses nothing. A scan is a line or
//! waits on the screen; it is never dropped and never types into a field. A sale is one fact, with
//! its receipt number, its print job and its change in the same transaction. A business customer
//! gets an invoice afterwards, at the page of the past sale: a second press is a copy, never a new
//! number.

mod http;
mod pages;
mod receipt;
mod rules;
mod service;
mod store;

use counterpart_daemon::db::Migration;
use counterpart_daemon::replica::Projection;
use counterpart_protocol::entities::NumberPrefix;
use utoipa_axum::router::OpenApiRouter;

pub(crate) use pages::left_word;
pub(crate) use receipt::{Way, percent, print_rounding, print_tenders};
pub(crate) use service::{
    Buying, CustomerView, LineView, card_given_back, card_paid, cash_step, customer_view,
    go_on_exchanging, is_tendered, paid_with, print_receipt, receipt_of_code, show_sale,
};
pub use service::{
    SALES_TOPIC, SUSPENDED_TOPIC, SalesError, SuspendedView, in_work, keep_showing, keep_weighing,
    lost, resume, scanned, suspended, till_closed, topic,
};
pub use store::forget_work;
pub(crate) use store::{Sold, is_in_work, sale_of_receipt, sold, tally_day};

use crate::context::{Context, StoreProfile};

/// The tables of this slice.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 12,
        name: "sales",
        sql: include_str!("../../migrations/0012_sales.sql"),
    },
    Migration {
        version: 66,
        name: "invoices",
        sql: include_str!("../../migrations/0066_invoices.sql"),
    },
    Migration {
        version: 72,
        name: "sales_of_day",
        sql: include_str!("../../migrations/0072_sales_of_day.sql"),
    },
    Migration {
        version: 90,
        name: "prices_by_hand",
        sql: include_str!("../../migrations/0090_prices_by_hand.sql"),
    },
    Migration {
        version: 91,
        name: "suspended",
        sql: include_str!("../../migrations/0091_suspended.sql"),
    },
    Migration {
        version: 111,
        name: "card_tenders",
        sql: include_str!("../../migrations/0111_card_tenders.sql"),
    },
    Migration {
        version: 160,
        name: "other_tenders",
        sql: include_str!("../../migrations/0160_other_tenders.sql"),
    },
    Migration {
        version: 171,
        name: "line_remarks",
        sql: include_str!("../../migrations/0171_line_remarks.sql"),
    },
    Migration {
        version: 172,
        name: "gift_receipts",
        sql: include_str!("../../migrations/0172_gift_receipts.sql"),
    },
    Migration {
        version: 192,
        name: "stored_tenders",
        sql: include_str!("../../migrations/0192_stored_tenders.sql"),
    },
    Migration {
        version: 272,
        name: "sold_to",
        sql: include_str!("../../migrations/0272_sold_to.sql"),
    },
    Migration {
        version: 280,
        name: "coupons",
        sql: include_str!("../../migrations/0280_coupons.sql"),
    },
];

/// Returns what the numbers of the store's papers begin with.
#[must_use]
pub(crate) fn paper_prefix(profile: &StoreProfile) -> NumberPrefix {
    rules::prefix(&profile.store_id, &profile.details)
}

/// Returns the views of this slice.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![
        Box::new(store::SalesProjection),
        Box::new(store::PapersProjection),
        Box::new(store::AccountsProjection),
        Box::new(store::GiftsProjection),
    ]
}

/// Returns the routes of this slice.
pub fn router() -> OpenApiRouter<Context> {
    http::router()
}
