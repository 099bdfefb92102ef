//! Why nothing came back.

use counterpart_daemon::db::DbError;
use counterpart_daemon::replica::ReplicaFailed;
use counterpart_protocol::ids::{ReturnId, SaleId};
use counterpart_protocol::returns::ReturnInvalid;
use counterpart_protocol::sales::ReceiptNumber;

use crate::command::CommandFailed;
use crate::context::OtherGround;
use crate::payments::PaymentsFailed;
use crate::returns::rules::ReturnRefused;
use crate::staff::ApprovalFailed;

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum ReturnError {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] ReturnRefused),
    /// Nobody approved it.
    #[error(transparent)]
    NotApproved(#[from] ApprovalFailed),
    /// A payment terminal is not asked, or what became of it not kept.
    #[error(transparent)]
    Payments(Box<PaymentsFailed>),
    /// The till is not open.
    #[error("the till of this register is not open: open it with its float first")]
    TillClosed,
    /// There is no such sale here.
    #[error("this store made no sale {0}: look at the receipt, another store may have")]
    NoSuchSale(SaleId),
    /// There is no such receipt here.
    #[error("this store printed no receipt {0}: look at it again, another store may have")]
    NoSuchReceipt(ReceiptNumber),
    /// It was printed in training, or in the shop while this is training.
    #[error(transparent)]
    OtherGround(#[from] OtherGround),
    /// The text is no number of a receipt.
    #[error("'{0}' is no number of a receipt: type it as it is printed, such as 1-1-000042")]
    NotANumber(String),
    /// There is no such return here.
    #[error("this store took nothing back as {0}")]
    NoSuchReturn(ReturnId),
    /// The return does not add up, which means a fault of ours; nothing was stored.
    #[error("the return did not add up")]
    Invalid(#[from] ReturnInvalid),
    /// The command was not looked at.
    #[error(transparent)]
    Command(#[from] CommandFailed),
    /// A fact could not be stated.
    #[error("could not state what came back")]
    Replica(#[from] ReplicaFailed),
    /// The database failed.
    #[error("could not read or store the return")]
    Db(#[from] DbError),
}

impl From<PaymentsFailed> for ReturnError {
    fn from(failed: PaymentsFailed) -> Self {
        match failed {
            PaymentsFailed::Db(failed) => Self::Db(failed),
            other => Self::Payments(Box::new(other)),
        }
    }
}
