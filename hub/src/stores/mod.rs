//! The stores: who they are, who works there, which edges serve them, how they stand.
//!
//! ```text
//! add a store ─► make a code (24 h, once) ─► edge enrols: number, certificate, who it is
//!            ├─► change who it is ─► published to the store, on its next receipt
//!            └─► add members ─► roster published to the store's edges
//! edge: enrolled ─► heard of ─► (blocked, and let in again)
//! company: its record ─► published to each of its stores, on their next papers
//! ```
//!
//! The line to the edges themselves is `sync`'s; this decides who may use it.

mod http;
mod pages;
mod rules;
mod service;
mod store;

pub use http::{public_router, router};
pub use rules::{
    Entity, EntityDraft, EntityWords, MemberDraft, StoreChange, StoreDraft, StoreRefused,
};
#[cfg(test)]
pub(crate) use service::adopt_companies;
pub use service::{
    Brought, CodeMade, Joined, Newcomer, PinBrought, StoreFailed, StoreName, StorePlace, StoreView,
    add, add_entity, add_member, begin, bring_in, change, enrol, make_code, member_names, names,
    places, purge, views,
};
pub use store::{MemberRow, StoreRow, currency, with_lone_manager};
