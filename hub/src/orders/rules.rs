//! Decides what is captured, what is still to do about an order, and what may be done with it now.

mod allowed;
mod checking;
mod draft;
mod promise;
mod telling;
mod todo;

pub(super) use allowed::{Allowed, CancelBarred, RerouteBarred, allowed};
pub(super) use checking::check;
pub use draft::OrderDraft;
pub(super) use draft::{Checked, Content, DeliveryDraft, KnownProduct, OrderRefused, Terms};
pub(super) use promise::promise_at_ms;
pub(super) use telling::{Told, cancel_words, telling};
pub(super) use todo::{Todo, failed, todo, unrouted};
