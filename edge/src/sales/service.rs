//! What a register does: each command loads, decides, and writes facts, views and print jobs in one
//! transaction; open pages are woken after it.

mod ages;
mod asked;
mod cards;
mod cards_shown;
mod codes;
mod coupons;
mod customers;
mod departments;
mod exchanging;
mod facing;
mod favourites;
mod gift_cards;
mod gifts;
mod goods;
mod invoicing;
mod lines;
mod others;
mod paying;
mod phases;
mod prints;
mod promised;
mod remarking;
mod repricing;
mod scanning;
mod showing;
mod suspending;
mod taxing;
mod traced;
mod views;
mod waiting;
mod weighing;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{PrintJobId, RegisterId, SaleId};
use counterpart_protocol::pricing::Moment;
use counterpart_protocol::sales::SaleInvalid;
use jiff::Timestamp;

pub(crate) use ages::{AgeSeen, see_age};
pub(crate) use cards::{begin_card, card_given_back, card_paid, give_back, paid_with};
pub(crate) use cards_shown::{CardPayments, card_payments, to_settle};
pub(crate) use codes::{code_of, receipt_of_code};
pub(crate) use coupons::{CouponView, lay_coupon, take_coupon_out};
pub(crate) use customers::{Whom, exempt, sell_to};
pub(crate) use departments::{ByDepartmentWanted, sell_by_department};
pub(crate) use exchanging::{
    ExchangeDone, ExchangeView, finish_exchange, go_on_exchanging, is_tendered, receipt_scanned,
    show_sale,
};
pub(crate) use facing::{Buying, CustomerView, customer_view};
pub(crate) use favourites::favourites;
pub(crate) use gift_cards::{GiftCardWanted, sell_gift_card, stored_given};
pub(crate) use gifts::{GiftView, print_gift_receipt};
pub(crate) use invoicing::{InvoiceView, invoice_sale};
pub(crate) use lines::{LineChange, change_line, void_basket};
pub(crate) use others::{Other, cash_step, give_other};
pub(crate) use paying::{Given, PayView, give_cash, pay};
pub(crate) use phases::{back_to_sale, begin_tender, next_sale};
pub use phases::{in_work, till_closed};
pub(crate) use prints::{CopyView, SettledView, print_receipt, reprint, settle_print};
pub(crate) use promised::{LetGo, PromisedView, let_promised_go};
pub(crate) use remarking::remark;
pub(crate) use repricing::{Wanted, ask_discount, reprice, till_policy};
pub(crate) use scanning::{ScanTaken, Settle, scan, settle_scan};
pub use scanning::{lost, resume, scanned};
pub use showing::keep_showing;
pub use suspending::{SuspendedView, suspended};
pub(crate) use suspending::{recall, suspend};
pub(crate) use traced::trace;
pub(crate) use views::{
    BasketView, LineView, RegisterView, SaleView, basket, register_view, sale_view,
};
pub(crate) use waiting::WaitingView;
pub use weighing::keep_weighing;

use super::rules::{
    Basket, BasketRefused, CustomerRefused, DepartmentRefused, DiscountRefused, GiftCardRefused,
    InvoiceRefused, Offers, PayRefused, PromisedRefused, RemarkRefused, SuspendRefused,
    TraceRefused,
};
use super::store;
use crate::command::CommandFailed;
use crate::context::Context;
use crate::coupons::CouponRefused;
use crate::customers::JoinRefused;
use crate::payments::PaymentsFailed;
use crate::returns::{self, ReturnError};
use crate::signing::SigningFailed;
use crate::staff::ApprovalFailed;

/// The topic that is published when a sale was made or a receipt was copied.
pub const SALES_TOPIC: &str = "sales";

/// The topic that is published when a basket was suspended or recalled.
pub const SUSPENDED_TOPIC: &str = "suspended";

/// Returns the topic that is published when a register shows something else.
#[must_use]
pub fn topic(register: RegisterId) -> String {
    format!("register/{register}")
}

/// Why a command of a register was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum SalesError {
    /// The basket stays as it is.
    #[error(transparent)]
    Basket(#[from] BasketRefused),
    /// No money is taken.
    #[error(transparent)]
    Pay(#[from] PayRefused),
    /// The price stays as it is.
    #[error(transparent)]
    Discount(#[from] DiscountRefused),
    /// Nothing is sold by its department.
    #[error(transparent)]
    Department(#[from] DepartmentRefused),
    /// No money is put on a gift card.
    #[error(transparent)]
    GiftCard(#[from] GiftCardRefused),
    /// The basket is sold to whom it was.
    #[error(transparent)]
    Customer(#[from] CustomerRefused),
    /// A coupon is not taken.
    #[error(transparent)]
    Coupon(#[from] CouponRefused),
    /// Nobody joins.
    #[error(transparent)]
    Join(#[from] JoinRefused),
    /// Nothing is said of a line.
    #[error(transparent)]
    Remark(#[from] RemarkRefused),
    /// A line is of no number yet.
    #[error(transparent)]
    Trace(#[from] TraceRefused),
    /// What others may be promised stays here.
    #[error(transparent)]
    Promised(#[from] PromisedRefused),
    /// The basket is not suspended or recalled.
    #[error(transparent)]
    Suspend(#[from] SuspendRefused),
    /// The other half of an exchange is not taken back.
    #[error(transparent)]
    Return(Box<ReturnError>),
    /// Nobody approved it.
    #[error(transparent)]
    NotApproved(#[from] ApprovalFailed),
    /// No invoice is made out.
    #[error(transparent)]
    Invoice(#[from] InvoiceRefused),
    /// A payment terminal is not asked, or what became of it not kept.
    #[error(transparent)]
    Payments(Box<PaymentsFailed>),
    /// The till is not open.
    #[error("the till of this register is not open: open it with its float first")]
    TillClosed,
    /// There is no such scan any more.
    #[error("scan {0} does not wait any more: look at what is shown now")]
    NoSuchScan(i64),
    /// There is no such sale here.
    #[error("this store made no sale {0}")]
    NoSuchSale(SaleId),
    /// The print job needs nobody.
    #[error("print {0} does not wait for anybody: look at what is shown now")]
    NothingToSettle(PrintJobId),
    /// The sale does not add up, which means a fault of ours; nothing was stored.
    #[error("the sale did not add up")]
    Invalid(#[from] SaleInvalid),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// A fact could not be stated.
    #[error("could not state what happened at the register")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store the sale")]
    Db(#[from] DbError),
}

impl From<SigningFailed> for SalesError {
    fn from(failed: SigningFailed) -> Self {
        match failed {
            SigningFailed::Replica(failed) => Self::Replica(failed),
            SigningFailed::Db(failed) => Self::Db(failed),
        }
    }
}

impl From<ReturnError> for SalesError {
    fn from(failed: ReturnError) -> Self {
        match failed {
            ReturnError::Replica(failed) => Self::Replica(failed),
            ReturnError::Db(failed) => Self::Db(failed),
            other => Self::Return(Box::new(other)),
        }
    }
}

impl From<PaymentsFailed> for SalesError {
    fn from(failed: PaymentsFailed) -> Self {
        match failed {
            PaymentsFailed::Refused(refused) => PayRefused::from(refused).into(),
            PaymentsFailed::Db(failed) => Self::Db(failed),
            other => Self::Payments(Box::new(other)),
        }
    }
}

/// Wakes the open pages of a register once the transaction is durable.
fn wake(ctx: &Context, tx: &mut Tx, register: RegisterId) {
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(topic(register))));
}

/// Loads the basket of a register as it is priced.
fn loaded(ctx: &Context, tx: &mut Tx, register: RegisterId) -> Result<Option<Basket>, DbError> {
    let Some(mut basket) = store::basket(tx, register)? else {
        return Ok(None);
    };
    let begun_at_ms = store::begun_at(tx, register)?;
    let begun_at_ms = begun_at_ms.unwrap_or_else(|| ctx.now_ms());
    basket.offers = offers_at(ctx, begun_at_ms);
    basket.taxing = taxing::taxing_at(ctx, begun_at_ms);
    basket.exchange = returns::exchange_at(tx, register)?;
    basket.strict = promised::strict_goods(ctx, tx, &basket)?;
    coupons::with_known(ctx, tx, &mut basket)?;
    Ok(Some(basket))
}

/// Returns what is taken off a basket that was begun at `at_ms`, in milliseconds UTC.
fn offers_at(ctx: &Context, at_ms: i64) -> Offers {
    let stamp = Timestamp::from_millisecond(at_ms).unwrap_or(Timestamp::UNIX_EPOCH);
    let there = ctx.profile().time_zone.to_datetime(stamp);
    let weekday = there.weekday().to_monday_one_offset();
    let minute = i32::from(there.hour()) * 60 + i32::from(there.minute());
    Offers {
        promotions: ctx.promotions(),
        moment: Moment {
            at_ms,
            weekday: u8::try_from(weekday).expect("a weekday is 1 to 7"),
            minute_of_day: u16::try_from(minute).expect("a day has 1440 minutes"),
        },
    }
}
