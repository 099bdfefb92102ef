//! Issues coupons, answers edges about them, and folds facts into their uses.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::entropy::random_bytes;
use counterpart_daemon::http::{Problem, ToProblem};
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_daemon::web::text::{Locale, money};
use counterpart_protocol::coupons::{
    CouponAnswer, CouponAnswered, CouponAsk, CouponAsked, CouponNumber, CouponTaken, CouponUse,
    CouponUsedBy, SignedCoupon, coupon_twice, over_minor, uses,
};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{CouponId, EdgeNumber, StoreId};
use counterpart_protocol::money::Currency;
use counterpart_protocol::pricing::Promotion;
use jiff::tz::TimeZone;

use super::rules::{self, CouponsRefused};
use super::store::{self, Batch, Stated, Used};
use crate::context::{Context, business_date};
use crate::orders::ToldFact;
use crate::sync::edges;
use crate::web::CsvText;
use crate::{exceptions, promotions};

/// Why something about coupons was not done.
#[derive(Debug, thiserror::Error)]
pub(super) enum CouponsFailed {
    /// The rules say no.
    #[error(transparent)]
    Refused(#[from] CouponsRefused),
    /// The database.
    #[error("could not use coupons")]
    Db(#[from] DbError),
}

impl ToProblem for CouponsFailed {
    fn to_problem(&self) -> Problem {
        let sentence = self.to_string();
        match self {
            Self::Refused(
                CouponsRefused::UnknownPromotion(_) | CouponsRefused::UnknownBatch(_),
            ) => Problem::not_found(sentence),
            Self::Refused(CouponsRefused::NotAsked) => {
                Problem::refused("coupons_not_asked", sentence)
            }
            Self::Refused(CouponsRefused::OutOfRange) => {
                Problem::refused("coupons_out_of_range", &sentence).field("count", sentence)
            }
            Self::Db(error) => error.to_problem(),
        }
    }
}

/// A promotion with its coupons.
pub(super) struct View {
    pub(super) promotion: Promotion,
    pub(super) batches: Vec<Batch>,
    /// Sales that used one, or said the code.
    pub(super) uses: i64,
    pub(super) now_ms: i64,
}

impl View {
    /// Returns how many coupons were issued, and how many of them are used.
    pub(super) fn counts(&self) -> (i64, i64) {
        let sum = |of: fn(&Batch) -> i64| self.batches.iter().map(of).sum();
        (sum(|it| it.issued), sum(|it| it.used))
    }
}

/// Returns a promotion with its coupons.
pub(super) fn view(
    context: &Context,
    tx: &mut Tx,
    promotion_id: &str,
) -> Result<View, CouponsFailed> {
    Ok(View {
        promotion: known(tx, promotion_id)?,
        batches: store::batches(tx, promotion_id)?,
        uses: store::count_uses(tx, promotion_id)?,
        now_ms: context.now_ms(),
    })
}

fn known(tx: &mut Tx, promotion_id: &str) -> Result<Promotion, CouponsFailed> {
    let found = promotions::named(tx, promotion_id)?;
    let unknown = || CouponsRefused::UnknownPromotion(promotion_id.to_owned());
    Ok(found.ok_or_else(unknown)?)
}

/// Issues a batch of coupons for a promotion, and returns its number.
pub(super) fn issue(
    context: &Context,
    tx: &mut Tx,
    promotion_id: &str,
    (count, by): (u32, &str),
) -> Result<i64, CouponsFailed> {
    rules::issue(&known(tx, promotion_id)?, count)?;
    let batch = store::put_batch(tx, promotion_id, count, (context.now_ms(), by))?;
    let drawn = (0..count).map(|_| {
        // 75 of 128 random bits: a number is drawn twice once in longer than there are shops.
        let random = u128::from_be_bytes(random_bytes(context.entropy().as_ref()));
        let number = CouponNumber::draw(random);
        (number.id(), number.code())
    });
    let drawn: Vec<(CouponId, String)> = drawn.collect();
    store::put_coupons(tx, (promotion_id, batch), &drawn)?;
    tracing::info!(promotion = promotion_id, batch, count, by, "issued coupons");
    Ok(batch)
}

/// Returns a batch as a CSV file: the number of each coupon as people read it, and its signed code,
/// which goes into a QR picture.
pub(super) fn codes(
    context: &Context,
    tx: &mut Tx,
    promotion_id: &str,
    batch: i64,
) -> Result<Vec<u8>, CouponsFailed> {
    known(tx, promotion_id)?;
    let found = store::numbers(tx, promotion_id, batch)?;
    let (issued_at_ms, numbers) = found.ok_or(CouponsRefused::UnknownBatch(batch))?;
    let date = business_date(issued_at_ms, &TimeZone::UTC);
    let mut csv = CsvText::new(&["number", "code"]);
    for text in &numbers {
        let number = CouponNumber::read(text).map_err(|_| DbError::Corrupt {
            detail: "the number of a coupon cannot be read".to_owned(),
        })?;
        let coupon = SignedCoupon {
            promotion: promotion_id.to_owned(),
            number: number.clone(),
            date,
        };
        csv.row(&[&number.grouped(), &coupon.sign(context.code_signer())]);
    }
    Ok(csv.finish())
}

/// Answers an edge's question about a coupon.
///
/// # Errors
/// Those of the database.
pub(super) fn answer(
    context: &Context,
    tx: &mut Tx,
    edge: EdgeNumber,
    asked: &CouponAsked,
) -> Result<CouponAnswer, DbError> {
    let (coupon, now_ms) = (asked.coupon, context.now_ms());
    if let CouponAsk::Release { hold } = asked.ask {
        store::end_hold(tx, hold, (coupon, edge), now_ms)?;
    }
    let promotion = store::promotion_of(tx, coupon)?;
    if let Some(first) = store::uses(tx, coupon)?.into_iter().next() {
        let store_id = edges::by_number(tx, first.edge)?.map(|edge| edge.store_id);
        let by = CouponUsedBy {
            store_id,
            at_ms: first.at_ms,
        };
        return Ok(CouponAnswer {
            promotion,
            stands: CouponAnswered::Used { by },
        });
    }
    let stands = match asked.ask {
        CouponAsk::Hold { hold } => match store::hold(tx, hold, (coupon, edge), now_ms)? {
            true => CouponAnswered::Held,
            false => CouponAnswered::HeldElsewhere,
        },
        CouponAsk::Look | CouponAsk::Release { .. } => match store::is_held(tx, coupon)? {
            true => CouponAnswered::HeldElsewhere,
            false => CouponAnswered::Free,
        },
    };
    Ok(CouponAnswer { promotion, stands })
}

/// Returns the view this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Coupons)]
}

/// The view of uses.
struct Coupons;

impl Projection for Coupons {
    fn name(&self) -> &'static str {
        "coupons"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let Some((sale, coupons)) = uses(projected.fact)? else {
            return Ok(());
        };
        let header = &projected.fact.header;
        let stated = Stated {
            fact_id: header.id,
            edge: projected.origin.writer.edge,
            sale_id: sale.sale_id,
            currency: sale.currency,
            at_ms: i64::try_from(header.hlc.at_ms()).unwrap_or(i64::MAX),
        };
        for (part, coupon) in (0..).zip(&coupons) {
            store::put_use(tx, &stated, part, coupon)?;
            let Some(single) = coupon.single() else {
                continue;
            };
            if let CouponTaken::Asked(hold) = single.taken {
                store::end_hold(tx, hold, (single.id, stated.edge), stated.at_ms)?;
            }
            name_twice(tx, single.id)?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}

/// Raises the exception of a coupon, or takes it back: it is what all its facts say, in whatever
/// order they came.
fn name_twice(tx: &mut Tx, coupon: CouponId) -> Result<(), DbError> {
    let used = store::uses(tx, coupon)?;
    let all: Vec<CouponUse> = used.iter().map(Used::as_use).collect();
    let about = used
        .last()
        .map_or((EdgeNumber::HUB, 0), |it| (it.edge, it.at_ms));
    exceptions::of_coupon(tx, coupon, about, coupon_twice(&all))
}

/// Returns who used a coupon, in words, and what each took off; at the last, what all but the first
/// cost.
///
/// # Errors
/// Those of the database.
pub fn told(tx: &mut Tx, coupon: CouponId) -> Result<Vec<ToldFact>, DbError> {
    let used = store::uses(tx, coupon)?;
    let stores: BTreeMap<EdgeNumber, StoreId> = edges::all(tx)?
        .into_iter()
        .map(|edge| (edge.number, edge.store_id))
        .collect();
    let all: Vec<CouponUse> = used.iter().map(Used::as_use).collect();
    let over = over_minor(&all);
    let last = used.last().map(|it| it.fact_id);
    let facts = used.into_iter().map(|it| {
        let place = stores.get(&it.edge);
        let place = place.map_or_else(String::new, |store| format!(", at {store}"));
        let asked = match it.is_offline {
            true => "while the hub was away",
            false => "asked of the hub",
        };
        let beyond = match last == Some(it.fact_id) {
            true => format!("; {} beyond its one use", written(over.0, &it.currency)),
            false => String::new(),
        };
        ToldFact {
            fact_id: it.fact_id,
            at_ms: it.at_ms,
            edge: it.edge,
            title: "Used".to_owned(),
            detail: format!(
                "coupon {} of {} took {} off, {asked}{place}{beyond}",
                it.shown,
                it.promotion_id,
                written(it.off_minor.0, &it.currency),
            ),
        }
    });
    Ok(facts.collect())
}

fn written(minor: i64, currency: &str) -> String {
    let decimals = currency.parse::<Currency>().map_or(2, |it| it.decimals());
    money(minor, currency, decimals, Locale::En)
}
