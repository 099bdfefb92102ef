//! A terminal's count after its till was closed: the terminal closes its period, and what it says
//! is compared with what the store holds of its money. A till never waits for it.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_hardware::{PayRefused, TerminalDesk, TerminalFailed, TerminalTotals};
use counterpart_protocol::ids::{EdgeNumber, PrintJobId, ShiftId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::shifts::{CardCount, TerminalCounted};

use super::asking::{Progress, sentence};
use super::{PaymentsFailed, changed};
use crate::context::Context;
use crate::devices::{NewPrintJob, PrintKind};
use crate::payments::receipt;
use crate::payments::rules;
use crate::payments::store::{self, CountWanted};
use crate::staff::Person;

/// What a terminal answered.
enum Counted {
    /// Its count.
    Said(CardCount),
    /// Nothing was asked of it yet: it is asked again.
    NotAsked,
    /// It may have counted, and nobody knows what.
    Lost(String),
}

/// Has the terminal of the person's register asked for its count, once this is durable; a register
/// without a terminal has none.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn want_count(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    shift_id: ShiftId,
) -> Result<(), DbError> {
    let register = person.register;
    if ctx.devices().terminal(register).is_none() {
        return Ok(());
    }
    let (_, random) = ctx.new_ulid();
    let wanted = CountWanted {
        register,
        intent: rules::intent(random),
        shift_id,
        staff_id: person.staff_id,
        asked: false,
    };
    store::want_count(tx, &wanted)?;
    changed(ctx, tx, register);
    Ok(())
}

/// Asks the terminal for its count, once it is there, and keeps what it says.
pub(super) async fn count(
    context: &Context,
    desk: &TerminalDesk,
    wanted: CountWanted,
) -> Result<Progress, PaymentsFailed> {
    if wanted.asked {
        let why = "the store server was stopped while the terminal counted";
        return keep_counted(context, wanted, Counted::Lost(why.to_owned())).await;
    }
    // One without power may stay away all night: nothing is written meanwhile.
    if let Err(TerminalFailed::Unreachable(_)) = desk.health().await {
        return Ok(Progress::Waits);
    }
    let register = wanted.register;
    let noted = move |tx: &mut Tx| store::count_asked(tx, register, true);
    context.db().write(noted).await?;
    let counted = answer(desk, &wanted).await;
    keep_counted(context, wanted, counted).await
}

async fn answer(desk: &TerminalDesk, wanted: &CountWanted) -> Counted {
    let Ok(intent) = wanted.intent.parse() else {
        return Counted::Lost("its name is none a terminal keeps".to_owned());
    };
    match desk.reconcile(&intent).await {
        Ok(totals) => Counted::Said(read(totals)),
        Err(PayRefused::Failed(TerminalFailed::Unreachable(_) | TerminalFailed::Busy)) => {
            Counted::NotAsked
        }
        Err(PayRefused::Failed(failed)) => Counted::Lost(sentence(&failed)),
        // It is asked what became of that first.
        Err(_) => Counted::NotAsked,
    }
}

fn read(totals: TerminalTotals) -> CardCount {
    CardCount {
        payments: totals.payments,
        paid_minor: Minor(totals.paid_minor),
        reversals: totals.reversals,
        reversed_minor: Minor(totals.reversed_minor),
    }
}

/// Keeps what a terminal said of its count: as a fact, and on paper where there is anything to say.
async fn keep_counted(
    context: &Context,
    wanted: CountWanted,
    counted: Counted,
) -> Result<Progress, PaymentsFailed> {
    let ctx = context.clone();
    let kept = move |tx: &mut Tx| match counted {
        Counted::NotAsked => {
            store::count_asked(tx, wanted.register, false)?;
            Ok::<_, PaymentsFailed>(Progress::Waits)
        }
        Counted::Said(count) => state(&ctx, tx, &wanted, Ok(count)),
        Counted::Lost(why) => state(&ctx, tx, &wanted, Err(why)),
    };
    context.db().write(kept).await
}

fn state(
    ctx: &Context,
    tx: &mut Tx,
    wanted: &CountWanted,
    said: Result<CardCount, String>,
) -> Result<Progress, PaymentsFailed> {
    // A till may have been closed again meanwhile: the count is of that shift too.
    let shift_id = match store::count_wanted(tx, wanted.register)? {
        Some(now) => now.shift_id,
        None => return Ok(Progress::Idle),
    };
    let counted = TerminalCounted {
        shift_id,
        currency: ctx.profile().currency,
        store: store::counted(tx, wanted.register, &wanted.intent)?,
        terminal: said.as_ref().ok().copied(),
        unknown_because: said.err(),
    };
    let register = wanted.register;
    let place = ctx.place(Some(register), Some(wanted.staff_id));
    ctx.replica().record(tx, EdgeNumber::HUB, place, &counted)?;
    let nothing = Some(CardCount::default());
    if counted.store != CardCount::default() || counted.terminal != nothing {
        print(ctx, tx, wanted, &counted)?;
    }
    changed(ctx, tx, register);
    tracing::info!(
        register.id = register.0,
        agrees = counted.agrees(),
        over_short_minor = counted.over_short_minor().map(|minor| minor.0),
        "a payment terminal closed its period"
    );
    Ok(Progress::Learnt)
}

fn print(
    ctx: &Context,
    tx: &mut Tx,
    wanted: &CountWanted,
    counted: &TerminalCounted,
) -> Result<(), DbError> {
    let (at_ms, random) = ctx.new_ulid();
    let slip = (counted, ctx.now_ms());
    let document = receipt::count_slip(&ctx.profile(), &ctx.lang(), wanted.register, slip);
    ctx.devices().queue_print(
        tx,
        &NewPrintJob {
            job_id: PrintJobId::from_parts(at_ms, random),
            register: wanted.register,
            kind: PrintKind::Report,
            sale_id: None,
            document: &document,
            open_drawer: None,
        },
    )?;
    Ok(())
}
