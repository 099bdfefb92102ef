//! The SQL of exceptions and of how they were settled.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Row, Tx, Value};
use counterpart_daemon::params;
use counterpart_protocol::exceptions::{ExceptionId, Raised, Rule, Standing};
use counterpart_protocol::ids::{
    CouponId, EdgeNumber, FactId, FulfilmentId, OrderId, SaleId, StoredId, TransferId,
};

/// What an exception is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject {
    /// An order.
    Order(OrderId),
    /// Goods between two stores.
    Transfer(TransferId),
    /// A gift card or a credit.
    Card(StoredId),
    /// A sale.
    Sale(SaleId),
    /// A coupon.
    Coupon(CouponId),
}

/// An exception as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Stored {
    pub(super) id: ExceptionId,
    pub(super) rule: Rule,
    pub(super) severity: u8,
    pub(super) standing: String,
    pub(super) about: Subject,
    pub(super) fulfilment_id: Option<FulfilmentId>,
    pub(super) edge: Option<EdgeNumber>,
    pub(super) facts: Vec<FactId>,
    /// SKU and thousandths.
    pub(super) units: Vec<(String, i64)>,
    pub(super) raised_at_ms: i64,
    /// How and when a person settled it.
    pub(super) resolution: Option<(String, i64)>,
}

/// Where a page of the inbox begins: after this one.
pub(super) type Mark = (u8, i64, ExceptionId);

/// Which exceptions are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Filter {
    /// Of this standing; of every one if nothing.
    pub(super) standing: Option<String>,
    /// Of this rule.
    pub(super) rule: Option<Rule>,
    /// Of these edges.
    pub(super) edges: Option<Vec<EdgeNumber>>,
    /// Of this order.
    pub(super) order: Option<OrderId>,
    /// After this one.
    pub(super) after: Option<Mark>,
}

const COLUMNS: &str = "e.exception_id, e.rule, e.severity, e.standing, e.order_id, e.transfer_id,
    e.fulfilment_id, e.edge, e.facts, e.units, e.raised_at_ms, r.how, r.resolved_at_ms, e.card_id,
    e.sale_id, e.coupon_id";
const FROM: &str = "exceptions e LEFT JOIN exception_resolutions r
    ON r.exception_id = e.exception_id";

fn stored(row: &Row) -> Result<Stored, DbError> {
    const OURS: &str = "only what exceptions say is stored";
    let rule: String = row.read(1)?;
    let (order, transfer): (Option<[u8; 16]>, Option<[u8; 16]>) = (row.read(4)?, row.read(5)?);
    let facts: String = row.read(8)?;
    let units: String = row.read(9)?;
    let (how, at_ms): (Option<String>, Option<i64>) = (row.read(11)?, row.read(12)?);
    Ok(Stored {
        id: ExceptionId(row.read(0)?),
        rule: Rule::from_word(&rule).expect(OURS),
        severity: row.read(2)?,
        standing: row.read(3)?,
        about: match (order, transfer) {
            (Some(order), _) => Subject::Order(OrderId::from_bytes(order)),
            (None, Some(transfer)) => Subject::Transfer(TransferId::from_bytes(transfer)),
            (None, None) => {
                let (card, sale): (Option<[u8; 16]>, Option<[u8; 16]>) =
                    (row.read(13)?, row.read(14)?);
                let coupon: Option<[u8; 16]> = row.read(15)?;
                match (card, sale) {
                    (Some(card), _) => Subject::Card(StoredId::from_bytes(card)),
                    (None, Some(sale)) => Subject::Sale(SaleId::from_bytes(sale)),
                    (None, None) => Subject::Coupon(CouponId::from_bytes(coupon.expect(OURS))),
                }
            }
        },
        fulfilment_id: row
            .read::<Option<[u8; 16]>>(6)?
            .map(FulfilmentId::from_bytes),
        edge: row.read::<Option<u32>>(7)?.map(EdgeNumber),
        facts: facts
            .split_whitespace()
            .map(|id| id.parse().expect(OURS))
            .collect(),
        units: serde_json::from_str(&units).expect(OURS),
        raised_at_ms: row.read(10)?,
        resolution: how.zip(at_ms),
    })
}

const fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Settled => "settled",
        Standing::Resolved => "resolved",
    }
}

/// Writes an exception as its facts raise it.
pub(super) fn put(
    tx: &mut Tx,
    about: Subject,
    edge: Option<EdgeNumber>,
    raised: &Raised,
    raised_at_ms: i64,
) -> Result<(), DbError> {
    let (mut order, mut transfer, mut card, mut sale, mut coupon) = (None, None, None, None, None);
    match about {
        Subject::Order(id) => order = Some(id.to_bytes()),
        Subject::Transfer(id) => transfer = Some(id.to_bytes()),
        Subject::Card(id) => card = Some(id.to_bytes()),
        Subject::Sale(id) => sale = Some(id.to_bytes()),
        Subject::Coupon(id) => coupon = Some(id.to_bytes()),
    }
    let facts: Vec<String> = raised.facts.iter().map(ToString::to_string).collect();
    let units: Vec<(&str, i64)> = raised
        .units
        .iter()
        .map(|(sku, quantity)| (sku.as_str(), quantity.0))
        .collect();
    let units = serde_json::to_string(&units).expect("texts and numbers are always JSON");
    tx.execute(
        "INSERT INTO exceptions (exception_id, rule, severity, standing, order_id, transfer_id,
             fulfilment_id, edge, facts, units, raised_at_ms, card_id, sale_id, coupon_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
         ON CONFLICT (exception_id) DO UPDATE
         SET standing = excluded.standing, edge = excluded.edge, units = excluded.units,
             raised_at_ms = excluded.raised_at_ms",
        params![
            raised.exception_id.0,
            raised.rule.word(),
            raised.rule.severity().0,
            standing_word(raised.standing),
            order,
            transfer,
            raised.fulfilment_id.map(|id| id.to_bytes()),
            edge.map(|edge| edge.0),
            facts.join(" "),
            units,
            raised_at_ms,
            card,
            sale,
            coupon,
        ],
    )?;
    Ok(())
}

/// Takes back what an order's facts no longer raise: with more facts, others are the reason.
pub(super) fn keep_only(tx: &mut Tx, order: OrderId, kept: &[ExceptionId]) -> Result<(), DbError> {
    let mut values: Vec<Value> = vec![order.to_bytes().into()];
    values.extend(kept.iter().map(|id| Value::from(id.0)));
    let places: Vec<String> = (2..=values.len()).map(|at| format!("${at}")).collect();
    let mut sql = "DELETE FROM exceptions WHERE order_id = $1".to_owned();
    if !places.is_empty() {
        sql += &format!(" AND exception_id NOT IN ({})", places.join(", "));
    }
    tx.execute(&sql, &values)?;
    Ok(())
}

/// Takes back what a card's facts no longer raise.
pub(super) fn keep_of_card(
    tx: &mut Tx,
    card: StoredId,
    kept: Option<ExceptionId>,
) -> Result<(), DbError> {
    // No exception has sixteen zeros for an id: it is a hash.
    let kept = kept.map_or([0; 16], |id| id.0);
    tx.execute(
        "DELETE FROM exceptions WHERE card_id = $1 AND exception_id <> $2",
        params![card.to_bytes(), kept],
    )?;
    Ok(())
}

/// Takes back what a sale's facts no longer raise.
pub(super) fn keep_of_sale(
    tx: &mut Tx,
    sale_id: SaleId,
    kept: Option<ExceptionId>,
) -> Result<(), DbError> {
    let kept = kept.map_or([0; 16], |id| id.0);
    tx.execute(
        "DELETE FROM exceptions WHERE sale_id = $1 AND exception_id <> $2",
        params![sale_id.to_bytes(), kept],
    )?;
    Ok(())
}

/// Takes back what a coupon's facts no longer raise.
pub(super) fn keep_of_coupon(
    tx: &mut Tx,
    coupon: CouponId,
    kept: Option<ExceptionId>,
) -> Result<(), DbError> {
    let kept = kept.map_or([0; 16], |id| id.0);
    tx.execute(
        "DELETE FROM exceptions WHERE coupon_id = $1 AND exception_id <> $2",
        params![coupon.to_bytes(), kept],
    )?;
    Ok(())
}

/// Remembers how a person settled one, and marks it if it was raised already.
pub(super) fn put_resolution(
    tx: &mut Tx,
    id: ExceptionId,
    how: &str,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO exception_resolutions (exception_id, how, resolved_at_ms)
         VALUES ($1, $2, $3)
         ON CONFLICT (exception_id) DO UPDATE
         SET how = excluded.how, resolved_at_ms = excluded.resolved_at_ms
         WHERE exception_resolutions.resolved_at_ms < excluded.resolved_at_ms",
        params![id.0, how, at_ms],
    )?;
    tx.execute(
        "UPDATE exceptions SET standing = 'resolved' WHERE exception_id = $1",
        params![id.0],
    )?;
    Ok(())
}

/// Tells whether a person settled it.
pub(super) fn is_resolved(tx: &mut Tx, id: ExceptionId) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT 1 FROM exception_resolutions WHERE exception_id = $1",
        params![id.0],
    )?;
    Ok(row.is_some())
}

pub(super) fn by_id(tx: &mut Tx, id: ExceptionId) -> Result<Option<Stored>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE e.exception_id = $1");
    let row = tx.query_opt(&sql, params![id.0])?;
    row.as_ref().map(stored).transpose()
}

/// Returns exceptions, the worst first, then the oldest, at most `limit`.
pub(super) fn listed(tx: &mut Tx, filter: &Filter, limit: u32) -> Result<Vec<Stored>, DbError> {
    let mut values: Vec<Value> = Vec::new();
    let mut sql = format!("SELECT {COLUMNS} FROM {FROM} WHERE 1 = 1");
    if let Some(standing) = &filter.standing {
        values.push(standing.into());
        sql += &format!(" AND e.standing = ${}", values.len());
    }
    if let Some(rule) = filter.rule {
        values.push(rule.word().into());
        sql += &format!(" AND e.rule = ${}", values.len());
    }
    if let Some(edges) = &filter.edges {
        let mut numbers: Vec<String> = edges.iter().map(ToString::to_string).collect();
        // A store without an edge has none of them.
        numbers.push("-1".to_owned());
        sql += &format!(" AND e.edge IN ({})", numbers.join(", "));
    }
    if let Some(order) = filter.order {
        values.push(order.to_bytes().into());
        sql += &format!(" AND e.order_id = ${}", values.len());
    }
    if let Some((severity, raised_at_ms, id)) = filter.after {
        values.extend([severity.into(), raised_at_ms.into(), id.0.into()]);
        let last = values.len();
        sql += &format!(
            " AND (e.severity, e.raised_at_ms, e.exception_id) > (${}, ${}, ${last})",
            last - 2,
            last - 1
        );
    }
    values.push(limit.into());
    sql += &format!(
        " ORDER BY e.severity, e.raised_at_ms, e.exception_id LIMIT ${}",
        values.len()
    );
    let rows = tx.query_all(&sql, &values)?;
    rows.iter().map(stored).collect()
}

/// Counts exceptions by standing.
pub(super) fn counts(tx: &mut Tx) -> Result<BTreeMap<String, i64>, DbError> {
    let sql = "SELECT standing, COUNT(*) FROM exceptions GROUP BY standing";
    let rows = tx.query_all(sql, params![])?;
    rows.iter()
        .map(|row| Ok((row.read(0)?, row.read(1)?)))
        .collect()
}

/// The tables of the views.
pub(super) const VIEWS: &[&str] = &["exceptions", "exception_resolutions"];
