//! Selling over HTTP: the API for programs, the register's forms, past sales and their invoices.

mod api;
mod cards;
mod coupons;
mod customers;
mod departments;
mod exchanges;
mod forms;
mod gift_cards;
mod invoices;
mod others;
mod past;
mod prices;
mod promised;
mod register;
mod remarks;
mod suspending;

use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_protocol::ids::RegisterId;
use utoipa_axum::router::OpenApiRouter;

use super::rules::{BasketRefused, DiscountRefused, PayRefused, SuspendRefused, TenderRefused};
use super::service::SalesError;
use crate::command::replica_problem;
use crate::context::Context;
use crate::payments::{CardRefused, PaymentsFailed};

/// Returns the routes of this slice.
pub(crate) fn router() -> OpenApiRouter<Context> {
    api::router()
        .merge(cards::router())
        .merge(coupons::router())
        .merge(customers::router())
        .merge(departments::router())
        .merge(exchanges::router())
        .merge(gift_cards::router())
        .merge(remarks::router())
        .merge(invoices::router())
        .merge(prices::router())
        .merge(promised::router())
        .merge(suspending::router())
        .merge(register::router().into())
        .merge(forms::router().into())
        .merge(others::router().into())
        .merge(past::router().into())
}

/// Answers 404 for a register the store does not have.
fn known(ctx: &Context, register: RegisterId) -> Result<(), Problem> {
    match ctx.register(register) {
        Some(_) => Ok(()),
        None => Err(Problem::not_found(format!(
            "this store has no register {register}"
        ))),
    }
}

impl ToProblem for BasketRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::NoSuchLine { .. } => "no_such_line",
            Self::LineVoided { .. } => "line_voided",
            Self::LineStands { .. } => "line_stands",
            Self::NotPositive => "quantity_not_positive",
            Self::NotWhole { .. } => "quantity_not_whole",
            Self::TooMany { .. } | Self::TooHeavy { .. } => "quantity_too_large",
            Self::TooManyLines => "too_many_lines",
            Self::Follows { .. } => "line_follows",
            Self::HasSerial { .. } => "line_has_serial",
            Self::IsMoney { .. } => "line_is_money",
            Self::TooMuch => "amount_too_large",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for PayRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Empty => "basket_empty",
            Self::Unsettled { .. } => "scans_unsettled",
            Self::NotWeighed { .. } => "not_weighed",
            Self::AgeUnconfirmed { .. } => "age_unconfirmed",
            Self::Untraced { .. } => "untraced",
            Self::PromisedUnapproved { .. } => "promised_unapproved",
            Self::NotPositive => "tender_not_positive",
            Self::TooManyTenders => "too_many_tenders",
            Self::StillDue { .. } => "still_due",
            Self::GivesBack { .. } => "gives_back",
            Self::GivenToo => "money_given",
            Self::GivingBack => "giving_back",
            Self::CardAboveDue { .. } => "card_above_due",
            Self::CardAboveTotal { .. } => "card_above_total",
            Self::CardPaid { .. } => "card_paid",
            Self::Card(refused) => return refused.to_problem(),
            Self::Unlikely { .. } => "tender_unlikely",
            Self::Tender(refused) => return refused.to_problem(),
            Self::Coupon(refused) => return refused.to_problem(),
            Self::Basket(refused) => return refused.to_problem(),
            Self::Discount(refused) => return refused.to_problem(),
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for TenderRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Offline(_) => "tender_not_taken",
            Self::Stored(refused) => return refused.to_problem(),
            Self::NumberUnfit => "voucher_unfit",
            Self::VoucherTwice(_) => "voucher_twice",
            Self::VoucherAboveTotal { .. } => "voucher_above_total",
            Self::NoRate(_) => "no_rate",
            Self::ForeignOutOfRange(_) => "foreign_out_of_range",
            Self::NoSuchAccount(_) => "no_such_account",
            Self::AccountAboveDue { .. } => "account_above_due",
            Self::AccountLimit { .. } => "account_limit",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for CardRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::NoTerminal => "no_terminal",
            Self::UnderWay => "card_under_way",
            Self::Unknown => "card_unknown",
            Self::NoSuchPayment(_) => return Problem::not_found(self.to_string()),
            Self::Known => "card_known",
            Self::NothingToGiveBack => "nothing_to_give_back",
            Self::OtherRegister(_) => "other_register",
            Self::NoTransaction => "no_transaction",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for PaymentsFailed {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Refused(refused) => refused.to_problem(),
            Self::NotApproved(failed) => failed.to_problem(),
            Self::Command(failed) => failed.to_problem(),
            Self::Replica(failed) => replica_problem(failed),
            Self::Db(failed) => failed.to_problem(),
            Self::Sale(failed) => failed.to_problem(),
            Self::Return(failed) => failed.to_problem(),
        }
    }
}

impl ToProblem for DiscountRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::UnknownReason(_) => "unknown_reason",
            Self::ReasonMissing => "reason_missing",
            Self::OutOfRange => "discount_out_of_range",
            Self::PriceOutOfRange { .. } => "price_out_of_range",
            Self::TooMany => "too_many_discounts",
            Self::NeedsManager { .. } => return Problem::forbidden(self.to_string()),
            Self::BeyondAll { .. } => "beyond_limits",
            Self::Outgrown { .. } => "discount_outgrown",
            Self::Basket(refused) => return refused.to_problem(),
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for SuspendRefused {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Empty => "basket_empty",
            Self::Unsettled => "scans_unsettled",
            Self::Tendered => "money_given",
            Self::Exchange => "exchange_here",
            Self::NameUnfit => "name_unfit",
            Self::Occupied => "register_occupied",
            Self::NoSuchBasket { .. } => return Problem::not_found(self.to_string()),
            Self::Taken { .. } => "already_recalled",
        };
        Problem::refused(code, self.to_string())
    }
}

impl ToProblem for SalesError {
    fn to_problem(&self) -> Problem {
        match self {
            Self::Basket(refused) => refused.to_problem(),
            Self::Pay(refused) => refused.to_problem(),
            Self::Discount(refused) => refused.to_problem(),
            Self::Department(refused) => refused.to_problem(),
            Self::Customer(refused) => refused.to_problem(),
            Self::Join(refused) => refused.to_problem(),
            Self::Coupon(refused) => refused.to_problem(),
            Self::Remark(refused) => refused.to_problem(),
            Self::Trace(refused) => refused.to_problem(),
            Self::Promised(refused) => refused.to_problem(),
            Self::GiftCard(refused) => refused.to_problem(),
            Self::Suspend(refused) => refused.to_problem(),
            Self::NotApproved(failed) => failed.to_problem(),
            Self::Invoice(refused) => refused.to_problem(),
            Self::Payments(failed) => failed.to_problem(),
            Self::Return(failed) => failed.to_problem(),
            Self::TillClosed => Problem::refused("till_closed", self.to_string()),
            Self::NoSuchScan(_) => Problem::refused("no_such_scan", self.to_string()),
            Self::NoSuchSale(_) => Problem::not_found(self.to_string()),
            Self::NothingToSettle(_) => Problem::refused("nothing_to_settle", self.to_string()),
            Self::Invalid(_) => Problem::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "bug")
                .detail(
                    "the sale did not add up and nothing was stored: take the items out and scan \
                 them again, and report the time of day to whoever looks after the program",
                ),
            Self::Command(failed) => failed.to_problem(),
            Self::Replica(failed) => replica_problem(failed),
            Self::Db(failed) => failed.to_problem(),
        }
    }
}
