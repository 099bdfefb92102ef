//! The SQL of refund rights.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{EdgeNumber, FactId, RegisterId, SaleId, StoreId};
use counterpart_protocol::returns::RefundRightPassed;
use counterpart_protocol::sales::ReceiptNumber;

/// The tables of the views.
pub(in crate::returns) const RIGHTS_VIEWS: &[&str] = &["refund_rights", "refund_asks"];

/// An ask nobody answered yet.
#[derive(Debug, Clone)]
pub(in crate::returns) struct Open {
    pub(in crate::returns) ask: FactId,
    /// Who asks.
    pub(in crate::returns) edge: EdgeNumber,
    /// Which store sold it.
    pub(in crate::returns) store: StoreId,
    pub(in crate::returns) receipt: ReceiptNumber,
    /// Who was asked to pass it on.
    pub(in crate::returns) wanted_of: Option<EdgeNumber>,
    /// What who held it said, and who that was.
    pub(in crate::returns) passed: Option<(RefundRightPassed, EdgeNumber)>,
}

/// Who may refund a sale whose right was ever passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Held {
    /// The edge that has it.
    pub(crate) edge: EdgeNumber,
    /// Since when, in milliseconds UTC.
    pub(crate) at_ms: i64,
}

/// Who asks for the right of a sale and waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Waiting {
    /// The edge that asks.
    pub(crate) edge: EdgeNumber,
    /// Since when, in milliseconds UTC.
    pub(crate) asked_at_ms: i64,
    /// Whether the holder passed it, so that only the asker has to hear of it.
    pub(crate) is_passed: bool,
}

fn begin(tx: &mut Tx, ask: FactId) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_asks (ask) VALUES ($1) ON CONFLICT (ask) DO NOTHING",
        params![ask.to_bytes()],
    )?;
    Ok(())
}

pub(in crate::returns) fn put_asked(
    tx: &mut Tx,
    edge: EdgeNumber,
    fact: &Fact,
    (store, receipt): (&StoreId, ReceiptNumber),
) -> Result<(), DbError> {
    begin(tx, fact.header.id)?;
    tx.execute(
        "UPDATE refund_asks SET edge = $2, store_id = $3, register = $4, series = $5, number = $6,
             asked_at_ms = $7 WHERE ask = $1",
        params![
            fact.header.id.to_bytes(),
            edge.0,
            store.as_str(),
            receipt.register.0,
            receipt.series,
            receipt.number,
            at_ms(fact),
        ],
    )?;
    Ok(())
}

pub(in crate::returns) fn put_wanted(
    tx: &mut Tx,
    fact: &Fact,
    (ask, sale_id, of): (FactId, SaleId, EdgeNumber),
) -> Result<(), DbError> {
    begin(tx, ask)?;
    tx.execute(
        "UPDATE refund_asks SET wanted_of = $2, wanted_at_ms = $3, sale_id = $4 WHERE ask = $1",
        params![ask.to_bytes(), of.0, at_ms(fact), sale_id.to_bytes()],
    )?;
    Ok(())
}

pub(in crate::returns) fn put_passed(
    tx: &mut Tx,
    by: EdgeNumber,
    fact: &Fact,
    body: &RefundRightPassed,
) -> Result<(), DbError> {
    begin(tx, body.ask)?;
    let sale_id = body.sale.sale_id.to_bytes();
    tx.execute(
        "UPDATE refund_asks SET passed = $2, passed_by = $3, sale_id = $4 WHERE ask = $1",
        params![body.ask.to_bytes(), fact.encode_said(), by.0, sale_id],
    )?;
    tx.execute(
        "INSERT INTO refund_rights (sale_id, turn, edge, at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sale_id) DO UPDATE SET turn = excluded.turn, edge = excluded.edge,
             at_ms = excluded.at_ms
         WHERE excluded.turn > refund_rights.turn",
        params![sale_id, body.turn, body.to_edge.0, at_ms(fact)],
    )?;
    Ok(())
}

pub(in crate::returns) fn put_answered(
    tx: &mut Tx,
    fact: &Fact,
    ask: FactId,
) -> Result<(), DbError> {
    begin(tx, ask)?;
    tx.execute(
        "UPDATE refund_asks SET answered_at_ms = $2 WHERE ask = $1",
        params![ask.to_bytes(), at_ms(fact)],
    )?;
    Ok(())
}

/// Returns what waits for an answer, the oldest first, at most `limit`.
pub(in crate::returns) fn open(tx: &mut Tx, limit: u32) -> Result<Vec<Open>, DbError> {
    let rows = tx.query_all(
        "SELECT ask, edge, store_id, register, series, number, wanted_of, passed, passed_by
         FROM refund_asks WHERE answered_at_ms IS NULL AND edge IS NOT NULL
         ORDER BY asked_at_ms, ask LIMIT $1",
        params![limit],
    )?;
    rows.iter().map(read).collect()
}

fn read(row: &Row) -> Result<Open, DbError> {
    let store: String = row.read(2)?;
    let passed: Option<Vec<u8>> = row.read(7)?;
    let by: Option<u32> = row.read(8)?;
    let passed = passed.map(|bytes| {
        let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
        fact.read().expect("a folded fact could be read")
    });
    Ok(Open {
        ask: FactId::from_bytes(row.read(0)?),
        edge: EdgeNumber(row.read(1)?),
        store: store
            .parse()
            .expect("only checked ids of stores are stored"),
        receipt: ReceiptNumber {
            register: RegisterId(row.read(3)?),
            series: row.read(4)?,
            number: row.read(5)?,
        },
        wanted_of: row.read::<Option<u32>>(6)?.map(EdgeNumber),
        passed: passed.zip(by.map(EdgeNumber)),
    })
}

/// Returns whether somebody else's ask for the right of a sale is under way.
pub(in crate::returns) fn is_wanted(tx: &mut Tx, sale_id: SaleId) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT 1 FROM refund_asks
         WHERE sale_id = $1 AND wanted_of IS NOT NULL AND answered_at_ms IS NULL",
        params![sale_id.to_bytes()],
    )?;
    Ok(row.is_some())
}

/// Returns who may refund a sale, if its right was ever passed.
///
/// # Errors
/// Those of the database.
pub(crate) fn held(tx: &mut Tx, sale_id: SaleId) -> Result<Option<Held>, DbError> {
    let row = tx.query_opt(
        "SELECT edge, at_ms FROM refund_rights WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    row.map(|row| {
        Ok(Held {
            edge: EdgeNumber(row.read(0)?),
            at_ms: row.read(1)?,
        })
    })
    .transpose()
}

/// Returns who asks for the right of a sale and waits, the oldest first.
///
/// # Errors
/// Those of the database.
pub(crate) fn waiting(tx: &mut Tx, sale_id: SaleId) -> Result<Vec<Waiting>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, asked_at_ms, CASE WHEN passed IS NULL THEN 0 ELSE 1 END FROM refund_asks
         WHERE sale_id = $1 AND answered_at_ms IS NULL AND edge IS NOT NULL
         ORDER BY asked_at_ms LIMIT 20",
        params![sale_id.to_bytes()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Waiting {
                edge: EdgeNumber(row.read(0)?),
                asked_at_ms: row.read(1)?,
                is_passed: row.read::<i64>(2)? != 0,
            })
        })
        .collect()
}

fn at_ms(fact: &Fact) -> i64 {
    i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX)
}
