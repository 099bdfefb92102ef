//! What may be done to a basket, and when it may be paid: decisions from arguments alone.
//!
//! It reads no table and knows no screen; the basket it decides on was loaded by the service.

mod attached;
mod basket;
mod by_hand;
mod cash;
mod coupon;
mod customer;
mod department;
mod discount;
mod due;
mod figures;
mod gift_card;
mod invoice;
mod others;
mod pay;
mod promised;
mod refused;
mod remark;
mod scan;
mod suspend;
mod taxing;
#[cfg(test)]
mod tests;
mod traced;

pub(crate) use basket::{Basket, BasketLine, BasketRefused, Item, Step, Voided};
pub(crate) use by_hand::{Discount, Given, PriceReason, TypedPrice};
pub(crate) use cash::quick_amounts;
pub(crate) use coupon::BasketCoupon;
pub(crate) use customer::{CustomerRefused, Named};
pub(crate) use department::{ByHandOf, DepartmentRefused, Sold as DepartmentSold};
pub(crate) use discount::{Asking, DiscountRefused, Reprice};
pub(crate) use due::{Due, due};
pub(crate) use figures::{Figures, Offers};
pub(crate) use gift_card::{GiftCardRefused, Issuing, named as card_named};
pub(crate) use invoice::{
    Buyer, InvoiceRefused, Invoicing, Range, buyer, invoicing, prefix, seller_known,
};
pub(crate) use others::{TenderRefused, foreign, left_on, may_take, on_account, voucher};
pub(crate) use pay::{Confirmed, Paid, Settled, card_amount, even, pay};
pub(crate) use promised::{Letting, Promised, PromisedRefused, Strict};
pub(crate) use refused::PayRefused;
pub(crate) use remark::{Remark, RemarkRefused};
pub(crate) use scan::{Measured, Why, item_of, legible, measured, unread};
pub(crate) use suspend::{Beside, SuspendRefused, recall, suspend};
pub(crate) use taxing::Taxing;
pub(crate) use traced::TraceRefused;
