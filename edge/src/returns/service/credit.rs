//! To what the money of a return goes back, and the credit it may become instead: a number on paper
//! that pays in any store.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::RegisterId;
use counterpart_protocol::money::Minor;
use counterpart_protocol::returns::InCash;
use counterpart_protocol::sales::{Tender, TenderKind};
use counterpart_protocol::stored::{StoredKind, StoredNumber, StoredPaid};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::context::Context;
use crate::returns::rules::ReturnRefused;
use crate::stored;

/// To what the money of a return goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RefundTo {
    /// To the tenders it was paid with, cards first.
    #[default]
    Original,
    /// All in cash, where a card cannot get it.
    Cash,
    /// To a new store credit, but what accounts, gift cards and credits paid goes back to them.
    Credit,
}

/// A credit that was given: its number, for its paper only, and what is on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewCredit {
    number: StoredNumber,
    amount_minor: Minor,
}

/// Says that what cards paid became credit.
pub(super) fn instead_of_cards(amount_minor: Minor) -> InCash {
    InCash {
        amount_minor,
        why: "store_credit".to_owned(),
    }
}

/// Returns the tenders of a return, its cash as a new credit where that is wanted, with that
/// credit.
///
/// # Errors
/// [`ReturnRefused::NoPrinter`].
pub(super) fn tenders(
    ctx: &Context,
    register: RegisterId,
    to: RefundTo,
    tenders: Vec<Tender>,
) -> Result<(Vec<Tender>, Option<NewCredit>), ReturnRefused> {
    let cash = Tender::sum_of(&tenders, TenderKind::Cash);
    match to {
        RefundTo::Credit if cash > Minor::ZERO => {}
        RefundTo::Original | RefundTo::Cash | RefundTo::Credit => return Ok((tenders, None)),
    }
    if !stored::prints(ctx, register) {
        return Err(ReturnRefused::NoPrinter);
    }
    let (_, random) = ctx.new_ulid();
    let number = StoredNumber::draw(StoredKind::StoreCredit, random);
    let given = StoredPaid {
        card: number.card(),
        hold: None,
        offline: None,
    };
    let others = tenders.into_iter();
    let mut tenders: Vec<Tender> = others.filter(|it| it.kind != TenderKind::Cash).collect();
    tenders.push(Tender::stored(cash, given));
    let amount_minor = cash;
    Ok((
        tenders,
        Some(NewCredit {
            number,
            amount_minor,
        }),
    ))
}

/// Prints the paper of a credit that was given.
pub(super) fn print(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    given: Option<NewCredit>,
) -> Result<(), DbError> {
    match given {
        Some(NewCredit {
            number,
            amount_minor,
        }) => stored::print_slip(ctx, tx, register, &number, amount_minor),
        None => Ok(()),
    }
}
