//! The tables of the sales slice: what is in work, and the views made of facts.

mod accounts;
mod baskets;
mod day;
mod gifts;
mod papers;
mod prices;
mod screens;
mod sold;
mod suspended;

pub(crate) use accounts::{AccountsProjection, used_on_account};
pub use baskets::forget_work;
pub(crate) use baskets::{
    add_tender, basket, begun_at, clear_basket, clear_given, drop_card, has_coupons, is_in_work,
    put_basket, save_basket, sold_to, tenders,
};
pub(crate) use day::tally_day;
pub(crate) use gifts::{Projected as GiftsProjection, gift_receipts};
pub(crate) use papers::{Invoiced, Projected as PapersProjection, invoiced, next_paper};
pub(crate) use screens::{
    Phase, Screen, Sound, WaitingScan, drop_waiting, put_screen, put_waiting, screen, waiting,
    waiting_scan,
};
pub(crate) use sold::{
    Projected as SalesProjection, Sold, SoldLine, best_sellers, copies, latest, next_number,
    sale_of_receipt, sold,
};
pub(crate) use suspended::{
    Recalled, Suspended, count_suspended, put_suspended, suspended, suspended_by_number,
    take_suspended,
};
