//! Models of the protocol, gone through whole: every interleaving up to a bound.
//!
//! The rules are the product's own; what is modelled around them is people, disks and lines. Each
//! model is also run with one rule made wrong at a time and must then fail, or it proves nothing.

#![expect(
    clippy::unwrap_used,
    reason = "clippy lets tests unwrap, but not the functions that tests share"
)]
#![expect(
    clippy::print_stdout,
    reason = "a model says how much of it was gone through"
)]

mod cursors_wire;
mod custody_facts;
mod explore;
mod golden_facts;
mod golden_later;
mod golden_money;
mod golden_orders;
mod rights_facts;

mod cursors;
mod custody;
mod golden;
mod golden_badges;
mod golden_basket;
mod golden_cards;
mod golden_coupons;
mod golden_customers;
mod golden_exchange;
mod golden_permissions;
mod golden_promised;
mod golden_refunds;
mod golden_stored;
mod golden_taxes;
mod golden_terminals;
mod provisional_refunds;
mod refund_rights;
mod rights;
mod short;
