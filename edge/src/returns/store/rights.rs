//! The views of refund rights: who may refund a sale, what this store asked for, what it is wanted
//! to pass on, and the sales of other stores it may refund.

use std::sync::Arc;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::ids::{EdgeNumber, FactId, RegisterId, SaleId, StoreId};
use counterpart_protocol::returns::{
    RefundRightAsked, RefundRightGranted, RefundRightPassed, RefundRightRefused, RefundRightWanted,
    WhyNotPassed,
};
use counterpart_protocol::sales::ReceiptNumber;

use super::at_ms;
use super::{foreign, told};

/// Who may refund a sale whose right was ever passed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Right {
    /// Counts the times it was passed.
    pub turn: u32,
    /// Whether this store may.
    pub is_here: bool,
    /// Who gave it to this store, or got it from here.
    pub other_store: StoreId,
    /// Since when, in milliseconds UTC.
    pub at_ms: i64,
}

/// A right somebody of this store asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ask {
    /// The fact that asked.
    pub ask: FactId,
    /// Which store sold it.
    pub store: StoreId,
    /// By which receipt.
    pub receipt: ReceiptNumber,
    /// When it was asked for, in milliseconds UTC.
    pub asked_at_ms: i64,
    /// What became of it.
    pub answer: Answer,
}

/// What became of an ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    /// Nobody answered yet.
    NotYet,
    /// This store got the right to refund the sale.
    Granted(SaleId),
    /// The hub can ask nobody.
    Refused(WhyNotPassed),
}

/// A right the hub wants this store to pass on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// The fact by which it was asked for.
    pub ask: FactId,
    /// Of which sale.
    pub sale_id: SaleId,
    /// Which store asks.
    pub to: StoreId,
    /// By which edge.
    pub to_edge: EdgeNumber,
}

/// Returns who may refund a sale, if its right was ever passed.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn right_of(tx: &mut Tx, sale_id: SaleId) -> Result<Option<Right>, DbError> {
    let row = tx.query_opt(
        "SELECT turn, is_here, other_store, at_ms FROM refund_rights WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    row.map(|row| {
        Ok(Right {
            turn: row.read(0)?,
            is_here: row.read(1)?,
            other_store: store_id(&row, 2)?,
            at_ms: row.read(3)?,
        })
    })
    .transpose()
}

/// Returns what this store asked for, the newest first, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn asks(tx: &mut Tx, limit: u32) -> Result<Vec<Ask>, DbError> {
    let rows = tx.query_all(
        "SELECT ask, store_id, register, series, number, asked_at_ms, sale_id, refused
         FROM refund_asks WHERE store_id IS NOT NULL
         ORDER BY asked_at_ms DESC, ask DESC LIMIT $1",
        params![limit],
    )?;
    rows.iter().map(ask).collect()
}

/// Returns an ask.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn ask_by_id(tx: &mut Tx, id: FactId) -> Result<Option<Ask>, DbError> {
    let row = tx.query_opt(
        "SELECT ask, store_id, register, series, number, asked_at_ms, sale_id, refused
         FROM refund_asks WHERE ask = $1 AND store_id IS NOT NULL",
        params![id.to_bytes()],
    )?;
    row.as_ref().map(ask).transpose()
}

/// Returns the ask for a receipt that nobody answered yet.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn open_ask(
    tx: &mut Tx,
    store: &StoreId,
    receipt: ReceiptNumber,
) -> Result<Option<Ask>, DbError> {
    let row = tx.query_opt(
        "SELECT ask, store_id, register, series, number, asked_at_ms, sale_id, refused
         FROM refund_asks WHERE store_id = $1 AND register = $2 AND series = $3 AND number = $4
             AND answered_at_ms IS NULL",
        params![
            store.as_str(),
            receipt.register.0,
            receipt.series,
            receipt.number,
        ],
    )?;
    row.as_ref().map(ask).transpose()
}

/// Returns the latest ask for a receipt, whatever became of it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn last_ask(
    tx: &mut Tx,
    store: &StoreId,
    receipt: ReceiptNumber,
) -> Result<Option<Ask>, DbError> {
    let asked = params![
        store.as_str(),
        receipt.register.0,
        receipt.series,
        receipt.number,
    ];
    let row = tx.query_opt(
        "SELECT ask, store_id, register, series, number, asked_at_ms, sale_id, refused
         FROM refund_asks WHERE store_id = $1 AND register = $2 AND series = $3 AND number = $4
         ORDER BY asked_at_ms DESC, ask DESC LIMIT 1",
        asked,
    )?;
    row.as_ref().map(ask).transpose()
}

fn ask(row: &Row) -> Result<Ask, DbError> {
    let sale: Option<[u8; 16]> = row.read(6)?;
    let refused: Option<String> = row.read(7)?;
    let why = |word: &String| WhyNotPassed::ALL.into_iter().find(|it| it.word() == word);
    let answer = match (sale, refused.as_ref().and_then(why)) {
        (Some(sale_id), _) => Answer::Granted(SaleId::from_bytes(sale_id)),
        (None, Some(why)) => Answer::Refused(why),
        (None, None) => Answer::NotYet,
    };
    Ok(Ask {
        ask: FactId::from_bytes(row.read(0)?),
        store: store_id(row, 1)?,
        receipt: ReceiptNumber {
            register: RegisterId(row.read(2)?),
            series: row.read(3)?,
            number: row.read(4)?,
        },
        asked_at_ms: row.read(5)?,
        answer,
    })
}

/// Returns what the hub wants passed on and was not, at most `limit`.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn wanted(tx: &mut Tx, limit: u32) -> Result<Vec<Wanted>, DbError> {
    let rows = tx.query_all(
        "SELECT ask, sale_id, to_store, to_edge FROM refund_wanted
         WHERE is_passed = 0 AND sale_id IS NOT NULL ORDER BY ask LIMIT $1",
        params![limit],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Wanted {
                ask: FactId::from_bytes(row.read(0)?),
                sale_id: SaleId::from_bytes(row.read(1)?),
                to: store_id(row, 2)?,
                to_edge: EdgeNumber(row.read(3)?),
            })
        })
        .collect()
}

fn store_id(row: &Row, column: usize) -> Result<StoreId, DbError> {
    let text: String = row.read(column)?;
    Ok(text.parse().expect("only checked ids of stores are stored"))
}

/// Folds what was asked for, wanted, passed, granted and refused.
pub(crate) struct RightsProjected {
    /// Wakes whoever passes rights on, and the pages that show them.
    pub changed: Arc<dyn Fn() + Send + Sync>,
}

impl Projection for RightsProjected {
    fn name(&self) -> &'static str {
        "refund_rights"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::RefundRightAsked,
            Kind::RefundRightWanted,
            Kind::RefundRightPassed,
            Kind::RefundRightGranted,
            Kind::RefundRightRefused,
            Kind::RefundsTold,
        ]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        match fact.kind() {
            Some(Kind::RefundRightAsked) => asked(tx, fact, &fact.read()?)?,
            Some(Kind::RefundRightWanted) => put_wanted(tx, &fact.read()?)?,
            Some(Kind::RefundRightPassed) => passed(tx, fact, &fact.read()?)?,
            Some(Kind::RefundRightGranted) => granted(tx, fact, &fact.read()?)?,
            Some(Kind::RefundRightRefused) => refused(tx, fact, &fact.read()?)?,
            Some(Kind::RefundsTold) => told::put(tx, fact, &fact.read()?)?,
            Some(_) | None => return Ok(()),
        }
        let changed = self.changed.clone();
        tx.on_commit(Box::new(move || changed()));
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &[
            "refund_rights",
            "foreign_sales",
            "foreign_returns",
            "foreign_return_lines",
            "refund_asks",
            "refund_wanted",
            "refunds_told",
        ]
    }
}

fn asked(tx: &mut Tx, fact: &Fact, body: &RefundRightAsked) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_asks (ask, store_id, register, series, number, asked_at_ms)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (ask) DO UPDATE SET store_id = excluded.store_id,
             register = excluded.register, series = excluded.series, number = excluded.number,
             asked_at_ms = excluded.asked_at_ms",
        params![
            fact.header.id.to_bytes(),
            body.store.as_str(),
            body.receipt.register.0,
            body.receipt.series,
            body.receipt.number,
            at_ms(fact),
        ],
    )?;
    Ok(())
}

fn put_wanted(tx: &mut Tx, body: &RefundRightWanted) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_wanted (ask, sale_id, to_store, to_edge) VALUES ($1, $2, $3, $4)
         ON CONFLICT (ask) DO UPDATE SET sale_id = excluded.sale_id,
             to_store = excluded.to_store, to_edge = excluded.to_edge",
        params![
            body.ask.to_bytes(),
            body.sale_id.to_bytes(),
            body.to.as_str(),
            body.to_edge.0,
        ],
    )?;
    Ok(())
}

fn passed(tx: &mut Tx, fact: &Fact, body: &RefundRightPassed) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_wanted (ask, is_passed) VALUES ($1, 1)
         ON CONFLICT (ask) DO UPDATE SET is_passed = 1",
        params![body.ask.to_bytes()],
    )?;
    turned(tx, fact, body, false, &body.to)
}

fn granted(tx: &mut Tx, fact: &Fact, body: &RefundRightGranted) -> Result<(), DbError> {
    answer(tx, fact, body.passed.ask, Ok(body.passed.sale.sale_id))?;
    foreign::put(tx, fact, body)?;
    turned(tx, fact, &body.passed, true, &body.by)
}

fn refused(tx: &mut Tx, fact: &Fact, body: &RefundRightRefused) -> Result<(), DbError> {
    answer(tx, fact, body.ask, Err(body.why))
}

fn answer(
    tx: &mut Tx,
    fact: &Fact,
    ask: FactId,
    said: Result<SaleId, WhyNotPassed>,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_asks (ask, answered_at_ms, sale_id, refused) VALUES ($1, $2, $3, $4)
         ON CONFLICT (ask) DO UPDATE SET answered_at_ms = excluded.answered_at_ms,
             sale_id = excluded.sale_id, refused = excluded.refused",
        params![
            ask.to_bytes(),
            at_ms(fact),
            said.ok().map(SaleId::to_bytes),
            said.err().map(WhyNotPassed::word),
        ],
    )?;
    Ok(())
}

/// Notes who has a right since a turn; an earlier turn that is heard of later changes nothing.
fn turned(
    tx: &mut Tx,
    fact: &Fact,
    passed: &RefundRightPassed,
    is_here: bool,
    other: &StoreId,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO refund_rights (sale_id, turn, is_here, other_store, at_ms)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (sale_id) DO UPDATE SET turn = excluded.turn, is_here = excluded.is_here,
             other_store = excluded.other_store, at_ms = excluded.at_ms
         WHERE excluded.turn > refund_rights.turn",
        params![
            passed.sale.sale_id.to_bytes(),
            passed.turn,
            is_here,
            other.as_str(),
            at_ms(fact),
        ],
    )?;
    Ok(())
}
