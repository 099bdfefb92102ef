//! The table of attempts; which of them stand in a count of the terminal is in `counts.rs`.

mod counts;

pub(super) use counts::{CountWanted, count_asked, count_wanted, counted, want_count};

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::{RegisterId, SaleId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::sales::{CardPaid, CardSaid};

use super::rules::{self, Attempt, AttemptState, CardRefused, Moved, Purpose};

const COLUMNS: &str = "intent, register, purpose, sale_id, of_intent, amount_minor, state, asked,
    moved_minor, card, words, staff_id, begun_at_ms, changed_at_ms, said, said_by, open,
    proof_wanted, disputed";

/// How many attempts a list names at most: beyond, a store has another problem.
const LISTED_MAX: u32 = 200;

/// Leaves no attempt of an earlier life behind as if nobody had to look at it: what was asked, or
/// about to be, is asked about.
///
/// # Errors
///
/// Those of the database.
pub fn forget_work(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute(
        "UPDATE card_attempts SET state = 'unknown', asked = 1
         WHERE state = 'sent'",
        params![],
    )?;
    Ok(())
}

/// Writes an attempt that is new, or another state of one.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// Never: what a terminal says can be written as JSON.
pub(super) fn put(tx: &mut Tx, attempt: &Attempt) -> Result<(), DbError> {
    let moved = attempt.moved.as_ref();
    let card = moved.map(|moved| serde_json::to_string(&moved.card).expect("it has texts as keys"));
    tx.execute(
        "INSERT INTO card_attempts (intent, register, purpose, sale_id, of_intent, amount_minor,
             state, asked, moved_minor, card, words, staff_id, begun_at_ms, changed_at_ms, said,
             said_by, open, proof_wanted, disputed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18,
             $19)
         ON CONFLICT (intent) DO UPDATE SET state = excluded.state, asked = excluded.asked,
             moved_minor = excluded.moved_minor, card = excluded.card, words = excluded.words,
             changed_at_ms = excluded.changed_at_ms, said = excluded.said,
             said_by = excluded.said_by, open = excluded.open,
             proof_wanted = excluded.proof_wanted, disputed = excluded.disputed",
        params![
            &attempt.intent,
            attempt.register.0,
            attempt.purpose.word(),
            attempt.sale_id.to_bytes(),
            attempt.of_intent.clone(),
            attempt.amount_minor.0,
            attempt.state.word(),
            attempt.asked,
            moved.map(|moved| moved.amount_minor.0),
            card,
            attempt.words.clone(),
            attempt.staff_id.to_bytes(),
            attempt.begun_at_ms,
            attempt.changed_at_ms,
            attempt.said.map(|(said, _)| said.word()),
            attempt.said.map(|(_, by)| by.to_bytes()),
            attempt.open,
            attempt.proof_wanted,
            attempt.disputed,
        ],
    )?;
    Ok(())
}

/// Returns an attempt.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn attempt(tx: &mut Tx, intent: &str) -> Result<Option<Attempt>, DbError> {
    let row = tx.query_opt(
        &format!("SELECT {COLUMNS} FROM card_attempts WHERE intent = $1"),
        params![intent],
    )?;
    row.as_ref().map(read).transpose()
}

/// Returns what still has to be done at a register, the oldest first: what the terminal is to be
/// asked, or asked about, and what a person has to see to.
///
/// # Errors
///
/// Those of the database.
pub(super) fn left(tx: &mut Tx, register: RegisterId) -> Result<Vec<Attempt>, DbError> {
    let rows = tx.query_all(
        &format!(
            "SELECT {COLUMNS} FROM card_attempts
             WHERE register = $1 AND (open = 1 OR proof_wanted = 1 OR disputed = 1)
             ORDER BY begun_at_ms, intent LIMIT {LISTED_MAX}"
        ),
        params![register.0],
    )?;
    rows.iter().map(read).collect()
}

/// Returns the attempt the terminal of a register is at, or nobody knows about.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn in_flight(tx: &mut Tx, register: RegisterId) -> Result<Option<Attempt>, DbError> {
    let mut left = left(tx, register)?.into_iter();
    Ok(left.find(|attempt| attempt.state.is_in_flight()))
}

/// Tells whether the terminal of a register may be asked for something new, or why not; with a
/// sale, only whether it is asked for something of that one.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn free(
    tx: &mut Tx,
    register: RegisterId,
    of_sale: Option<SaleId>,
) -> Result<Result<(), CardRefused>, DbError> {
    let in_flight = in_flight(tx, register)?;
    let counts = in_flight.filter(|it| of_sale.is_none_or(|sale_id| it.sale_id == sale_id));
    Ok(rules::free(counts.as_ref()))
}

/// Returns what was tried for a sale, the oldest first.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn of_sale(tx: &mut Tx, sale_id: SaleId) -> Result<Vec<Attempt>, DbError> {
    let rows = tx.query_all(
        &format!(
            "SELECT {COLUMNS} FROM card_attempts WHERE sale_id = $1
             ORDER BY begun_at_ms, intent LIMIT {LISTED_MAX}"
        ),
        params![sale_id.to_bytes()],
    )?;
    rows.iter().map(read).collect()
}

/// Returns what somebody still has to see to in the store, the oldest first: money nobody knows
/// about, money that belongs to no sale yet, and money a terminal and a manager disagree about.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn unresolved(tx: &mut Tx) -> Result<Vec<Attempt>, DbError> {
    let rows = tx.query_all(
        &format!(
            "SELECT {COLUMNS} FROM card_attempts WHERE open = 1 OR disputed = 1
             ORDER BY begun_at_ms, intent LIMIT {LISTED_MAX}"
        ),
        params![],
    )?;
    rows.iter().map(read).collect()
}

/// Returns what somebody still has to see to at a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn unresolved_at(tx: &mut Tx, register: RegisterId) -> Result<Vec<Attempt>, DbError> {
    let left = left(tx, register)?.into_iter();
    Ok(left.filter(|it| it.open || it.disputed).collect())
}

/// Notes that a sale came about with the money its cards paid.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn sold(tx: &mut Tx, sale_id: SaleId, intent: &str) -> Result<(), DbError> {
    tx.execute(
        "UPDATE card_attempts SET open = 0
         WHERE intent = $1 AND sale_id = $2 AND state = 'approved'",
        params![intent, sale_id.to_bytes()],
    )?;
    Ok(())
}

fn read(row: &Row) -> Result<Attempt, DbError> {
    let (moved_minor, card): (Option<i64>, Option<String>) = (row.read(8)?, row.read(9)?);
    let moved = match moved_minor.zip(card) {
        Some((amount, card)) => Some(Moved {
            amount_minor: Minor(amount),
            card: card_paid(&card)?,
        }),
        None => None,
    };
    let said: Option<Said> = row.read(14)?;
    let said_by: Option<[u8; 16]> = row.read(15)?;
    Ok(Attempt {
        intent: row.read(0)?,
        register: RegisterId(row.read(1)?),
        purpose: row.read(2)?,
        sale_id: SaleId::from_bytes(row.read(3)?),
        of_intent: row.read(4)?,
        amount_minor: Minor(row.read(5)?),
        state: row.read(6)?,
        asked: row.read(7)?,
        moved,
        words: row.read(10)?,
        staff_id: StaffId::from_bytes(row.read(11)?),
        begun_at_ms: row.read(12)?,
        changed_at_ms: row.read(13)?,
        said: said
            .zip(said_by)
            .map(|(said, by)| (said.0, StaffId::from_bytes(by))),
        open: row.read(16)?,
        proof_wanted: row.read(17)?,
        disputed: row.read(18)?,
    })
}

fn card_paid(json: &str) -> Result<CardPaid, DbError> {
    serde_json::from_str(json).map_err(|wrong| DbError::Column {
        column: 9,
        sql: "card_attempts.card".into(),
        mismatch: ValueMismatch {
            found: wrong.to_string(),
            expected: "what a terminal said".to_owned(),
        },
    })
}

impl FromValue for Purpose {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let word = String::from_value(value)?;
        let all = [Self::Sale, Self::GiveBack, Self::Refund];
        let found = all.into_iter().find(|purpose| purpose.word() == word);
        found.ok_or_else(|| ValueMismatch::new(value, "what money is moved for"))
    }
}

impl FromValue for AttemptState {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let word = String::from_value(value)?;
        let all = [
            Self::Sent,
            Self::Approved,
            Self::Declined,
            Self::Cancelled,
            Self::Unknown,
            Self::Reversed,
        ];
        let found = all.into_iter().find(|state| state.word() == word);
        found.ok_or_else(|| ValueMismatch::new(value, "a state of a card payment"))
    }
}

/// A word of the protocol's, as it stands in a column.
struct Said(CardSaid);

impl FromValue for Said {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let word = String::from_value(value)?;
        let all = [CardSaid::Moved, CardSaid::NotMoved];
        let found = all.into_iter().find(|said| said.word() == word);
        found
            .map(Self)
            .ok_or_else(|| ValueMismatch::new(value, "what a manager said"))
    }
}
