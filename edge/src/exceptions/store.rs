//! The view of exceptions: each fact of an order raises those of its parts here anew.

use std::sync::Arc;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{
    self, OrderFact, Projected, Projection, ProjectionFailed, order_facts,
};
use counterpart_protocol::exceptions::{ExceptionId, Raised as Found, Rule, Standing};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{DocumentId, FactId, FulfilmentId, OrderId, Sku};
use counterpart_protocol::orders::{self, Order, order_kinds};
use counterpart_protocol::quantity::Milli;

/// An exception as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exception {
    /// Its id.
    pub exception_id: ExceptionId,
    /// The order.
    pub order_id: OrderId,
    /// The part it is about, if it is about one.
    pub fulfilment_id: Option<FulfilmentId>,
    /// What people call the order.
    pub reference: String,
    /// Its rule.
    pub rule: Rule,
    /// How it stands.
    pub standing: Standing,
    /// When the newest of its facts was stated, in milliseconds UTC.
    pub raised_at_ms: i64,
    /// What it is about.
    pub units: Vec<(Sku, Milli)>,
    /// The facts that raise it.
    pub facts: Vec<FactId>,
}

/// Folds orders into the exceptions that concern this store, and calls `changed` once that is
/// durable.
pub(crate) struct Raised {
    pub(super) changed: Arc<dyn Fn() + Send + Sync>,
}

impl Projection for Raised {
    fn name(&self) -> &'static str {
        "exceptions"
    }

    fn kinds(&self) -> &'static [Kind] {
        const KINDS: [Kind; 15] = order_kinds();
        &KINDS
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let DocumentId::Order(order_id) = projected.document else {
            return Ok(());
        };
        let Some(me) = replica::own_edge(tx)? else {
            return Ok(());
        };
        let facts = order_facts(tx, order_id)?;
        let order = Order::fold(&facts)?;
        clear_order(tx, order_id)?;
        let is_ours = |id: Option<FulfilmentId>| match id {
            Some(id) => order
                .fulfilments
                .get(&id)
                .is_some_and(|part| part.edge == Some(me)),
            None => order.fulfilments.values().any(|part| part.edge == Some(me)),
        };
        for found in orders::exceptions(&facts)? {
            if is_ours(found.fulfilment_id) {
                put(tx, order_id, &order, &found, &facts)?;
            }
        }
        let changed = self.changed.clone();
        tx.on_commit(Box::new(move || changed()));
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["exception_facts", "exception_units", "exceptions"]
    }
}

fn clear_order(tx: &mut Tx, order_id: OrderId) -> Result<(), DbError> {
    for view in ["exception_facts", "exception_units"] {
        let sql = format!(
            "DELETE FROM {view} WHERE exception_id IN
                 (SELECT exception_id FROM exceptions WHERE order_id = $1)"
        );
        tx.execute(&sql, params![order_id.to_bytes()])?;
    }
    tx.execute(
        "DELETE FROM exceptions WHERE order_id = $1",
        params![order_id.to_bytes()],
    )?;
    Ok(())
}

fn put(
    tx: &mut Tx,
    order_id: OrderId,
    order: &Order,
    found: &Found,
    facts: &[OrderFact],
) -> Result<(), DbError> {
    let placed = order.placed.as_ref();
    let stated = facts
        .iter()
        .filter(|one| found.facts.contains(&one.fact.header.id));
    tx.execute(
        "INSERT INTO exceptions (exception_id, order_id, fulfilment_id, reference, rule, severity,
             standing, raised_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            found.exception_id.0,
            order_id.to_bytes(),
            found.fulfilment_id.map(FulfilmentId::to_bytes),
            placed.map_or("", |placed| placed.channel_reference.as_str()),
            found.rule.word(),
            i64::from(found.rule.severity().0),
            standing_word(found.standing),
            stated.map(at_ms).max().unwrap_or(0),
        ],
    )?;
    for (place, (sku, quantity)) in (0_u32..).zip(&found.units) {
        tx.execute(
            "INSERT INTO exception_units (exception_id, place, sku, quantity_milli)
             VALUES ($1, $2, $3, $4)",
            params![found.exception_id.0, place, sku.as_str(), quantity.0],
        )?;
    }
    for (place, fact_id) in (0_u32..).zip(&found.facts) {
        tx.execute(
            "INSERT INTO exception_facts (exception_id, place, fact_id) VALUES ($1, $2, $3)",
            params![found.exception_id.0, place, fact_id.to_bytes()],
        )?;
    }
    Ok(())
}

fn at_ms(stated: &OrderFact) -> i64 {
    i64::try_from(stated.fact.header.hlc.at_ms()).expect("48 bits of milliseconds fit")
}

/// Returns the word of a standing in SQL and addresses.
pub(crate) const fn standing_word(standing: Standing) -> &'static str {
    match standing {
        Standing::Open => "open",
        Standing::Settled => "settled",
        Standing::Resolved => "resolved",
    }
}

const COLUMNS: &str = "exception_id, order_id, fulfilment_id, reference, rule, standing,
    raised_at_ms FROM exceptions";

/// Returns the exceptions with a standing, the worst first, at most `limit`, after the first
/// `skipped`: an inbox is short, or somebody has more urgent things to do than to page through it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn with_standing(
    tx: &mut Tx,
    standing: Standing,
    (limit, skipped): (u32, u32),
) -> Result<Vec<Exception>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE standing = $1
         ORDER BY severity, raised_at_ms DESC, exception_id LIMIT $2 OFFSET $3"
    );
    let rows = tx.query_all(&sql, params![standing_word(standing), limit, skipped])?;
    rows.iter().map(|row| read(tx, row)).collect()
}

/// Returns one exception, if it is there.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn exception(tx: &mut Tx, id: ExceptionId) -> Result<Option<Exception>, DbError> {
    let sql = format!("SELECT {COLUMNS} WHERE exception_id = $1");
    let row = tx.query_opt(&sql, params![id.0])?;
    row.map(|row| read(tx, &row)).transpose()
}

/// Returns how many exceptions are open, and how many of them are of the worst kind.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn open_count(tx: &mut Tx) -> Result<(i64, i64), DbError> {
    let row = tx.query_one(
        "SELECT COUNT(*), COALESCE(SUM(severity = 1), 0) FROM exceptions WHERE standing = 'open'",
        params![],
    )?;
    Ok((row.read(0)?, row.read(1)?))
}

fn read(tx: &mut Tx, row: &Row) -> Result<Exception, DbError> {
    let exception_id = ExceptionId(row.read(0)?);
    let (rule, standing): (String, String) = (row.read(4)?, row.read(5)?);
    let corrupt = |detail: String| DbError::Corrupt { detail };
    let units = tx.query_all(
        "SELECT sku, quantity_milli FROM exception_units WHERE exception_id = $1 ORDER BY place",
        params![exception_id.0],
    )?;
    let units: Result<Vec<(Sku, Milli)>, DbError> = units
        .iter()
        .map(|row| {
            let sku: String = row.read(0)?;
            let sku = sku.parse().expect("only checked SKUs are stored");
            Ok((sku, Milli(row.read(1)?)))
        })
        .collect();
    let facts = tx.query_all(
        "SELECT fact_id FROM exception_facts WHERE exception_id = $1 ORDER BY place",
        params![exception_id.0],
    )?;
    let facts: Result<Vec<FactId>, DbError> = facts
        .iter()
        .map(|row| row.read(0).map(FactId::from_bytes))
        .collect();
    Ok(Exception {
        exception_id,
        order_id: OrderId::from_bytes(row.read(1)?),
        fulfilment_id: row
            .read::<Option<[u8; 16]>>(2)?
            .map(FulfilmentId::from_bytes),
        reference: row.read(3)?,
        rule: Rule::from_word(&rule)
            .ok_or_else(|| corrupt(format!("exceptions.rule holds {rule:?}")))?,
        standing: match standing.as_str() {
            "open" => Standing::Open,
            "settled" => Standing::Settled,
            "resolved" => Standing::Resolved,
            other => return Err(corrupt(format!("exceptions.standing holds {other:?}"))),
        },
        raised_at_ms: row.read(6)?,
        units: units?,
        facts: facts?,
    })
}
