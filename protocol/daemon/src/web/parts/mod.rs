//! The parts pages are put together from: pure functions and small builders that become markup.
//!
//! A part knows how a thing looks and how it is read aloud; it knows no sale, no order and no
//! database. Builders implement [`maud::Render`], so they stand in markup like any value:
//! `html! { (Button::submit("Pay").primary().key("F9")) }`.

mod badge;
mod button;
mod chart;
mod check;
mod count;
mod dialog;
mod empty;
mod field;
mod icon;
mod keypad;
mod pager;
mod paper;
mod problem;
mod qr;
mod stat;
mod table;

pub(in crate::web) use badge::badge_shape;
pub use badge::{Tone, badge};
pub use button::{Button, Emphasis};
pub use chart::{Bars, LineChart, Series, sparkline};
pub use check::{Tick, ticks};
pub use count::{CountRow, count_grid};
pub use dialog::{Dialog, Opened};
pub use empty::{Empty, new_rows};
pub use field::{Choice, Field, command_id};
pub use icon::{Icon, icon};
pub(in crate::web) use keypad::touch_pad;
pub use keypad::{numpad, pin_pad};
pub use pager::{FilterTab, Pager, filter_tabs};
pub use paper::{paper, paper_text};
pub use problem::{FieldProblem, ProblemView};
pub use qr::{QrRefused, qr};
pub use stat::Stat;
pub use table::{Align, Column, Row, Table};

#[cfg(test)]
mod tests;
