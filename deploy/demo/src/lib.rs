//! A hub and a store with virtual hardware on one machine, as a library for the demo and for tests.
//!
//! It holds no product logic: everything it shows is done by the real daemons over real sockets.

pub mod catalog;
pub mod line;
pub mod picture;
