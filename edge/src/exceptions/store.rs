//! The view of exceptions: each fact of an order raises those of its parts here anew.

use std::sync::Arc;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{
    self, OrderFact, Projected, Projection, ProjectionFailed, order_facts,
};
use counterpart_protocol::exceptions::{
    ExceptionId, ExceptionResolved, Raised as Found, Rule, Standing,
};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::{
    DocumentId, FactId, FulfilmentId, OrderId, SaleId, Sku, StoredId, TransferId,
};
use counterpart_protocol::orders::{self, Order, order_kinds};
use counterpart_protocol::quantity::Milli;

/// What an exception is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subject {
    /// An order.
    Order(OrderId),
    /// Goods from another store.
    Transfer(TransferId),
    /// A gift card or a credit.
    Card(StoredId),
    /// A sale of this store or another.
    Sale(SaleId),
}

/// An exception as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exception {
    /// Its id.
    pub exception_id: ExceptionId,
    /// What it is about.
    pub about: Subject,
    /// The part it is about, if it is about one.
    pub fulfilment_id: Option<FulfilmentId>,
    /// What people call the order; nothing for a transfer.
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
        let order_id = match projected.document {
            DocumentId::Order(order_id) => order_id,
            DocumentId::Segment(_) => return self.of_journal(tx, projected),
        };
        let Some(me) = replica::own_edge(tx)? else {
            return Ok(());
        };
        let facts = order_facts(tx, order_id)?;
        let order = Order::fold(&facts)?;
        clear(tx, "order_id = $1", &order_id.to_bytes())?;
        let is_ours = |id: Option<FulfilmentId>| match id {
            Some(id) => order
                .fulfilments
                .get(&id)
                .is_some_and(|part| part.edge == Some(me)),
            None => order.fulfilments.values().any(|part| part.edge == Some(me)),
        };
        for found in orders::exceptions(&facts)? {
            if is_ours(found.fulfilment_id) {
                put_of_order(tx, order_id, &order, &found, &facts)?;
            }
        }
        let changed = self.changed.clone();
        tx.on_commit(Box::new(move || changed()));
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &[
            "exception_facts",
            "exception_units",
            "exceptions",
            "exceptions_resolved",
        ]
    }
}

impl Raised {
    /// What is about no order is settled in a journal: this store's, or the hub's for it.
    fn of_journal(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        if projected.fact.kind() == Some(Kind::ExceptionResolved) {
            let body: ExceptionResolved = projected.fact.read()?;
            put_resolved(tx, body.exception_id)?;
            let changed = self.changed.clone();
            tx.on_commit(Box::new(move || changed()));
        }
        Ok(())
    }
}

/// Raises the exception of a transfer; who settled it before it was raised here settled it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn raise(
    tx: &mut Tx,
    transfer_id: TransferId,
    found: &Found,
    raised_at_ms: i64,
) -> Result<(), DbError> {
    raise_about(tx, Subject::Transfer(transfer_id), found, raised_at_ms)
}

/// Raises the exception of a card, if there is one, and takes back whatever was raised of it
/// before.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn of_card(
    tx: &mut Tx,
    card: StoredId,
    found: Option<&Found>,
    raised_at_ms: i64,
) -> Result<(), DbError> {
    clear(tx, "card_id = $1", &card.to_bytes())?;
    match found {
        Some(found) => raise_about(tx, Subject::Card(card), found, raised_at_ms),
        None => Ok(()),
    }
}

/// Raises the exception of a sale, if there is one, and takes back whatever was raised of it
/// before.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn of_sale(
    tx: &mut Tx,
    sale_id: SaleId,
    found: Option<&Found>,
    raised_at_ms: i64,
) -> Result<(), DbError> {
    clear(tx, "sale_id = $1", &sale_id.to_bytes())?;
    match found {
        Some(found) => raise_about(tx, Subject::Sale(sale_id), found, raised_at_ms),
        None => Ok(()),
    }
}

fn raise_about(
    tx: &mut Tx,
    about: Subject,
    found: &Found,
    raised_at_ms: i64,
) -> Result<(), DbError> {
    let sql = "SELECT 1 FROM exceptions_resolved WHERE exception_id = $1";
    let is_resolved = tx.query_opt(sql, params![found.exception_id.0])?.is_some();
    let mut found = found.clone();
    if is_resolved {
        found.standing = Standing::Resolved;
    }
    clear(tx, "exception_id = $1", &found.exception_id.0)?;
    put(tx, (about, ""), &found, raised_at_ms)
}

fn put_resolved(tx: &mut Tx, id: ExceptionId) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO exceptions_resolved (exception_id) VALUES ($1) ON CONFLICT DO NOTHING",
        params![id.0],
    )?;
    tx.execute(
        "UPDATE exceptions SET standing = 'resolved' WHERE exception_id = $1",
        params![id.0],
    )?;
    Ok(())
}

/// Takes back the exceptions of which a condition with one value holds.
fn clear(tx: &mut Tx, which: &str, value: &[u8; 16]) -> Result<(), DbError> {
    for view in ["exception_facts", "exception_units"] {
        let sql = format!(
            "DELETE FROM {view} WHERE exception_id IN
                 (SELECT exception_id FROM exceptions WHERE {which})"
        );
        tx.execute(&sql, params![*value])?;
    }
    let sql = format!("DELETE FROM exceptions WHERE {which}");
    tx.execute(&sql, params![*value])?;
    Ok(())
}

fn put_of_order(
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
    let reference = placed.map_or("", |placed| placed.channel_reference.as_str());
    let raised_at_ms = stated.map(at_ms).max().unwrap_or(0);
    put(
        tx,
        (Subject::Order(order_id), reference),
        found,
        raised_at_ms,
    )
}

fn put(
    tx: &mut Tx,
    (about, reference): (Subject, &str),
    found: &Found,
    raised_at_ms: i64,
) -> Result<(), DbError> {
    let (order, transfer, card, sale) = match about {
        Subject::Order(id) => (Some(id.to_bytes()), None, None, None),
        Subject::Transfer(id) => (None, Some(id.to_bytes()), None, None),
        Subject::Card(id) => (None, None, Some(id.to_bytes()), None),
        Subject::Sale(id) => (None, None, None, Some(id.to_bytes())),
    };
    tx.execute(
        "INSERT INTO exceptions (exception_id, order_id, transfer_id, card_id, fulfilment_id,
             reference, rule, severity, standing, raised_at_ms, sale_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            found.exception_id.0,
            order,
            transfer,
            card,
            found.fulfilment_id.map(FulfilmentId::to_bytes),
            reference,
            found.rule.word(),
            i64::from(found.rule.severity().0),
            standing_word(found.standing),
            raised_at_ms,
            sale,
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

const COLUMNS: &str = "exception_id, order_id, transfer_id, fulfilment_id, reference, rule,
    standing, raised_at_ms, card_id, sale_id FROM exceptions";

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
    let (order, transfer): (Option<[u8; 16]>, Option<[u8; 16]>) = (row.read(1)?, row.read(2)?);
    let (rule, standing): (String, String) = (row.read(5)?, row.read(6)?);
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
        about: match (order, transfer, row.read::<Option<[u8; 16]>>(8)?) {
            (Some(order), _, _) => Subject::Order(OrderId::from_bytes(order)),
            (None, Some(transfer), _) => Subject::Transfer(TransferId::from_bytes(transfer)),
            (None, None, Some(card)) => Subject::Card(StoredId::from_bytes(card)),
            (None, None, None) => {
                let sale: Option<[u8; 16]> = row.read(9)?;
                let sale =
                    sale.ok_or_else(|| corrupt("an exception is about nothing".to_owned()))?;
                Subject::Sale(SaleId::from_bytes(sale))
            }
        },
        fulfilment_id: row
            .read::<Option<[u8; 16]>>(3)?
            .map(FulfilmentId::from_bytes),
        reference: row.read(4)?,
        rule: Rule::from_word(&rule)
            .ok_or_else(|| corrupt(format!("exceptions.rule holds {rule:?}")))?,
        standing: match standing.as_str() {
            "open" => Standing::Open,
            "settled" => Standing::Settled,
            "resolved" => Standing::Resolved,
            other => return Err(corrupt(format!("exceptions.standing holds {other:?}"))),
        },
        raised_at_ms: row.read(7)?,
        units: units?,
        facts: facts?,
    })
}
