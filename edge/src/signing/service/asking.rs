//! Asks the signer, one sale after the other: first those whose receipts wait, then those whose
//! receipts left without a signature, then, while an outage goes on, how it is.
//!
//! Nothing is asked inside a transaction. That it is asked is durable before, so that after a crash
//! the signer is first asked what it signed.

use std::time::Duration;

use counterpart_daemon::db::Tx;
use counterpart_hardware::{PaidAmount, SignFailed, SignRequest, Signature, Signer, TaxedAmount};
use counterpart_protocol::ids::SaleId;
use counterpart_protocol::sales::{OutageReason, SaleRecorded, TenderKind};
use counterpart_protocol::tax::TaxSum;
use tokio::time::{Instant, timeout};
use tokio_util::sync::CancellationToken;

use super::{Pace, SigningFailed, TOPIC, end_outage, keep_signature, print_unsigned, store};
use crate::context::{Context, SignerSetup};
use crate::sales::{self, Sold};
use crate::signing::rules::patience_ms;
use crate::signing::store::Waiting;

/// How long a signer may take when nobody waits: a network that is slow today is still one.
const AFTERWARDS_LIMIT: Duration = Duration::from_secs(15);
/// The first pause before a signer that failed is asked again; it doubles.
const PAUSE_FIRST: Duration = Duration::from_secs(1);
/// The longest such pause, as a printer's: a person who switched it on does not wait longer.
const PAUSE_LAST: Duration = Duration::from_secs(10);

/// What one turn did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing waits.
    Idle,
    /// A sale was signed.
    Signed(SaleId),
    /// A receipt was printed without a signature.
    Unsigned(SaleId),
    /// An outage ended.
    Recovered,
    /// A sale came while another one was asked about for later: it goes first.
    Yielded,
    /// The signer does not answer as it should; what waits for it waits on.
    Waits,
}

/// What is done next.
enum Next {
    /// A receipt waits.
    Print(Waiting, Sold),
    /// A receipt was printed without a signature.
    Afterwards(Waiting, Sold),
    /// An outage goes on and no sale is left to try it with.
    Probe,
    /// An outage goes on already: the receipt does not wait.
    GiveUp(SaleId, OutageReason),
    Nothing,
}

/// Signs until `stop`, whenever a sale waits; keeps the gauge.
pub async fn keep(context: Context, stop: CancellationToken) {
    let mut changes = context.live().changes();
    let mut pause = PAUSE_FIRST;
    loop {
        let turn = stop.run_until_cancelled(run_once(&context)).await;
        let Some(turn) = turn else { return };
        if let Err(error) = gauge(&context).await {
            tracing::warn!(error = %error, "could not count the unsigned sales");
        }
        let patience = match turn {
            Ok(Progress::Signed(_) | Progress::Recovered) => {
                pause = PAUSE_FIRST;
                continue;
            }
            Ok(Progress::Unsigned(_) | Progress::Yielded) => continue,
            Ok(Progress::Idle) => None,
            Ok(Progress::Waits) => Some(pause),
            Err(error) => {
                tracing::error!(error = %error, "could not go on signing");
                Some(pause)
            }
        };
        let woken = async {
            match patience {
                None => changes.any_of(&[TOPIC]).await,
                Some(longest) => tokio::select! {
                    () = changes.any_of(&[TOPIC]) => {}
                    () = tokio::time::sleep(longest) => {}
                },
            }
        };
        if patience.is_some() {
            pause = (pause * 2).min(PAUSE_LAST);
        }
        if stop.run_until_cancelled(woken).await.is_none() {
            return;
        }
    }
}

/// Brings one sale forward: asks the signer and keeps what came of it.
///
/// Cancelling it loses nothing: the next turn asks again, and the signer answers what it signed.
///
/// # Errors
///
/// [`SigningFailed`]; nothing of the turn is kept then but that the signer was asked.
pub async fn run_once(context: &Context) -> Result<Progress, SigningFailed> {
    let mut changes = context.live().changes();
    let has_signer = context.signer().is_some();
    let next = context.db().write(move |tx| next(tx, has_signer)).await?;
    let Some(setup) = context.signer() else {
        return match next {
            Next::GiveUp(sale_id, reason) => give_up(context, sale_id, reason).await,
            // Nothing is signed any more, so nothing is out.
            Next::Probe => recovered(context).await,
            Next::Nothing | Next::Print(..) | Next::Afterwards(..) => Ok(Progress::Idle),
        };
    };
    match next {
        Next::Nothing => Ok(Progress::Idle),
        Next::GiveUp(sale_id, reason) => give_up(context, sale_id, reason).await,
        Next::Probe => probe(context, setup).await,
        Next::Print(waiting, sale) => print(context, setup, waiting, &sale).await,
        Next::Afterwards(waiting, sale) => tokio::select! {
            biased;
            done = afterwards(context, setup, waiting, &sale) => done,
            () = changes.any_of(&[TOPIC]) => Ok(Progress::Yielded),
        },
    }
}

/// Finds what is next and notes that it is asked about.
fn next(tx: &mut Tx, has_signer: bool) -> Result<Next, SigningFailed> {
    let outage = store::outage(tx)?;
    if let Some(waiting) = store::next_waiting(tx)? {
        if !has_signer {
            return Ok(Next::GiveUp(waiting.sale_id, OutageReason::Removed));
        }
        if let Some(outage) = outage {
            return Ok(Next::GiveUp(waiting.sale_id, outage.reason));
        }
        let Some(sale) = sales::sold(tx, waiting.sale_id)? else {
            store::forget(tx, waiting.sale_id)?;
            return Ok(Next::Nothing);
        };
        store::note_asked(tx, &waiting)?;
        return Ok(Next::Print(waiting, sale));
    }
    if has_signer
        && let Some(waiting) = store::next_unsigned(tx)?
        && let Some(sale) = sales::sold(tx, waiting.sale_id)?
    {
        store::note_asked(tx, &waiting)?;
        return Ok(Next::Afterwards(waiting, sale));
    }
    Ok(outage.map_or(Next::Nothing, |_| Next::Probe))
}

async fn print(
    context: &Context,
    setup: &SignerSetup,
    waiting: Waiting,
    sold: &Sold,
) -> Result<Progress, SigningFailed> {
    let waited_ms = context.now_ms().saturating_sub(waiting.paid_at_ms);
    let limit_ms = i64::try_from(setup.limit.as_millis()).unwrap_or(i64::MAX);
    let patience_ms = patience_ms(limit_ms, waited_ms);
    let patience = Duration::from_millis(u64::try_from(patience_ms).unwrap_or(0));
    let request = request(sold);
    let asked = ask(setup.signer.as_ref(), &request, &waiting);
    match timeout(patience, asked).await {
        Ok(Ok(signature)) => keep_it(context, waiting, signature, Pace::InTime).await,
        Ok(Err(failed)) => {
            tracing::warn!(sale.id = %waiting.sale_id, error = %failed, "a sale was not signed");
            give_up(context, waiting.sale_id, reason(&failed)).await
        }
        Err(_) => give_up(context, waiting.sale_id, OutageReason::Silent).await,
    }
}

async fn afterwards(
    context: &Context,
    setup: &SignerSetup,
    waiting: Waiting,
    sold: &Sold,
) -> Result<Progress, SigningFailed> {
    let request = request(sold);
    let begun = Instant::now();
    let asked = ask(setup.signer.as_ref(), &request, &waiting);
    match timeout(AFTERWARDS_LIMIT, asked).await {
        Ok(Ok(signature)) => {
            let pace = pace(begun, setup);
            keep_it(context, waiting, signature, pace).await
        }
        Ok(Err(failed)) => {
            tracing::info!(sale.id = %waiting.sale_id, error = %failed, "a sale stays unsigned");
            Ok(Progress::Waits)
        }
        Err(_) => Ok(Progress::Waits),
    }
}

/// An outage ends when the signer says in time that it would sign.
async fn probe(context: &Context, setup: &SignerSetup) -> Result<Progress, SigningFailed> {
    match timeout(setup.limit, setup.signer.status()).await {
        Ok(Ok(_)) => recovered(context).await,
        Ok(Err(_)) | Err(_) => Ok(Progress::Waits),
    }
}

async fn recovered(context: &Context) -> Result<Progress, SigningFailed> {
    let within = context.clone();
    let ended = context.db().write(move |tx| end_outage(&within, tx));
    Ok(match ended.await? {
        true => Progress::Recovered,
        false => Progress::Idle,
    })
}

/// Asks for the one signature of a sale. A signer that may have signed before, because it was asked
/// or because its answer was lost, is first asked for what it signed.
async fn ask(
    signer: &dyn Signer,
    request: &SignRequest,
    waiting: &Waiting,
) -> Result<Signature, SignFailed> {
    let first = match waiting.asked {
        0 => signer.sign(request).await,
        _ => find_or_sign(signer, request).await,
    };
    match first {
        Err(failed) if failed.may_have_signed() => find_or_sign(signer, request).await,
        answered => answered,
    }
}

async fn find_or_sign(signer: &dyn Signer, request: &SignRequest) -> Result<Signature, SignFailed> {
    match signer.find(request).await? {
        Some(found) => Ok(found),
        None => signer.sign(request).await,
    }
}

async fn keep_it(
    context: &Context,
    waiting: Waiting,
    signature: Signature,
    pace: Pace,
) -> Result<Progress, SigningFailed> {
    let within = context.clone();
    let kept = move |tx: &mut Tx| keep_signature(&within, tx, &waiting, signature, pace);
    Ok(match context.db().write(kept).await? {
        true => Progress::Signed(waiting.sale_id),
        false => Progress::Yielded,
    })
}

async fn give_up(
    context: &Context,
    sale_id: SaleId,
    reason: OutageReason,
) -> Result<Progress, SigningFailed> {
    let within = context.clone();
    let printed = move |tx: &mut Tx| print_unsigned(&within, tx, sale_id, reason);
    Ok(match context.db().write(printed).await? {
        true => Progress::Unsigned(sale_id),
        false => Progress::Yielded,
    })
}

async fn gauge(context: &Context) -> Result<(), SigningFailed> {
    let count = context.db().read(store::unsigned).await?;
    metrics::gauge!("counterpart_signing_unsigned_sales").set(f64::from(count));
    Ok(())
}

fn pace(begun: Instant, setup: &SignerSetup) -> Pace {
    match begun.elapsed() <= setup.limit {
        true => Pace::InTime,
        false => Pace::Late,
    }
}

fn reason(failed: &SignFailed) -> OutageReason {
    match failed {
        SignFailed::Unreachable(_) => OutageReason::Away,
        SignFailed::Lost(_) => OutageReason::Silent,
        SignFailed::Garbled(_) => OutageReason::Nonsense,
        SignFailed::Refused(_) => OutageReason::Refused,
    }
}

/// Says a sale in the signer's words. It is made of the fact alone, so that it is the same however
/// often it is asked.
fn request(sold: &Sold) -> SignRequest {
    let sale = &sold.sale;
    SignRequest {
        key: sale.sale_id.to_string(),
        register: sale.receipt.register.0,
        receipt: sale.receipt.to_string(),
        paid_at_ms: sold.sold_at_ms,
        currency: sale.currency.code().to_owned(),
        total_minor: sale.total_minor.0,
        taxed: sale.taxes.iter().map(taxed).collect(),
        paid: paid(sale),
    }
}

/// Says what stayed of each kind of tender; a sale of nothing was paid in cash. Cash is of whatever
/// currency, and what goes back for a voucher is taken off it, so that nothing is below nothing.
fn paid(sale: &SaleRecorded) -> Vec<PaidAmount> {
    let of = |kind: TenderKind, amount: i64| PaidAmount {
        with: kind.word().to_owned(),
        amount_minor: amount,
    };
    let given = |kind: TenderKind| sale.given_minor(kind).0;
    let has_cash = sale.tenders.iter().any(|it| it.kind.is_cash());
    let cash = sale
        .cash_minor()
        .0
        .saturating_add(given(TenderKind::ForeignCash));
    let vouchers = given(TenderKind::Voucher).saturating_add(cash.min(0));
    let mut paid = Vec::new();
    if has_cash || sale.tenders.is_empty() {
        paid.push(of(TenderKind::Cash, cash.max(0)));
    }
    let others = [
        (TenderKind::Card, given(TenderKind::Card)),
        (TenderKind::GiftCard, given(TenderKind::GiftCard)),
        (TenderKind::StoreCredit, given(TenderKind::StoreCredit)),
        (TenderKind::Voucher, vouchers),
        (TenderKind::OnAccount, given(TenderKind::OnAccount)),
        (TenderKind::Exchanged, given(TenderKind::Exchanged)),
    ];
    let others = others.into_iter().filter(|(_, amount)| *amount > 0);
    paid.extend(others.map(|(kind, amount)| of(kind, amount)));
    paid
}

const fn taxed(tax: &TaxSum) -> TaxedAmount {
    TaxedAmount {
        rate_milli: tax.rate.0,
        gross_minor: tax.gross_minor.0,
    }
}
