//! Stories of a whole store server: real sockets, files, devices' twins and a real replica as hub.
//!
//! Each test builds its own world in a folder of its own; the clock moves only when told.

#![expect(
    clippy::unwrap_used,
    reason = "clippy lets tests unwrap, but not the functions that tests share"
)]

mod cash;
mod counter;
mod coupons;
mod customers;
mod facing;
mod factory;
mod hub;
mod invoices;
mod orders;

mod adjustments;
mod attached;
mod badges;
mod beside_basket;
mod cards;
mod counter_devices;
mod days;
mod devices;
mod discounts;
mod enrolling;
mod examining;
mod exceptions;
mod exchanges;
mod goods;
mod journal;
mod labels;
mod openapi;
mod openings;
mod paying;
mod permissions;
mod pickups;
mod prices_and_keys;
mod promised;
mod promotions;
mod provisional;
mod quarantine;
mod receipts;
mod reference;
mod reference_texts;
mod register_page;
mod rerouting;
mod restoring;
mod returns;
mod rights;
mod safe;
mod scanning;
mod selling;
mod set_up;
mod signing;
mod staff;
mod starting;
mod stored;
mod suspended;
mod sync;
mod tenders;
mod tills;
mod traced;
mod training;
mod transfers;
mod watching;
mod workflow_labels;
