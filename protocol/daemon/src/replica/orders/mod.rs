//! Order documents: several writers, one document, the same feeds.
//!
//! A journal segment has one writer and is its writer's alone; an order is written by the hub and
//! by whichever stores have custody. So its changes stand in a table of their own, by the writer's
//! key; its heads are a set; and the hub forwards each change to the edges that read the order.
//! What a fact of an order means is for a fold over [`Replica::order_facts`] to say.
//!
//! [`Replica::order_facts`]: super::Replica::order_facts

mod facts;
mod hot;
mod intake;
mod rows;
mod write;

pub use counterpart_protocol::orders::OrderFact;
pub use facts::{fact, is_blocked, order_facts};

pub(super) use facts::{OrderRow, rows_of};
pub(super) use hot::{Damage, forget_documents, keep_damage};
pub(super) use rows::{concerned, order_documents, reopen};
