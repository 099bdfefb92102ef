//! The SQL of orders: views for lists, and beside them what channels were answered, where custody
//! stands in a feed, and why an order went where it went.

mod captured;
mod listed;
mod views;

pub(super) use captured::{
    Capture, Custody, Routing, add_capture, add_custody, add_routing, by_reference, capture,
    custody, forget_frames, routings,
};
pub(super) use listed::{
    Filter, Listed, ListedPart, due, listed, listed_parts, open_and_late, status_counts,
};
pub(super) use views::{VIEWS, custody_at, offered, put_order};
