//! The lists of orders: filtered, page by page, newest first; and what waits for the hub.

use std::collections::BTreeMap;

use counterpart_daemon::db::{DbError, Row, Tx, Value};
use counterpart_daemon::params;
use counterpart_protocol::ids::OrderId;

/// An order as listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct Listed {
    pub(in crate::orders) order_id: OrderId,
    pub(in crate::orders) channel: String,
    pub(in crate::orders) channel_reference: String,
    pub(in crate::orders) placed_at_ms: i64,
    pub(in crate::orders) currency: String,
    pub(in crate::orders) total_minor: i64,
    pub(in crate::orders) delivery: String,
    pub(in crate::orders) status: String,
    pub(in crate::orders) promise_at_ms: Option<i64>,
}

/// A part of a listed order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::orders) struct ListedPart {
    pub(in crate::orders) store_id: Option<String>,
    pub(in crate::orders) stage: String,
}

/// Which orders are listed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::orders) struct Filter {
    /// Of these statuses; of every one if none.
    pub(in crate::orders) statuses: Vec<String>,
    /// With a part at this store, or to be picked up there.
    pub(in crate::orders) store: Option<String>,
    /// Of this channel.
    pub(in crate::orders) channel: Option<String>,
    /// Words that all occur in reference, SKUs or descriptions.
    pub(in crate::orders) text: String,
    /// Promised before this time and not ready.
    pub(in crate::orders) late_at_ms: Option<i64>,
    /// After this order of the list.
    pub(in crate::orders) after: Option<(i64, OrderId)>,
}

const COLUMNS: &str = "order_id, channel, channel_reference, placed_at_ms, currency, total_minor,
    delivery, status, promise_at_ms";

fn row_listed(row: &Row) -> Result<Listed, DbError> {
    Ok(Listed {
        order_id: OrderId::from_bytes(row.read(0)?),
        channel: row.read(1)?,
        channel_reference: row.read(2)?,
        placed_at_ms: row.read(3)?,
        currency: row.read(4)?,
        total_minor: row.read(5)?,
        delivery: row.read(6)?,
        status: row.read(7)?,
        promise_at_ms: row.read(8)?,
    })
}

/// Builds a condition with its values.
#[derive(Default)]
struct Condition {
    sql: String,
    values: Vec<Value>,
}

impl Condition {
    fn of(filter: &Filter) -> Self {
        let mut condition = Self::default();
        if !filter.statuses.is_empty() {
            let places: Vec<String> = filter
                .statuses
                .iter()
                .map(|status| condition.bind(status))
                .collect();
            condition.and(&format!("status IN ({})", places.join(", ")));
        }
        if let Some(store) = &filter.store {
            let place = condition.bind(store);
            condition.and(&format!(
                "(pickup_store = {place} OR EXISTS (SELECT 1 FROM fulfilments f
                     WHERE f.order_id = orders.order_id AND f.store_id = {place}))"
            ));
        }
        if let Some(channel) = &filter.channel {
            let place = condition.bind(channel);
            condition.and(&format!("channel = {place}"));
        }
        for word in filter.text.to_lowercase().split_whitespace().take(8) {
            let place = condition.bind(pattern(word));
            condition.and(&format!("found_by LIKE {place} ESCAPE '\\'"));
        }
        if let Some(now_ms) = filter.late_at_ms {
            let place = condition.bind(now_ms);
            condition.and(&format!(
                "promise_at_ms < {place} AND status IN ('unrouted', 'routed', 'in_progress')"
            ));
        }
        condition
    }

    fn bind(&mut self, value: impl Into<Value>) -> String {
        self.values.push(value.into());
        format!("${}", self.values.len())
    }

    fn and(&mut self, sql: &str) {
        self.sql += " AND ";
        self.sql += sql;
    }
}

/// Writes a word as a pattern that finds it anywhere, its own wildcards taken literally.
fn pattern(word: &str) -> String {
    let literal = |letter: char| match letter {
        '%' | '_' | '\\' => format!("\\{letter}"),
        letter => letter.to_string(),
    };
    format!("%{}%", word.chars().map(literal).collect::<String>())
}

/// Returns orders, the newest first, at most `limit`.
pub(in crate::orders) fn listed(
    tx: &mut Tx,
    filter: &Filter,
    limit: u32,
) -> Result<Vec<Listed>, DbError> {
    let mut condition = Condition::of(filter);
    if let Some((placed_at_ms, order_id)) = filter.after {
        let at = condition.bind(placed_at_ms);
        let id = condition.bind(order_id.to_bytes());
        condition.and(&format!("(placed_at_ms, order_id) < ({at}, {id})"));
    }
    let limit = condition.bind(limit);
    let sql = format!(
        "SELECT {COLUMNS} FROM orders WHERE 1 = 1{} ORDER BY placed_at_ms DESC, order_id DESC
         LIMIT {limit}",
        condition.sql
    );
    let rows = tx.query_all(&sql, &condition.values)?;
    rows.iter().map(row_listed).collect()
}

/// Counts the orders of each status that a filter finds, whatever status it names itself.
pub(in crate::orders) fn status_counts(
    tx: &mut Tx,
    filter: &Filter,
) -> Result<BTreeMap<String, i64>, DbError> {
    let everywhere = Filter {
        statuses: Vec::new(),
        late_at_ms: None,
        ..filter.clone()
    };
    let condition = Condition::of(&everywhere);
    let sql = format!(
        "SELECT status, COUNT(*) FROM orders WHERE 1 = 1{} GROUP BY status",
        condition.sql
    );
    let rows = tx.query_all(&sql, &condition.values)?;
    rows.iter()
        .map(|row| Ok((row.read(0)?, row.read(1)?)))
        .collect()
}

/// Counts the orders that are not over, and those of them that were promised before `now_ms`.
pub(in crate::orders) fn open_and_late(tx: &mut Tx, now_ms: i64) -> Result<(i64, i64), DbError> {
    let row = tx.query_one(
        "SELECT COUNT(*), COUNT(CASE WHEN promise_at_ms < $1 AND status <> 'ready' THEN 1 END)
         FROM orders WHERE status IN ('unrouted', 'routed', 'in_progress', 'ready')",
        params![now_ms],
    )?;
    Ok((row.read(0)?, row.read(1)?))
}

/// Returns the parts of these orders.
pub(in crate::orders) fn listed_parts(
    tx: &mut Tx,
    orders: &[OrderId],
) -> Result<BTreeMap<OrderId, Vec<ListedPart>>, DbError> {
    let mut parts: BTreeMap<OrderId, Vec<ListedPart>> = BTreeMap::new();
    for chunk in orders.chunks(200) {
        let values: Vec<Value> = chunk.iter().map(|id| id.to_bytes().into()).collect();
        let places: Vec<String> = (1..=values.len()).map(|at| format!("${at}")).collect();
        let sql = format!(
            "SELECT order_id, store_id, stage FROM fulfilments WHERE order_id IN ({})
             ORDER BY order_id, fulfilment_id",
            places.join(", ")
        );
        for row in tx.query_all(&sql, &values)? {
            let part = ListedPart {
                store_id: row.read(1)?,
                stage: row.read(2)?,
            };
            let order = OrderId::from_bytes(row.read(0)?);
            parts.entry(order).or_default().push(part);
        }
    }
    Ok(parts)
}

/// Returns orders the hub has something to do about, the oldest first, after `after`.
pub(in crate::orders) fn due(
    tx: &mut Tx,
    todo: &str,
    after: Option<(i64, OrderId)>,
    limit: u32,
) -> Result<Vec<(i64, OrderId)>, DbError> {
    let (at_ms, id) = after.map_or((i64::MIN, [0; 16]), |(at_ms, id)| (at_ms, id.to_bytes()));
    let rows = tx.query_all(
        "SELECT placed_at_ms, order_id FROM orders
         WHERE todo = $1 AND (placed_at_ms, order_id) > ($2, $3)
         ORDER BY placed_at_ms, order_id LIMIT $4",
        params![todo, at_ms, id, limit],
    )?;
    rows.iter()
        .map(|row| Ok((row.read(0)?, OrderId::from_bytes(row.read(1)?))))
        .collect()
}
