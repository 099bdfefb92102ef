//! The SQL of issued coupons, of those kept for a sale, and of their uses.

use counterpart_daemon::db::{DbError, Row, Tx, Value};
use counterpart_daemon::params;
use counterpart_protocol::coupons::{CouponOf, CouponTaken, CouponUse, SaleCoupon};
use counterpart_protocol::ids::{CouponId, EdgeNumber, FactId, HoldId, SaleId};
use counterpart_protocol::money::{Currency, Minor};

/// The tables of the view.
pub(super) const VIEWS: &[&str] = &["coupon_uses"];
/// Coupons written in one statement.
const AT_ONCE: usize = 100;

/// A batch as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Batch {
    /// Counts from 1.
    pub(super) batch: i64,
    pub(super) issued: i64,
    pub(super) used: i64,
    pub(super) issued_at_ms: i64,
    pub(super) issued_by: String,
}

/// A use as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Used {
    pub(super) fact_id: FactId,
    pub(super) promotion_id: String,
    pub(super) shown: String,
    pub(super) edge: EdgeNumber,
    pub(super) off_minor: Minor,
    pub(super) currency: String,
    pub(super) at_ms: i64,
    pub(super) is_offline: bool,
}

impl Used {
    pub(super) const fn as_use(&self) -> CouponUse {
        CouponUse {
            fact_id: self.fact_id,
            off_minor: self.off_minor,
        }
    }
}

/// Begins a batch, and returns its number.
pub(super) fn put_batch(
    tx: &mut Tx,
    promotion_id: &str,
    issued: u32,
    (at_ms, by): (i64, &str),
) -> Result<i64, DbError> {
    let row = tx.query_one(
        "SELECT COALESCE(MAX(batch), 0) + 1 FROM coupon_batches WHERE promotion_id = $1",
        params![promotion_id],
    )?;
    let batch: i64 = row.read(0)?;
    tx.execute(
        "INSERT INTO coupon_batches (promotion_id, batch, issued, issued_at_ms, issued_by)
         VALUES ($1, $2, $3, $4, $5)",
        params![promotion_id, batch, issued, at_ms, by],
    )?;
    Ok(batch)
}

/// Adds coupons to a batch.
pub(super) fn put_coupons(
    tx: &mut Tx,
    (promotion_id, batch): (&str, i64),
    coupons: &[(CouponId, String)],
) -> Result<(), DbError> {
    for some in coupons.chunks(AT_ONCE) {
        let mut values: Vec<Value> = vec![promotion_id.into(), batch.into()];
        let mut rows = Vec::new();
        for (id, number) in some {
            values.push(id.to_bytes().into());
            values.push(number.into());
            let last = values.len();
            rows.push(format!("(${}, $1, $2, ${last})", last - 1));
        }
        let sql = format!(
            "INSERT INTO coupons (coupon_id, promotion_id, batch, number) VALUES {}",
            rows.join(", ")
        );
        tx.execute(&sql, &values)?;
    }
    Ok(())
}

/// Returns the batches of a promotion, the newest first.
pub(super) fn batches(tx: &mut Tx, promotion_id: &str) -> Result<Vec<Batch>, DbError> {
    let rows = tx.query_all(
        "SELECT b.batch, b.issued, b.issued_at_ms, b.issued_by,
             (SELECT COUNT(*) FROM coupons c
              WHERE c.promotion_id = b.promotion_id AND c.batch = b.batch
                AND EXISTS (SELECT 1 FROM coupon_uses u WHERE u.coupon_id = c.coupon_id))
         FROM coupon_batches b WHERE b.promotion_id = $1 ORDER BY b.batch DESC",
        params![promotion_id],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Batch {
                batch: row.read(0)?,
                issued: row.read(1)?,
                issued_at_ms: row.read(2)?,
                issued_by: row.read(3)?,
                used: row.read(4)?,
            })
        })
        .collect()
}

/// Returns when a batch was issued, in milliseconds UTC, and its numbers.
pub(super) fn numbers(
    tx: &mut Tx,
    promotion_id: &str,
    batch: i64,
) -> Result<Option<(i64, Vec<String>)>, DbError> {
    let row = tx.query_opt(
        "SELECT issued_at_ms FROM coupon_batches WHERE promotion_id = $1 AND batch = $2",
        params![promotion_id, batch],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let rows = tx.query_all(
        "SELECT number FROM coupons WHERE promotion_id = $1 AND batch = $2 ORDER BY number",
        params![promotion_id, batch],
    )?;
    let numbers: Result<Vec<String>, DbError> = rows.iter().map(|row| row.read(0)).collect();
    Ok(Some((row.read(0)?, numbers?)))
}

/// Returns how many sales used coupons of a promotion.
pub(super) fn count_uses(tx: &mut Tx, promotion_id: &str) -> Result<i64, DbError> {
    let sql = "SELECT COUNT(*) FROM coupon_uses WHERE promotion_id = $1";
    tx.query_one(sql, params![promotion_id])?.read(0)
}

/// Returns the promotion a coupon was issued for.
pub(super) fn promotion_of(tx: &mut Tx, coupon: CouponId) -> Result<Option<String>, DbError> {
    let sql = "SELECT promotion_id FROM coupons WHERE coupon_id = $1";
    let row = tx.query_opt(sql, params![coupon.to_bytes()])?;
    row.map(|row| row.read(0)).transpose()
}

/// Keeps a coupon for a sale, unless another has it; tells whether it is kept. What has ended is
/// not kept again: the question came late.
pub(super) fn hold(
    tx: &mut Tx,
    hold: HoldId,
    (coupon, edge): (CouponId, EdgeNumber),
    now_ms: i64,
) -> Result<bool, DbError> {
    tx.execute(
        "INSERT INTO coupon_holds (hold_id, coupon_id, edge, state, at_ms)
         VALUES ($1, $2, $3, 'open', $4) ON CONFLICT DO NOTHING",
        params![hold.to_bytes(), coupon.to_bytes(), edge.0, now_ms],
    )?;
    let row = tx.query_opt(
        "SELECT 1 FROM coupon_holds
         WHERE hold_id = $1 AND coupon_id = $2 AND edge = $3 AND state = 'open'",
        params![hold.to_bytes(), coupon.to_bytes(), edge.0],
    )?;
    Ok(row.is_some())
}

/// Tells whether a coupon is kept for a sale.
pub(super) fn is_held(tx: &mut Tx, coupon: CouponId) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM coupon_holds WHERE coupon_id = $1 AND state = 'open'";
    Ok(tx.query_opt(sql, params![coupon.to_bytes()])?.is_some())
}

/// Ends what is kept under a name, also one that was never heard of. Another edge's stays.
pub(super) fn end_hold(
    tx: &mut Tx,
    hold: HoldId,
    (coupon, edge): (CouponId, EdgeNumber),
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO coupon_holds (hold_id, coupon_id, edge, state, at_ms)
         VALUES ($1, $2, $3, 'ended', $4)
         ON CONFLICT (hold_id) DO UPDATE SET state = 'ended' WHERE coupon_holds.edge = $3",
        params![hold.to_bytes(), coupon.to_bytes(), edge.0, at_ms],
    )?;
    Ok(())
}

/// Where a use was stated.
pub(super) struct Stated {
    pub(super) fact_id: FactId,
    pub(super) edge: EdgeNumber,
    pub(super) sale_id: SaleId,
    pub(super) currency: Currency,
    pub(super) at_ms: i64,
}

/// Adds a use; `part` counts those of one fact from 0.
pub(super) fn put_use(
    tx: &mut Tx,
    stated: &Stated,
    part: u16,
    coupon: &SaleCoupon,
) -> Result<(), DbError> {
    let is_offline = match &coupon.of {
        CouponOf::Single(single) => single.taken == CouponTaken::Offline,
        CouponOf::Open(_) => false,
    };
    tx.execute(
        "INSERT INTO coupon_uses (fact_id, part, promotion_id, coupon_id, shown, edge, sale_id,
             off_minor, currency, at_ms, is_offline)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
         ON CONFLICT (fact_id, part) DO NOTHING",
        params![
            stated.fact_id.to_bytes(),
            part,
            &coupon.promotion,
            coupon.of.single_id().map(CouponId::to_bytes),
            coupon.shown(),
            stated.edge.0,
            stated.sale_id.to_bytes(),
            coupon.off_minor.0,
            stated.currency.code(),
            stated.at_ms,
            i64::from(is_offline),
        ],
    )?;
    Ok(())
}

const USED: &str = "fact_id, promotion_id, shown, edge, off_minor, currency, at_ms, is_offline";

fn used(row: &Row) -> Result<Used, DbError> {
    Ok(Used {
        fact_id: FactId::from_bytes(row.read(0)?),
        promotion_id: row.read(1)?,
        shown: row.read(2)?,
        edge: EdgeNumber(row.read(3)?),
        off_minor: Minor(row.read(4)?),
        currency: row.read(5)?,
        at_ms: row.read(6)?,
        is_offline: row.read::<i64>(7)? == 1,
    })
}

/// Returns the uses of an issued coupon, by ascending id of their facts: the first is the one it is
/// good for.
pub(super) fn uses(tx: &mut Tx, coupon: CouponId) -> Result<Vec<Used>, DbError> {
    let sql = format!("SELECT {USED} FROM coupon_uses WHERE coupon_id = $1 ORDER BY fact_id");
    let rows = tx.query_all(&sql, params![coupon.to_bytes()])?;
    rows.iter().map(used).collect()
}
