//! Refunding another store's sale from what the signed code on its receipt proves, while nobody who
//! has the right can be asked.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::codes::{KeyId, SignedCode};
use counterpart_protocol::ids::{EdgeNumber, SaleId, Sku, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::policies::ProvisionalPolicy;
use counterpart_protocol::returns::{Provisional, WhyProvisional};
use counterpart_protocol::sales::{ReceiptNumber, SaleRecorded, Tender};

use super::finding::lines_left;
use super::{How, LineLeft, RefundTo, ReturnError, ReturnView, credit, exchanging, record};
use crate::command::Command;
use crate::context::Context;
use crate::reference::{self, CodeUnfit};
use crate::returns::rules::{self, Brought, ProvisionalRefused, Refund, ReturnRefused, Trying};
use crate::returns::store::{self, Answer};
use crate::sales::Sold;
use crate::shifts;
use crate::staff::{self, Limits, Person};
use crate::sync::Standing;

const DAY_MS: i64 = 86_400_000;

/// The code of a receipt that is believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadCode {
    /// What it says.
    pub code: SignedCode,
    /// Who vouches for it.
    pub key_id: KeyId,
    /// Of which sale.
    pub sale_id: SaleId,
    /// Of which receipt.
    pub receipt: ReceiptNumber,
}

/// What a code proves of a sale of another store, and what of it may come back here.
#[derive(Debug, Clone)]
pub(crate) struct Proven {
    /// The code.
    pub read: ReadCode,
    /// What people call the store that sold it.
    pub store_name: String,
    /// Its lines; none where the code says only the total.
    pub lines: Vec<LineLeft>,
    /// Why it may be refunded without the right, or why not.
    pub may: Result<WhyProvisional, ProvisionalRefused>,
    /// What the policy allows.
    pub policy: ProvisionalPolicy,
}

/// What somebody brings back of a sale of another store.
#[derive(Debug, Clone)]
pub(crate) struct BringingProven {
    /// The code; one that was scanned before is known by its sale.
    pub of: CodeOf,
    /// What of it.
    pub brought: Vec<Brought>,
    /// To what the money goes back.
    pub to: RefundTo,
    /// The PIN a manager typed, if one did.
    pub approval_pin: Option<String>,
}

/// Where a code is found.
#[derive(Debug, Clone)]
pub(crate) enum CodeOf {
    /// It is here.
    Text(String),
    /// It was scanned before, of this sale.
    Scanned(SaleId),
}

/// Reads the code of a receipt.
///
/// # Errors
///
/// [`ProvisionalRefused`], by what is wrong with it; those of the database.
pub(crate) fn read_code(ctx: &Context, tx: &mut Tx, text: &str) -> Result<ReadCode, ReturnError> {
    let refused = |refused: ProvisionalRefused| ReturnError::from(ReturnRefused::from(refused));
    let read = reference::read_code(ctx, tx, text.trim())?;
    let (code, key_id) = read.map_err(|unfit| {
        refused(match unfit {
            CodeUnfit::Code(why) => ProvisionalRefused::Code(why),
            CodeUnfit::Key(why) => ProvisionalRefused::Key(why),
        })
    })?;
    let (sale_id, receipt) = rules::sale_of(&code).map_err(refused)?;
    Ok(ReadCode {
        code,
        key_id,
        sale_id,
        receipt,
    })
}

fn load(ctx: &Context, tx: &mut Tx, of: &CodeOf) -> Result<ReadCode, ReturnError> {
    let text = match of {
        CodeOf::Text(text) => Some(text.clone()),
        CodeOf::Scanned(sale_id) => store::code_of(tx, *sale_id)?,
    };
    let text = text.ok_or(ReturnRefused::from(ProvisionalRefused::NotScanned))?;
    read_code(ctx, tx, &text)
}

/// Returns what a code proves, and whether its goods may be refunded without the right now.
///
/// # Errors
///
/// Those of [`read_code`]; those of the database.
pub(crate) fn prove(ctx: &Context, tx: &mut Tx, of: &CodeOf) -> Result<Proven, ReturnError> {
    let read = load(ctx, tx, of)?;
    let policy = reference::policies(tx)?.provisional;
    let proven = sale_proven(tx, &read.code)?;
    let before = store::before(tx, read.sale_id)?;
    let lines = match &proven {
        Ok(sale) => lines_left(sale, &before),
        Err(_) => Vec::new(),
    };
    let may = match proven {
        Ok(_) => may_now(ctx, tx, &read, &policy)?,
        Err(refused) => Err(refused),
    };
    let nearby = reference::stores_nearby(tx)?;
    let named = nearby.into_iter().find(|(id, _)| *id == read.code.store);
    Ok(Proven {
        store_name: named.map_or_else(|| read.code.store.to_string(), |(_, name)| name),
        read,
        lines,
        may,
        policy,
    })
}

fn sale_proven(
    tx: &mut Tx,
    code: &SignedCode,
) -> Result<Result<SaleRecorded, ProvisionalRefused>, DbError> {
    let mut names = Vec::new();
    for sold in code.lines.iter().filter_map(|line| line.sold.as_ref()) {
        let product = reference::find_by_sku(tx, &sold.sku)?;
        names.extend(product.map(|product| (sold.sku.clone(), product.name)));
    }
    // What this store does not sell has no name here.
    let name = |sku: &Sku| {
        let found = names.iter().find(|(known, _)| known == sku);
        found.map_or_else(|| sku.to_string(), |(_, name)| name.clone())
    };
    Ok(rules::proven(code, name))
}

/// Says why its right is not waited for now.
fn may_now(
    ctx: &Context,
    tx: &mut Tx,
    read: &ReadCode,
    policy: &ProvisionalPolicy,
) -> Result<Result<WhyProvisional, ProvisionalRefused>, DbError> {
    if ctx.training().is_some() {
        return Ok(Err(ProvisionalRefused::Training));
    }
    let right = store::right_of(tx, read.sale_id)?;
    if read.code.store == ctx.profile().store_id || right.is_some_and(|right| right.is_here) {
        return Ok(Err(ProvisionalRefused::HeldHere));
    }
    let reach = match ctx.link().state().standing {
        Standing::Connected => {
            let ask = store::last_ask(tx, &read.code.store, read.receipt)?;
            let asked = ask.map_or(rules::Asked::No, |ask| match ask.answer {
                Answer::NotYet => rules::Asked::Waits(ctx.now_ms().saturating_sub(ask.asked_at_ms)),
                Answer::Refused(why) => rules::Asked::Refused(why),
                // It was here and went on to another store since.
                Answer::Granted(_) => rules::Asked::No,
            });
            rules::Reach::HubThere(asked)
        }
        Standing::Starting | Standing::Alone | Standing::Stopped | Standing::Apart => {
            let contact_at_ms = ctx.replica().up_state(tx, EdgeNumber::HUB)?.contact_at_ms;
            // A clock set back says that the hub was just heard of.
            rules::Reach::HubAway(contact_at_ms.map(|at_ms| (ctx.now_ms() - at_ms).max(0)))
        }
    };
    Ok(rules::why_not_waited(reach, policy))
}

/// Returns what went back of a sale without the right at this store.
fn given_before(tx: &mut Tx, sale_id: SaleId) -> Result<Minor, DbError> {
    let own = store::of_sale(tx, sale_id)?;
    let given = own.iter().filter(|it| it.recorded.provisional.is_some());
    let sum = given
        .map(|it| it.recorded.total_minor.0)
        .fold(0, i64::saturating_add);
    Ok(Minor(sum))
}

/// Returns what goes back for what is brought, without taking anything back.
///
/// # Errors
///
/// As the refund itself would be refused.
pub(crate) fn counted_proven(
    ctx: &Context,
    tx: &mut Tx,
    (of, brought): (&CodeOf, &[Brought]),
) -> Result<(ReadCode, SaleRecorded, Refund), ReturnError> {
    let read = load(ctx, tx, of)?;
    let sale = sale_proven(tx, &read.code)?.map_err(ReturnRefused::from)?;
    let (paid, here) = (sale.currency, ctx.profile().currency);
    if paid != here {
        return Err(ReturnRefused::OtherCurrency { paid, here }.into());
    }
    let before = store::before(tx, read.sale_id)?;
    let refund = rules::refund(&sale, &before, brought)?;
    Ok((read, sale, refund))
}

/// Refunds goods of another store's sale without the right to, from its till.
///
/// # Errors
///
/// [`ReturnError`] says why not, or that a manager's PIN is needed.
pub(crate) async fn refund_provisionally(
    ctx: &Context,
    person: &Person,
    bringing: BringingProven,
    command: Command,
) -> Result<ReturnView, ReturnError> {
    let approved_by = approval(ctx, person, &bringing).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            refund_now(&context, tx, &person, &bringing, approved_by)
        })
    };
    ctx.db().write(work).await
}

/// Returns who approves, if somebody has to and typed a PIN.
async fn approval(
    ctx: &Context,
    person: &Person,
    bringing: &BringingProven,
) -> Result<Option<StaffId>, ReturnError> {
    let pin = staff::shown(ctx, person, bringing.approval_pin.clone());
    let mut limits = Limits::Within;
    if pin.is_some() {
        let (context, trying, what) = (ctx.clone(), person.clone(), bringing.clone());
        let tried = ctx.db().read(move |tx| {
            let (read, _, refund) = counted_proven(&context, tx, (&what.of, &what.brought))?;
            let may = check(&context, tx, &trying, (&read, &refund, what.to), false)?;
            Ok::<_, ReturnError>(may)
        });
        // What is wrong with it is said by the command, which looks again.
        if let Ok(Err(
            ReturnRefused::NeedsManager { .. }
            | ReturnRefused::Provisional(ProvisionalRefused::NeedsManager),
        )) = tried.await
        {
            limits = Limits::Beyond;
        }
    }
    let asked = (Operation::RefundProvisionally, limits);
    Ok(staff::permit_with(ctx, person, asked, pin).await?)
}

/// Decides whether so much goes back, by this store's limits and by those of refunds without the
/// right.
fn check(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    (read, refund, to): (&ReadCode, &Refund, RefundTo),
    is_approved: bool,
) -> Result<Result<(), ReturnRefused>, ReturnError> {
    let policy = reference::policies(tx)?.provisional;
    let trying = Trying {
        role: person.role,
        is_approved,
        total_minor: refund.total_minor,
        before_minor: given_before(tx, read.sale_id)?,
        to: match to {
            RefundTo::Original | RefundTo::Cash => "cash",
            RefundTo::Credit => "store_credit",
        },
        sold_on: read.code.date,
        today: ctx.business_date(),
        currency: read.code.currency,
    };
    if let Err(refused) = rules::may_provisionally(&policy, trying) {
        return Ok(Err(refused.into()));
    }
    let alone = super::may_alone(ctx, tx, person, refund)?;
    Ok(if is_approved { Ok(()) } else { alone })
}

fn refund_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    bringing: &BringingProven,
    approved_by: Option<StaffId>,
) -> Result<ReturnView, ReturnError> {
    let register = person.register;
    shifts::open_shift(tx, register)?.ok_or(ReturnError::TillClosed)?;
    let (read, sale, refund) = counted_proven(ctx, tx, (&bringing.of, &bringing.brought))?;
    let policy = reference::policies(tx)?.provisional;
    let why = may_now(ctx, tx, &read, &policy)?.map_err(ReturnRefused::from)?;
    let what = (&read, &refund, bringing.to);
    check(ctx, tx, person, what, approved_by.is_some())??;
    exchanging::free(tx, read.sale_id)?;
    let cash = vec![Tender::cash(refund.total_minor)];
    let (tenders, given) = credit::tenders(ctx, register, bringing.to, cash)?;
    let sold = Sold {
        back: None,
        staff: None,
        business_date: read.code.date,
        sold_at_ms: i64::from(read.code.date.days()) * DAY_MS,
        sale,
    };
    let how = How {
        approved_by,
        tenders,
        instead: None,
        provisional: Some(Provisional {
            sold_by: read.code.store.clone(),
            sold_on: read.code.date,
            key_id: read.key_id,
            why,
        }),
    };
    let recorded = record(ctx, tx, person, (&sold, refund), how)?;
    credit::print(ctx, tx, register, given)?;
    tracing::info!(
        sale.id = %read.sale_id,
        sold_by = %read.code.store,
        why = why.word(),
        "refunded another store's sale without the right to"
    );
    Ok(recorded)
}
