//! The SQL of coupons that were used, and of those the hub keeps for a sale in work.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::coupons::CouponUsedBy;
use counterpart_protocol::ids::{CouponId, FactId, HoldId, SaleId};

/// The tables of the view.
pub(super) const VIEWS: &[&str] = &["coupon_uses"];

pub(super) fn put_use(
    tx: &mut Tx,
    fact: FactId,
    coupon: CouponId,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO coupon_uses (fact_id, coupon_id, at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (fact_id, coupon_id) DO NOTHING",
        params![fact.to_bytes(), coupon.to_bytes(), at_ms],
    )?;
    Ok(())
}

/// Returns when this store's own sales first used a coupon, in milliseconds UTC.
pub(super) fn used_here(tx: &mut Tx, coupon: CouponId) -> Result<Option<i64>, DbError> {
    let row = tx.query_one(
        "SELECT MIN(at_ms) FROM coupon_uses WHERE coupon_id = $1",
        params![coupon.to_bytes()],
    )?;
    row.read(0)
}

/// Remembers that the hub said who used a coupon: that never changes.
pub(super) fn put_answer(
    tx: &mut Tx,
    coupon: CouponId,
    used: &CouponUsedBy,
) -> Result<(), DbError> {
    let body = serde_json::to_string(used).expect("it has texts as keys");
    tx.execute(
        "INSERT INTO coupon_answers (coupon_id, body) VALUES ($1, $2)
         ON CONFLICT (coupon_id) DO UPDATE SET body = excluded.body",
        params![coupon.to_bytes(), body],
    )?;
    Ok(())
}

/// Returns who the hub said used a coupon.
pub(super) fn answer(tx: &mut Tx, coupon: CouponId) -> Result<Option<CouponUsedBy>, DbError> {
    let row = tx.query_opt(
        "SELECT body FROM coupon_answers WHERE coupon_id = $1",
        params![coupon.to_bytes()],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let body: String = row.read(0)?;
    let read = serde_json::from_str(&body).map_err(|wrong| DbError::Corrupt {
        detail: format!("what is known of a coupon cannot be read: {wrong}"),
    });
    read.map(Some)
}

/// Returns the name under which the hub is asked to keep a coupon for a sale: the one it was asked
/// with before, else `fresh`. It is durable before the hub is asked: an answer that never comes
/// must not keep a coupon for ever.
pub(super) fn begin_hold(
    tx: &mut Tx,
    fresh: HoldId,
    (coupon, sale): (CouponId, SaleId),
    now_ms: i64,
) -> Result<HoldId, DbError> {
    let row = tx.query_opt(
        "SELECT hold_id FROM coupon_holds
         WHERE sale_id = $1 AND coupon_id = $2 AND state <> 'free'",
        params![sale.to_bytes(), coupon.to_bytes()],
    )?;
    if let Some(row) = row {
        return Ok(HoldId::from_bytes(row.read(0)?));
    }
    tx.execute(
        "INSERT INTO coupon_holds (hold_id, coupon_id, sale_id, state, asked_at_ms)
         VALUES ($1, $2, $3, 'asked', $4)",
        params![fresh.to_bytes(), coupon.to_bytes(), sale.to_bytes(), now_ms],
    )?;
    Ok(fresh)
}

/// Notes that the hub keeps a coupon.
pub(super) fn mark_held(tx: &mut Tx, hold: HoldId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE coupon_holds SET state = 'held' WHERE hold_id = $1 AND state = 'asked'",
        params![hold.to_bytes()],
    )?;
    Ok(())
}

/// Returns what the hub calls a coupon it keeps for a sale.
pub(super) fn held(tx: &mut Tx, coupon: CouponId, sale: SaleId) -> Result<Option<HoldId>, DbError> {
    let row = tx.query_opt(
        "SELECT hold_id FROM coupon_holds
         WHERE sale_id = $1 AND coupon_id = $2 AND state = 'held'",
        params![sale.to_bytes(), coupon.to_bytes()],
    )?;
    row.map(|row| Ok(HoldId::from_bytes(row.read(0)?)))
        .transpose()
}

/// Lets a coupon go that was kept for a sale: it was taken out of the basket.
pub(super) fn free(tx: &mut Tx, coupon: CouponId, sale: SaleId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE coupon_holds SET state = 'free' WHERE sale_id = $1 AND coupon_id = $2",
        params![sale.to_bytes(), coupon.to_bytes()],
    )?;
    Ok(())
}

/// Lets everything go: what it was kept for belongs to an earlier life.
///
/// # Errors
///
/// Those of the database.
pub fn forget_work(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute("UPDATE coupon_holds SET state = 'free'", params![])?;
    Ok(())
}

/// Forgets what the hub was asked: it knows, or the fact of the sale tells it.
pub(super) fn drop_hold(tx: &mut Tx, hold: HoldId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM coupon_holds WHERE hold_id = $1",
        params![hold.to_bytes()],
    )?;
    Ok(())
}

/// What the hub was asked to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) hold: HoldId,
    pub(super) coupon: CouponId,
    pub(super) sale: SaleId,
    pub(super) is_free: bool,
}

/// Returns what the hub was asked to keep, the oldest first, at most `limit`.
pub(super) fn holds(tx: &mut Tx, limit: u32) -> Result<Vec<Hold>, DbError> {
    let rows = tx.query_all(
        "SELECT hold_id, coupon_id, sale_id, state FROM coupon_holds
         ORDER BY asked_at_ms LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Hold {
                hold: HoldId::from_bytes(row.read(0)?),
                coupon: CouponId::from_bytes(row.read(1)?),
                sale: SaleId::from_bytes(row.read(2)?),
                is_free: row.read::<String>(3)? == "free",
            })
        })
        .collect()
}
