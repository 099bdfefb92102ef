//! Coupons at the register: laid into the basket by a scan or typed, taken out, and kept by the hub
//! while the sale is being paid.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_protocol::barcode;
use counterpart_protocol::codes::CodeRefused;
use counterpart_protocol::coupons::{CouponNumber, CouponNumberRefused, SignedCoupon};
use counterpart_protocol::ids::{CouponId, EdgeNumber, RegisterId, SaleId};
use counterpart_protocol::money::Minor;
use serde::Serialize;
use utoipa::ToSchema;

use super::scanning::{ScanTaken, keep, selling};
use super::{SalesError, loaded, wake};
use crate::command::Command;
use crate::context::Context;
use crate::coupons::{self, Claim, CouponKnown, CouponRefused, Heard, Kept};
use crate::reference::{self, CodeUnfit};
use crate::sales::rules::{Basket, BasketCoupon, Figures, Why};
use crate::sales::store::{self, Sound};
use crate::shifts;
use crate::staff::Person;

/// A coupon in a basket, as pages and programs show it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BasketCouponView)]
pub(crate) struct CouponView {
    /// The short name of its promotion, by which it is taken out.
    pub promotion: String,
    /// What the promotion is called.
    pub name: String,
    /// What people call the coupon: its code, or the end of its number.
    pub shown: String,
    /// What it takes off.
    pub off_minor: Minor,
    /// What it does: `takes_off`, or why it takes nothing: `not_begun`, `over`, `not_now`,
    /// `not_for_customer`, `no_goods`, `not_reached`, `outdone`, `used`.
    pub stands: &'static str,
}

impl CouponView {
    /// Returns the coupons of a basket.
    #[must_use]
    pub(super) fn of(basket: &Basket, figures: Option<&Figures>) -> Vec<Self> {
        let Some(figures) = figures else {
            return Vec::new();
        };
        let each = basket.coupons.iter().map(|coupon| {
            let stands = basket.coupon_stands(coupon, figures);
            Self {
                promotion: coupon.promotion.clone(),
                name: basket.coupon_name(coupon),
                shown: coupon.shown(),
                off_minor: basket.coupon_off(coupon, figures),
                stands: stands.word(),
            }
        });
        each.collect()
    }
}

/// Lays a coupon into the basket at the person's register: a basket is begun if there is none.
///
/// # Errors
///
/// [`SalesError::Coupon`] says why not, [`SalesError::TillClosed`]; the failures.
pub(crate) async fn lay_coupon(
    ctx: &Context,
    person: &Person,
    text: String,
    command: Command,
) -> Result<(), SalesError> {
    let heard = coupons::look(ctx, &text).await?;
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            shifts::open_shift(tx, register)?.ok_or(SalesError::TillClosed)?;
            let claim = Claim::read(&text).ok_or(CouponRefused::Unknown)?;
            lay_now(&context, tx, register, (&claim, &heard))??;
            Ok(())
        })
    };
    ctx.db().write(work).await
}

/// Takes the coupon of a promotion out of the basket at the person's register: it is good as
/// before.
///
/// # Errors
///
/// [`SalesError::Coupon`]; the failures.
pub(crate) async fn take_coupon_out(
    ctx: &Context,
    person: &Person,
    promotion: String,
    command: Command,
) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let work = move |tx: &mut Tx| {
        command.once(tx, context.now_ms(), |tx| {
            let none = || CouponRefused::NotHere(promotion.clone());
            let before = loaded(&context, tx, register)?.ok_or_else(none)?;
            let mut after = before.clone();
            let taken = after.take_coupon_out(&promotion)?;
            if let Some(id) = taken.single_id() {
                coupons::let_go(&context, tx, id, after.sale_id)?;
            }
            keep_basket(&context, tx, register, (Some(&before), &after))
        })
    };
    ctx.db().write(work).await
}

/// Asks the hub about the issued coupon a scan may be, before the transaction that takes it.
///
/// # Errors
///
/// Those of the database.
pub(super) async fn heard_of(ctx: &Context, code: &str) -> Result<Heard, DbError> {
    coupons::look(ctx, &bare(code)).await
}

/// Takes the scan of a coupon: it lies in the basket, or waits for a person. Returns nothing for
/// any other code.
pub(super) fn take_coupon(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (code, heard): (&str, &Heard),
) -> Result<Option<ScanTaken>, SalesError> {
    let Some(claim) = Claim::read(&bare(code)) else {
        return Ok(None);
    };
    let refused = match lay_now(ctx, tx, register, (&claim, heard))? {
        Ok(()) => return Ok(Some(ScanTaken::added(None))),
        Err(refused) => refused,
    };
    let why = match (&claim, refused) {
        // A word nobody asks for is any code under which nothing is sold.
        (Claim::Code(_), CouponRefused::Unknown) => return Ok(None),
        (_, CouponRefused::Forged) => Why::CouponForged,
        (_, CouponRefused::Number(_) | CouponRefused::Damaged) => Why::Misread,
        (_, CouponRefused::Over(_)) => Why::CouponOver,
        (_, CouponRefused::Here(_)) => Why::CouponHere,
        (_, CouponRefused::Used { .. }) => Why::CouponUsed,
        (_, CouponRefused::Away) => Why::CouponUnchecked,
        (
            _,
            CouponRefused::Unknown
            | CouponRefused::HeldElsewhere(_)
            | CouponRefused::NotHere(_)
            | CouponRefused::TooMuchAlone { .. },
        ) => Why::CouponUnknown,
    };
    let kept = keep(ctx, tx, register, (&claim.shown(), None), why)?;
    Ok(Some(kept))
}

fn bare(code: &str) -> String {
    match barcode::split_aim(code.as_bytes()) {
        Some((_, rest)) => String::from_utf8_lossy(rest).into_owned(),
        None => code.to_owned(),
    }
}

fn lay_now(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (claim, heard): (&Claim, &Heard),
) -> Result<Result<(), CouponRefused>, SalesError> {
    let before = loaded(ctx, tx, register)?;
    let mut after = before.clone().unwrap_or_else(|| {
        let (at_ms, random) = ctx.new_ulid();
        let mut begun = Basket::new(SaleId::from_parts(at_ms, random));
        begun.offers = super::offers_at(ctx, ctx.now_ms());
        begun
    });
    let coupon = match meant(ctx, tx, &after, (claim, heard))? {
        Ok(coupon) => coupon,
        Err(refused) => return Ok(Err(refused)),
    };
    let shown = coupon.shown();
    if let Err(refused) = after.lay(coupon)? {
        return Ok(Err(refused));
    }
    tracing::info!(register.id = register.0, sale.id = %after.sale_id, shown, "a coupon was laid");
    keep_basket(ctx, tx, register, (before.as_ref(), &after))?;
    Ok(Ok(()))
}

/// Finds the coupon a text means.
fn meant(
    ctx: &Context,
    tx: &mut Tx,
    basket: &Basket,
    (claim, heard): (&Claim, &Heard),
) -> Result<Result<BasketCoupon, CouponRefused>, DbError> {
    let coupon = match claim {
        Claim::Code(code) => {
            let offers = &basket.offers;
            let found = offers.promotions.of_code(code, offers.moment);
            let found = found.ok_or(CouponRefused::Unknown);
            return Ok(found.map(|it| BasketCoupon::open(&it.id, code.clone())));
        }
        Claim::Mistyped => return Ok(Err(CouponNumberRefused::Check.into())),
        Claim::Signed(text) => match reference::read_coupon(tx, text)? {
            Ok(coupon) => coupon,
            Err(CodeUnfit::Code(CodeRefused::Damaged)) => return Ok(Err(CouponRefused::Damaged)),
            Err(CodeUnfit::Code(_) | CodeUnfit::Key(_)) => return Ok(Err(CouponRefused::Forged)),
        },
        Claim::Number(number) => match issued(ctx, number, heard) {
            Ok(coupon) => coupon,
            Err(refused) => return Ok(Err(refused)),
        },
    };
    let known = coupons::known(ctx, tx, coupon.number.id(), basket.sale_id)?;
    Ok(Ok(BasketCoupon::single(&coupon, known)))
}

/// Returns a coupon whose number was typed, on the word of the hub.
fn issued(
    ctx: &Context,
    number: &CouponNumber,
    heard: &Heard,
) -> Result<SignedCoupon, CouponRefused> {
    let Heard::Told(answer) = heard else {
        return Err(CouponRefused::Away);
    };
    let promotion = answer.promotion.clone().ok_or(CouponRefused::Unknown)?;
    Ok(SignedCoupon {
        promotion,
        number: number.clone(),
        date: ctx.business_date(),
    })
}

fn keep_basket(
    ctx: &Context,
    tx: &mut Tx,
    register: RegisterId,
    (before, after): (Option<&Basket>, &Basket),
) -> Result<(), SalesError> {
    store::save_basket(tx, register, before, after, ctx.now_ms())?;
    // Money that was being taken is asked for again, of the new total.
    let screen = selling(store::screen(tx, register)?).sounding(Sound::Accepted);
    store::put_screen(tx, register, screen)?;
    wake(ctx, tx, register);
    Ok(())
}

/// Fills in what is known of the issued coupons of a basket.
pub(super) fn with_known(ctx: &Context, tx: &mut Tx, basket: &mut Basket) -> Result<(), DbError> {
    for coupon in &mut basket.coupons {
        coupon.known = match coupon.single_id() {
            Some(id) => coupons::known(ctx, tx, id, basket.sale_id)?,
            None => CouponKnown::default(),
        };
    }
    Ok(())
}

/// Has the hub keep the issued coupons of the basket at the person's register that take something
/// off, before money is taken: where it can be heard each is used once. Where it cannot, they count
/// within what the signed policy lets the store give on its own.
///
/// # Errors
///
/// [`SalesError::Coupon`] says which is not taken; the failures.
pub(super) async fn settle_coupons(ctx: &Context, person: &Person) -> Result<(), SalesError> {
    let (context, register) = (ctx.clone(), person.register);
    let wanted = ctx
        .db()
        .read(move |tx| unsettled(&context, tx, register))
        .await?;
    for one in wanted {
        match coupons::keep_for(ctx, one.id, one.sale_id).await? {
            Kept::Settled => {}
            Kept::Elsewhere => return Err(CouponRefused::HeldElsewhere(one.shown).into()),
            Kept::Away => {
                let (context, person) = (ctx.clone(), person.clone());
                let allowed = ctx
                    .db()
                    .read(move |tx| may_give_alone(&context, tx, &person, &one));
                allowed.await?;
            }
        }
    }
    Ok(())
}

/// An issued coupon the hub has not been heard about.
struct Unsettled {
    id: CouponId,
    sale_id: SaleId,
    shown: String,
    off_minor: Minor,
}

fn unsettled(ctx: &Context, tx: &mut Tx, register: RegisterId) -> Result<Vec<Unsettled>, DbError> {
    if !store::has_coupons(tx, register)? {
        return Ok(Vec::new());
    }
    let Some(basket) = loaded(ctx, tx, register)? else {
        return Ok(Vec::new());
    };
    let Ok(figures) = basket.figures() else {
        return Ok(Vec::new());
    };
    let asking = basket.coupons.iter().filter_map(|coupon| {
        let is_settled = coupon.known.used.is_some() || coupon.known.hold.is_some();
        let off_minor = basket.coupon_off(coupon, &figures);
        let id = coupon.single_id().filter(|_| !is_settled)?;
        (off_minor > Minor::ZERO).then(|| Unsettled {
            id,
            sale_id: basket.sale_id,
            shown: coupon.shown(),
            off_minor,
        })
    });
    Ok(asking.collect())
}

fn may_give_alone(
    ctx: &Context,
    tx: &mut Tx,
    person: &Person,
    one: &Unsettled,
) -> Result<(), SalesError> {
    let offline = reference::policies(tx)?.offline;
    let contact_at_ms = ctx.replica().up_state(tx, EdgeNumber::HUB)?.contact_at_ms;
    // A clock set back says that the hub was just heard of.
    let ago_ms = contact_at_ms.map(|at_ms| (ctx.now_ms() - at_ms).max(0).unsigned_abs());
    let is_recent = ago_ms.is_none_or(|ago_ms| offline.check_contact(ago_ms).is_ok());
    let limits = offline.limits(person.role);
    match is_recent && limits.check_stored_value(one.off_minor).is_ok() {
        true => Ok(()),
        false => Err(CouponRefused::TooMuchAlone {
            shown: one.shown.clone(),
        }
        .into()),
    }
}
