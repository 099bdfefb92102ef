//! Customers: name and contact beside the facts, sealed, and erasable at any time; and those whom
//! tills know by a card, a group or a certificate.
//!
//! ```text
//! import ──┐
//! capture ─┼► record (sealed) ─► shown to whoever may change orders ─► erased: the pseudonym stays
//! console ─┤      │ asked for beside the book, by stores whose tills know them
//! till ────┘      ▼
//!          regular: card, group, exemption ─► the book, published whenever it is another one
//! ```
//!
//! Facts and the book hold the [`CustomerId`] alone, so erasing a record erases the person
//! everywhere. A customer whom tills know is a *regular* in code; screens say customer.
//!
//! [`CustomerId`]: counterpart_protocol::ids::CustomerId

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{edge_router, router};
pub use rules::{Customer, CustomerDraft, RegularDraft, Terms, Wrong, check, check_regular};
pub use service::{
    Bringing, Brought, CardKept, CustomerFailed, Known, RegularFailed, add_again, add_in, bring_in,
    find, known, known_groups, run_once,
};
