//! The tables of the sales slice: what is in work, and the views made of facts.

mod baskets;
mod day;
mod papers;
mod screens;
mod sold;

pub use baskets::forget_work;
pub(crate) use baskets::{add_tender, basket, clear_basket, clear_tenders, save_basket, tenders};
pub(crate) use day::day_sums;
pub(crate) use papers::{Invoiced, Projected as PapersProjection, invoiced, next_paper};
pub(crate) use screens::{
    Phase, Screen, Sound, WaitingScan, drop_waiting, put_screen, put_waiting, screen, waiting,
    waiting_scan,
};
pub(crate) use sold::{
    Projected as SalesProjection, Sold, SoldLine, best_sellers, copies, latest, next_number, sold,
};
