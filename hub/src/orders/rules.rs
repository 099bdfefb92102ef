//! Decides what is captured, what is still to do about an order, and what may be done with it now.

mod allowed;
mod checking;
mod draft;
mod promise;
mod telling;
mod todo;

pub(super) use allowed::{Allowed, CancelBarred, RerouteBarred, allowed};
pub(super) use checking::check;
pub(super) use draft::{Checked, Content, KnownProduct, OrderRefused, Terms};
pub use draft::{DeliveryDraft, LineDraft, OrderDraft};
pub(super) use promise::promise_at_ms;
pub(super) use telling::{Told, cancel_words, telling};
pub(super) use todo::{Todo, failed, todo, unrouted};
