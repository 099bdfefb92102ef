//! The harness: what a journey needs to run a shop and its hub, to disturb them, and to know what
//! must be true afterwards. `DESIGN.md` beside this folder says how the parts fit.
//!
//! It holds no assertion about the product except the oracle's; those stand in `it/`.

mod answers;
pub mod aside;
pub mod books;
pub mod branch;
pub mod browser;
pub mod caller;
pub mod chance;
pub mod config;
pub mod console;
pub mod day;
pub mod engine;
pub mod fleet;
pub mod fuzz;
pub mod goods;
pub mod installation;
pub mod measure;
pub mod oracle;
pub mod orders;
pub mod process;
pub mod replicated;
pub mod samples;
pub mod shop;
pub mod sim;
pub mod trade;
pub mod wait;
pub mod whole;
pub mod world;
pub mod yard;
