//! The console's frame and what every route of the hub shares: health, commands done once, problems
//! as pages.
//!
//! It knows no slice; `app.rs` puts their routers under it.

mod address;
mod audit;
mod command;
mod control;
mod csv_text;
mod form;
mod frame;
mod health;
mod machine;
mod throttle;

pub use address::{Served, escaped, with_query};
pub use audit::{Noted, remember_origin};
pub use command::{Asked, Done, done, once, request_of};
pub use control::{Control, Door, door};
pub use csv_text::{CsvText, attachment};
pub use form::CommandForm;
pub use frame::{Page, Screen, console_page, entry_page, live, moment, stat_age};
pub use health::router as health_router;
pub use machine::Machine;
pub use throttle::Throttle;
