//! Gift cards at the register: money put on them as a line of a sale, their numbers and papers when
//! it is paid, and the hub's answer about those that pay.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::IdempotencyKey;
use counterpart_protocol::barcode;
use counterpart_protocol::ids::{CommandId, HoldId, RegisterId, SaleId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::policies::Operation;
use counterpart_protocol::sales::SaleRecorded;
use counterpart_protocol::stored::{StoredCard, StoredKind, StoredNumber};

use super::others::{Other, StoredGiven, cash_step, give_other};
use super::paying::{Given, ready};
use super::scanning::{ScanTaken, keep, selling};
use super::{SalesError, loaded, till_policy, wake};
use crate::command::{Command, register_principal};
use crate::context::Context;
use crate::sales::rules::{self, Basket, Confirmed, GiftCardRefused, Issuing, Why};
use crate::sales::store::{self, Phase, Screen, Sound};
use crate::staff::{self, Limits, Person};
use crate::stored::{self, Asked, StoredRefused};
use crate::{reference, shifts};

/// What somebody puts on a gift card.
#[derive(Debug, Clone)]
pub(crate) struct GiftCardWanted {
    /// How much.
    pub amount_minor: Minor,
    /// The card's number as scanned or typed; nothing for a new one, whose paper is printed when
    /// the sale is paid.
    pub number: Option<String>,
    /// The PIN a manager typed, if one did.
    pub approval_pin: Option<String>,
}

/// Reads what is paid with a gift card or a credit.
///
/// # Errors
///
/// [`StoredRefused::Number`].
pub(crate) fn stored_given(
    number: &str,
    amount_minor: Option<Minor>,
) -> Result<Other, StoredRefused> {
    Ok(Other::Stored(Box::new(StoredGiven {
        card: StoredNumber::read(number)?.card(),
        amount_minor,
        asked: Asked::Away,
    })))
}

/// Puts money on a gift card at the person's register, as a line of the sale. Returns the line.
///
/// # Errors
///
/// [`SalesError::GiftCard`] says why not, or that a manager's PIN is needed;
/// [`SalesError::TillClosed`], [`SalesError::NotApproved`]; the failures.
pub(crate) async fn sell_gift_card(
    ctx: &Context,
    person: &Person,
    wanted: GiftCardWanted,
    command: Command,
) -> Result<u16, SalesError> {
    let card = match &wanted.number {
        Some(number) => Some(gift_card(number)?),
        None => None,
    };
    let put = (wanted.amount_minor, card);
    let approved_by = approval(ctx, person, &put, wanted.approval_pin).await?;
    let (context, person) = (ctx.clone(), person.clone());
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            sell_now(&context, tx, &person, put, approved_by)
        })
    };
    ctx.db().write(work).await
}

fn gift_card(number: &str) -> Result<StoredCard, GiftCardRefused> {
    let card = StoredNumber::read(number)
        .map_err(StoredRefused::from)?
        .card();
    match card.kind {
        StoredKind::GiftCard => Ok(card),
        StoredKind::StoreCredit => Err(GiftCardRefused::Credit),
    }
}

type Put = (Minor, Option<StoredCard>);

/// Returns who approves, if somebody has to and typed a PIN.
async fn approval(
    ctx: &Context,
    person: &Person,
    put: &Put,
    pin: Option<String>,
) -> Result<Option<StaffId>, SalesError> {
    let pin = staff::shown(ctx, person, pin);
    let mut limits = Limits::Within;
    if pin.is_some() {
        let (context, trying, put) = (ctx.clone(), person.clone(), put.clone());
        let tried = ctx
            .db()
            .read(move |tx| Ok::<_, DbError>(tried(&context, tx, &trying, put, None).map(drop)));
        if let Err(SalesError::GiftCard(GiftCardRefused::NeedsManager { .. })) = tried.await? {
            limits = Limits::Beyond;
        }
    }
    let asked = (Operation::SellGiftCard, limits);
    Ok(staff::permit_with(ctx, person, asked, pin).await?)
}

fn sell_now(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    put: Put,
    approved_by: Option<StaffId>,
) -> Result<u16, SalesError> {
    let register = person.register;
    shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
    match &put.1 {
        Some(card) => stored::unblocked(tx, card)?.map_err(GiftCardRefused::from)?,
        None if !stored::prints(ctx, register) => return Err(GiftCardRefused::NoPrinter.into()),
        None => {}
    }
    let (before, after, line) = tried(ctx, tx, person, put, approved_by)?;
    store::save_basket(tx, register, before.as_ref(), &after, ctx.now_ms())?;
    let screen = Screen {
        selected_line: Some(line),
        ..selling(store::screen(tx, register)?).sounding(Sound::Accepted)
    };
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    tracing::info!(
        register.id = register.0,
        sale.id = %after.sale_id,
        approved = approved_by.is_some(),
        "money is put on a gift card"
    );
    Ok(line)
}

fn tried(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    put: Put,
    approved_by: Option<StaffId>,
) -> Result<(Option<Basket>, Basket, u16), SalesError> {
    let before = loaded(ctx, tx, person.register)?;
    let mut after = before.clone().unwrap_or_else(|| {
        let (at_ms, random) = ctx.new_ulid();
        Basket::new(SaleId::from_parts(at_ms, random))
    });
    let policy = till_policy(tx)?;
    let issuing = Issuing {
        role: person.role,
        approved_by,
        policy: &policy,
        currency: ctx.profile().currency,
    };
    let name = ctx.lang().word("stored-gift-card");
    let line = after.add_gift_card(put, &name, &issuing)?;
    Ok((before, after, line))
}

/// Takes the scan of a gift card or a credit: while money is taken it pays, else it waits for a
/// person, by the end of its number. Returns nothing for any other code.
///
/// # Errors
///
/// The failures of [`SalesError`].
pub(super) async fn take_card(
    ctx: &Context,
    register: RegisterId,
    code: &str,
    command: Option<&Command>,
) -> Result<Option<ScanTaken>, SalesError> {
    let bare = match barcode::split_aim(code.as_bytes()) {
        Some((_, rest)) => String::from_utf8_lossy(rest).into_owned(),
        None => code.to_owned(),
    };
    let Ok(number) = StoredNumber::read(&bare) else {
        return Ok(None);
    };
    let now_ms = ctx.now_ms();
    let read = ctx.db().read(move |tx| {
        let person = match staff::person_at(tx, register, now_ms)? {
            Some(member) => Some(staff::person_of(tx, member.id, register)?),
            None => None,
        };
        Ok::<_, DbError>((person, store::screen(tx, register)?.phase))
    });
    if let (Some(person), Phase::Tendering) = read.await? {
        let other = stored_given(&number.code(), None).map_err(GiftCardRefused::from)?;
        let command = command
            .cloned()
            .unwrap_or_else(|| own_command(ctx, register));
        match give_other(ctx, &person, other, Confirmed::No, command).await {
            Ok(_) => return Ok(Some(ScanTaken::added(None))),
            Err(SalesError::Pay(refused)) => {
                tracing::info!(register.id = register.0, %refused, "a card did not pay");
            }
            Err(failed) => return Err(failed),
        }
    }
    let shown = format!("****{}", number.card().last_four);
    let context = ctx.clone();
    let kept = ctx
        .db()
        .write(move |tx| keep(&context, tx, register, (&shown, None), Why::Stored));
    Ok(Some(kept.await?))
}

/// Names the command a scanner gives: it scans once.
fn own_command(ctx: &Context, register: RegisterId) -> Command {
    let (at_ms, random) = ctx.new_ulid();
    let key = IdempotencyKey(CommandId::from_parts(at_ms, random).to_string());
    Command::new(register_principal(register), key, "scanned card", &())
}

/// Asks the hub about every card among what is given, before the transaction that takes it.
/// Returns the same with the answers, and the names of the money that is held back.
///
/// # Errors
///
/// The failures of [`SalesError`].
pub(super) async fn with_answers(
    ctx: &Context,
    person: &Person,
    mut given: Vec<Given>,
) -> Result<(Vec<Given>, Vec<HoldId>), SalesError> {
    let mut holds = Vec::new();
    for one in &mut given {
        let Given::Other(Other::Stored(paying)) = one else {
            continue;
        };
        let Some(due_minor) = due_now(ctx, person).await? else {
            continue;
        };
        let wanted = paying.amount_minor.unwrap_or(due_minor).min(due_minor);
        if wanted <= Minor::ZERO {
            continue;
        }
        let amount = (wanted, ctx.profile().currency);
        paying.asked = stored::hold(ctx, person.register, &paying.card, amount).await?;
        if let Asked::Told(_, Some(hold)) = &paying.asked {
            holds.push(*hold);
        }
    }
    Ok((given, holds))
}

/// Returns what is due at the person's register; nothing where the transaction will say what stands
/// in the way.
async fn due_now(ctx: &Context, person: &Person) -> Result<Option<Minor>, DbError> {
    let (context, register) = (ctx.clone(), person.register);
    let read = ctx.db().read(move |tx| {
        let policy = reference::policies(tx)?.tenders;
        let step = cash_step(&policy, &context.profile());
        let Ok((basket, _)) = ready(&context, tx, register) else {
            return Ok(None);
        };
        let tenders = store::tenders(tx, register)?;
        let due = rules::due(&basket, &tenders, step);
        Ok::<_, DbError>(due.ok().map(|due| due.due_minor))
    });
    read.await
}

/// Lets the money go that was held back and did not come to be given.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn free_unused(ctx: &Context, holds: Vec<HoldId>) -> Result<(), DbError> {
    for hold in holds {
        stored::free_unused(ctx, hold).await?;
    }
    Ok(())
}

/// Gives the cards of a sale their numbers, now that it is paid: a basket that is given up never
/// had one. Returns the numbers that go on paper, with what is on each.
pub(super) fn number_cards(ctx: &Context, sale: &mut SaleRecorded) -> Vec<(StoredNumber, Minor)> {
    let mut numbers = Vec::new();
    for line in &mut sale.lines {
        let stored = line.remarks.as_mut().and_then(|it| it.stored.as_mut());
        let Some(stored) = stored.filter(|it| it.card.is_none()) else {
            continue;
        };
        let (_, random) = ctx.new_ulid();
        let number = StoredNumber::draw(StoredKind::GiftCard, random);
        let card = number.card();
        line.description = rules::card_named(&line.description, &card);
        stored.card = Some(card);
        numbers.push((number, line.amount_minor));
    }
    numbers
}

/// Prints the papers of the cards of a stated sale, and ends the money the hub held back for it.
///
/// # Errors
///
/// Those of the database.
pub(super) fn finish_cards(
    ctx: &Context,
    tx: &mut Tx,
    sale: &SaleRecorded,
    cards: &[(StoredNumber, Minor)],
) -> Result<(), DbError> {
    let register = sale.receipt.register;
    for (number, amount_minor) in cards {
        stored::print_slip(ctx, tx, register, number, *amount_minor)?;
    }
    for tender in &sale.tenders {
        if let Some(hold) = stored::hold_of(tender.stored.as_ref()) {
            stored::mark_given(tx, hold)?;
        }
    }
    stored::end_holds(tx, register)
}
