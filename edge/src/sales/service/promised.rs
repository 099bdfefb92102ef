//! Goods whose class is strict: what the store may sell of them by itself, and a manager's word
//! that more goes all the same.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::ids::{Sku, StaffId};
use counterpart_protocol::policies::{Operation, WalkIn};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::staff::Member;
use serde::Serialize;
use utoipa::ToSchema;

use super::cards::none_asked;
use super::paying::{complete, ready};
use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::sales::rules::{self, Basket, Confirmed, Letting, PayRefused, Promised, Strict};
use crate::sales::store::{self, Phase, Sold};
use crate::staff::{self, ApprovalFailed, Limits, Person};
use crate::{reference, rights, shifts};

/// A manager's word that promised goods go.
#[derive(Debug, Clone)]
pub(crate) struct LetGo {
    /// How much there was to approve when they looked, where somebody says.
    pub seen_milli: Option<Milli>,
    /// The PIN a manager typed, if one did.
    pub approval_pin: Option<String>,
}

/// Goods of a basket of which more is in it than the store may sell by itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct PromisedView {
    /// What.
    pub sku: Sku,
    /// Its name.
    pub description: String,
    /// How much of it is in the basket.
    pub wanted_milli: Milli,
    /// What the record says is on hand.
    pub on_hand_milli: Milli,
    /// What of that the store may sell by itself: the rest may be promised to customers.
    pub own_milli: Milli,
    /// How much is more than that.
    pub over_milli: Milli,
    /// Whether a manager approved it; else it bars payment.
    pub is_approved: bool,
}

impl PromisedView {
    /// Returns the goods of a basket as they are shown.
    pub(super) fn of(basket: &Basket) -> Vec<Self> {
        let promised = basket.promised().into_iter();
        promised.map(Self::from).collect()
    }
}

impl From<Promised> for PromisedView {
    fn from(promised: Promised) -> Self {
        Self {
            wanted_milli: promised.wanted_milli,
            over_milli: promised.over_milli(),
            is_approved: promised.is_approved(),
            sku: promised.goods.sku,
            description: promised.description,
            on_hand_milli: promised.goods.on_hand_milli,
            own_milli: promised.goods.own_milli,
        }
    }
}

/// Returns what the store has of the goods in a basket whose class is strict.
///
/// # Errors
///
/// Those of the database.
pub(super) fn strict_goods(
    ctx: &Context,
    tx: &mut Tx,
    basket: &Basket,
) -> Result<Vec<Strict>, DbError> {
    let policies = reference::policies(tx)?;
    let mut found: Vec<Strict> = Vec::new();
    for line in basket.standing_lines() {
        let item = &line.item;
        let class = policies.class_of(&item.sku, &item.department);
        let is_strict = match class.walk_in {
            WalkIn::Strict => item.sku.is_goods(),
            WalkIn::WalkInFirst => false,
        };
        if !is_strict || found.iter().any(|it| it.sku == item.sku) {
            continue;
        }
        let shelf = rights::shelf_under(ctx, tx, &policies, &item.sku)?;
        found.push(Strict {
            sku: item.sku.clone(),
            on_hand_milli: shelf.on_hand,
            own_milli: shelf.may_promise(),
        });
    }
    Ok(found)
}

/// Lets the promised goods in the basket at the person's register go.
///
/// # Errors
///
/// [`SalesError::Promised`] says why not, or that a manager's PIN is needed; [`SalesError::Pay`]
/// when the basket is empty; [`SalesError::NotApproved`]; the failures.
pub(crate) async fn let_promised_go(
    ctx: &Context,
    person: &Person,
    wanted: LetGo,
    command: Command,
) -> Result<(), SalesError> {
    let approved_by = approval(ctx, person, &wanted).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let register = person.register;
            let before = loaded(&context, tx, register)?.ok_or(PayRefused::Empty)?;
            let mut after = before.clone();
            after.let_promised_go(Letting {
                by: person.staff_id,
                may: person.may(Operation::LetPromisedGo),
                approved_by,
                seen_milli: wanted.seen_milli,
            })?;
            store::save_basket(tx, register, Some(&before), &after, context.now_ms())?;
            finish_paid(&context, tx, &person)?;
            wake(&context, tx, register);
            tracing::info!(
                register.id = register.0,
                sale.id = %after.sale_id,
                approved = approved_by.is_some(),
                "promised goods may go to a walk-in"
            );
            Ok::<_, SalesError>(())
        })
    };
    ctx.db().write(work).await
}

/// Completes the sale when all of it is paid already: a terminal was asked before the numbers
/// changed, and its customer waits.
fn finish_paid(ctx: &Context, tx: &mut Tx, person: &Person) -> Result<(), SalesError> {
    let register = person.register;
    let given = store::tenders(tx, register)?;
    let is_taking = store::screen(tx, register)?.phase == Phase::Tendering && !given.is_empty();
    if !is_taking || shifts::open_shift(tx, register)?.is_none() {
        return Ok(());
    }
    match none_asked(tx, register) {
        Ok(()) => {}
        // What the terminal answers completes it.
        Err(SalesError::Pay(_)) => return Ok(()),
        Err(failed) => return Err(failed),
    }
    let (basket, settled) = ready(ctx, tx, register)?;
    if let Ok(paid) = rules::pay(basket, given, settled, Confirmed::Yes) {
        complete(ctx, tx, person, paid)?;
    }
    Ok(())
}

/// Returns who approves, if somebody has to and typed a PIN.
async fn approval(
    ctx: &Context,
    person: &Person,
    wanted: &LetGo,
) -> Result<Option<StaffId>, SalesError> {
    let register = person.register;
    let context = ctx.clone();
    let waits = ctx.db().read(move |tx| {
        let basket = loaded(&context, tx, register)?;
        Ok::<_, DbError>(basket.is_some_and(|it| it.promised_to_approve().is_some()))
    });
    if !waits.await? {
        return Ok(None);
    }
    let asked = (Operation::LetPromisedGo, Limits::Within);
    match staff::permit_with(ctx, person, asked, wanted.approval_pin.clone()).await {
        // The rule says so, with what it is about.
        Err(ApprovalFailed::NeedsManager) => Ok(None),
        permitted => Ok(permitted?),
    }
}

/// Returns the people of the store, if a sale took promised goods, to say who let them go.
///
/// # Errors
///
/// Those of the database.
pub(super) fn approvers(tx: &mut Tx, sold: &Sold) -> Result<Vec<Member>, DbError> {
    match sold.sale.lines.iter().any(|it| it.promised().is_some()) {
        true => reference::members(tx),
        false => Ok(Vec::new()),
    }
}
