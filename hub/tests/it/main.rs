//! The hub over HTTP, with real edge replicas as its peers: real sockets, files and certificates.

#![expect(
    clippy::unwrap_used,
    reason = "the functions that tests share are tests too, and clippy.toml frees only the tests"
)]

mod access;
mod audit;
mod availability;
mod badges;
mod cancelling;
mod catalog;
mod commands;
mod companies;
mod console;
mod coupons;
mod customers;
mod days;
mod editing;
mod enrolment;
mod exceptions;
mod exchange;
mod facts;
mod generations;
mod groups;
mod imports;
mod invoices;
mod jurisdictions;
mod keys;
mod names;
mod newcomers;
mod notices;
mod open_orders;
mod openapi;
mod orders;
mod pages;
mod peer;
mod permissions;
mod policies;
mod promises;
mod promotions;
mod proof;
mod quarantine;
mod recovery;
mod reference;
mod returned;
mod shop;
mod stored;
mod tills;
mod unlisted;
mod views;
mod wake;
mod watching;
mod world;
