//! The drivers against the virtual twins, over real sockets and terminals.
//!
//! Nothing sleeps: a test waits for what it expects, with a deadline.

#![expect(
    clippy::unwrap_used,
    reason = "the helpers of a test are tests too, and clippy.toml frees only the tests"
)]

mod displays;
mod drawers;
mod faults;
mod key_scanners;
mod labels;
mod languages;
mod ports;
mod printers;
mod samples;
mod scales;
mod scanners;
mod signers;
mod strangers;
mod terminals;
mod usb;
mod world;
