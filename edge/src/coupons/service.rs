//! Asks the hub about issued coupons, has them kept for a sale, lets them go, and folds which were
//! used.

use std::time::Duration;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::coupons::{
    CouponAnswer, CouponAnswered, CouponAsk, CouponAsked, CouponTaken, CouponUsedBy, SaleCoupon,
    uses,
};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{CouponId, HoldId, SaleId};
use tokio_util::sync::CancellationToken;

use super::rules::{Claim, CouponKnown, Heard};
use super::{TOPIC, store};
use crate::context::Context;
use crate::reference;
use crate::sales;
use crate::stored;
use crate::sync::Standing;

/// How long a customer with a coupon in hand waits for the hub: as long as one with a gift card.
const PATIENCE: Duration = Duration::from_secs(2);
/// Coupons looked at in one turn: far more than are ever kept at once.
const AT_ONCE: u32 = 500;
/// How often somebody looks without being woken.
const LOOK: Duration = Duration::from_secs(30);

/// Asks the hub about the issued coupon a text claims to be; nothing is asked about anything else.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn look(ctx: &Context, text: &str) -> Result<Heard, DbError> {
    let id = match Claim::read(text) {
        Some(Claim::Number(number)) => number.id(),
        Some(Claim::Signed(text)) if is_here(ctx) => {
            let read = ctx.db().read(move |tx| reference::read_coupon(tx, &text));
            match read.await? {
                Ok(coupon) => coupon.number.id(),
                Err(_) => return Ok(Heard::Away),
            }
        }
        Some(Claim::Signed(_) | Claim::Mistyped | Claim::Code(_)) | None => {
            return Ok(Heard::Away);
        }
    };
    let asked = CouponAsked {
        coupon: id,
        ask: CouponAsk::Look,
    };
    let Some(answer) = ask(ctx, &asked).await else {
        return Ok(Heard::Away);
    };
    remember(ctx, id, &answer).await?;
    Ok(Heard::Told(answer))
}

/// What became of the wish that a coupon is kept for a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kept {
    /// The hub keeps it, or said that it was used, which is known from now on.
    Settled,
    /// Another sale is being paid with it.
    Elsewhere,
    /// The hub is away, or too slow.
    Away,
}

/// Asks the hub to keep a coupon for a sale that is about to be paid.
///
/// # Errors
///
/// Those of the database.
pub(crate) async fn keep_for(
    ctx: &Context,
    coupon: CouponId,
    sale: SaleId,
) -> Result<Kept, DbError> {
    if !is_here(ctx) {
        return Ok(Kept::Away);
    }
    // It may have been taken out of this basket a moment ago, and the hub not have heard yet.
    release_once(ctx).await?;
    let (at_ms, random) = ctx.new_ulid();
    let (fresh, now_ms) = (HoldId::from_parts(at_ms, random), ctx.now_ms());
    let begun = ctx
        .db()
        .write(move |tx| store::begin_hold(tx, fresh, (coupon, sale), now_ms));
    let hold = begun.await?;
    let asked = CouponAsked {
        coupon,
        ask: CouponAsk::Hold { hold },
    };
    let Some(answer) = ask(ctx, &asked).await else {
        return Ok(Kept::Away);
    };
    remember(ctx, coupon, &answer).await?;
    let is_held = answer.stands == CouponAnswered::Held;
    let settled = ctx.db().write(move |tx| match is_held {
        true => store::mark_held(tx, hold),
        false => store::drop_hold(tx, hold),
    });
    settled.await?;
    Ok(match answer.stands {
        CouponAnswered::Held | CouponAnswered::Used { .. } => Kept::Settled,
        CouponAnswered::HeldElsewhere | CouponAnswered::Free => Kept::Elsewhere,
    })
}

fn is_here(ctx: &Context) -> bool {
    ctx.link().state().standing == Standing::Connected
}

async fn ask(ctx: &Context, asked: &CouponAsked) -> Option<CouponAnswer> {
    let client = ctx.link().client().filter(|_| is_here(ctx))?;
    match tokio::time::timeout(PATIENCE, client.coupons(asked)).await {
        Ok(Ok(answer)) => Some(answer),
        Ok(Err(trouble)) => {
            tracing::info!(trouble = %trouble, "the hub did not answer about a coupon");
            None
        }
        Err(_) => {
            tracing::info!("the hub was too slow to answer about a coupon");
            None
        }
    }
}

async fn remember(ctx: &Context, id: CouponId, answer: &CouponAnswer) -> Result<(), DbError> {
    let CouponAnswered::Used { by } = answer.stands.clone() else {
        return Ok(());
    };
    ctx.db()
        .write(move |tx| store::put_answer(tx, id, &by))
        .await
}

/// Returns what is known of an issued coupon, for a sale in work.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn known(
    ctx: &Context,
    tx: &mut Tx,
    coupon: CouponId,
    sale: SaleId,
) -> Result<CouponKnown, DbError> {
    let here = store::used_here(tx, coupon)?.map(|at_ms| CouponUsedBy {
        store_id: Some(ctx.profile().store_id.clone()),
        at_ms,
    });
    let used = match here {
        Some(here) => Some(here),
        None => store::answer(tx, coupon)?,
    };
    Ok(CouponKnown {
        used,
        hold: store::held(tx, coupon, sale)?,
    })
}

/// Lets a coupon go that was taken out of a basket.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn let_go(
    ctx: &Context,
    tx: &mut Tx,
    coupon: CouponId,
    sale: SaleId,
) -> Result<(), DbError> {
    store::free(tx, coupon, sale)?;
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(TOPIC)));
    Ok(())
}

/// Forgets what the hub keeps for a stated sale: its fact ends that there. What took nothing off is
/// let go.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn finish(ctx: &Context, tx: &mut Tx, coupons: &[SaleCoupon]) -> Result<(), DbError> {
    for single in coupons.iter().filter_map(SaleCoupon::single) {
        if let CouponTaken::Asked(hold) = single.taken {
            store::drop_hold(tx, hold)?;
        }
    }
    let live = ctx.live().clone();
    tx.on_commit(Box::new(move || live.publish(TOPIC)));
    Ok(())
}

/// Tells the hub which coupons are not needed any more: those that were taken out, and those of
/// sales that are not in work any more. Returns how many it was told.
///
/// # Errors
///
/// Those of the database.
pub async fn release_once(ctx: &Context) -> Result<usize, DbError> {
    let Some(client) = ctx.link().client().filter(|_| is_here(ctx)) else {
        return Ok(0);
    };
    let due = ctx.db().read(move |tx| {
        let mut due = Vec::new();
        for one in store::holds(tx, AT_ONCE)? {
            // A question that is still under way for a sale that is gone comes after this to the
            // hub, or before it: it keeps nothing either way.
            if one.is_free || !sales::is_in_work(tx, one.sale)? {
                due.push(one);
            }
        }
        Ok::<_, DbError>(due)
    });
    let mut told = 0;
    for one in due.await? {
        let asked = CouponAsked {
            coupon: one.coupon,
            ask: CouponAsk::Release { hold: one.hold },
        };
        match tokio::time::timeout(PATIENCE, client.coupons(&asked)).await {
            Ok(Ok(_)) => {}
            Ok(Err(_)) | Err(_) => break,
        }
        let hold = one.hold;
        ctx.db().write(move |tx| store::drop_hold(tx, hold)).await?;
        told += 1;
    }
    Ok(told)
}

/// Lets coupons go that are not needed any more, until `stop`.
pub async fn keep(context: Context, stop: CancellationToken) {
    let mut changes = context.live().changes();
    loop {
        if let Err(error) = release_once(&context).await {
            tracing::error!(error = %error, "could not let coupons go");
        }
        let woken = async {
            tokio::select! {
                // A basket that is given up lets the money of cards go too, and says so.
                () = changes.any_of(&[TOPIC, stored::TOPIC]) => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        };
        if stop.run_until_cancelled(woken).await.is_none() {
            return;
        }
    }
}

/// Returns the view of this slice.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Coupons)]
}

/// Folds which issued coupons this store's own sales used.
struct Coupons;

impl Projection for Coupons {
    fn name(&self) -> &'static str {
        "coupons"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let Some((_, coupons)) = uses(projected.fact)? else {
            return Ok(());
        };
        let header = &projected.fact.header;
        let at_ms = i64::try_from(header.hlc.at_ms()).unwrap_or(i64::MAX);
        for id in coupons.iter().filter_map(|it| it.of.single_id()) {
            store::put_use(tx, header.id, id, at_ms)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}
