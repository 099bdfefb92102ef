//! The language a store and its hub share: ids, money, facts, folds, documents, feeds and the sync
//! session.
//!
//! Everything here is pure. Time and randomness are arguments, storage and sockets belong to
//! `counterpart-daemon`, and no rule of a single daemon lives here. Start with [`facts`], then
//! [`documents`], then [`sync`].

pub mod barcode;
pub mod catalog;
pub mod codes;
pub mod condition;
pub mod documents;
pub mod enrolment;
pub mod exceptions;
pub mod facts;
pub mod hlc;
pub mod ids;
pub mod keyring;
pub mod money;
pub mod neighbours;
pub mod orders;
pub mod policies;
pub mod prices;
pub mod quantity;
pub mod reference;
pub mod rights;
pub mod sales;
pub mod shifts;
pub mod staff;
pub mod stock;
pub mod stores;
pub mod sync;
pub mod tax;
pub mod time;
