//! How selling looks: the register with its phases, and past sales. Markup from views, no decision.

mod aside;
mod asking;
mod cards;
mod coupons;
mod customers;
mod desk;
mod discounts;
mod exchange;
mod find;
mod gift_cards;
mod invoices;
mod others;
mod past;
mod selling;
mod sums;
mod suspended;
mod tendering;

pub(crate) use aside::{department, remarks};
pub(crate) use cards::left_word;
pub(crate) use customers::customer;
pub(crate) use desk::{desk_region, live_regions, register};
pub(crate) use find::found_region;
pub(crate) use gift_cards::gift_card;
pub(crate) use past::{past_regions, past_sale, past_sales, sale_regions};
pub(crate) use suspended::{suspended, suspended_path, suspended_regions};
