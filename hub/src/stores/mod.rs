//! The stores: who they are, who works there, which edges serve them, how they stand.
//!
//! ```text
//! add a store ─► make a code (24 h, once) ─► edge enrols: number, certificate, who it is
//!            ├─► change who it is ─► published to the store, on its next receipt
//!            └─► add members ─► roster published to the store's edges
//! edge: enrolled ─► heard of ─► (blocked, and let in again)
//! ```
//!
//! The line to the edges themselves is `sync`'s; this decides who may use it.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{public_router, router};
pub use rules::{MemberDraft, StoreChange, StoreDraft, StoreRefused};
pub use service::{
    Brought, CodeMade, Joined, Newcomer, PinBrought, Site, StoreFailed, StoreName, StorePlace,
    StoreView, add, add_member, begin, bring_in, change, enrol, make_code, member_names, names,
    places, purge, sites, views,
};
pub use store::{MemberRow, StoreRow, currency};
