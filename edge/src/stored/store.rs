//! The SQL of what is known of cards, and of the money the hub holds back.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{FactId, HoldId, RegisterId, StoredId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::stored::{
    StoredAnswered, StoredCard, StoredKind, StoredMove, StoredTold,
};
use serde::de::DeserializeOwned;

/// The tables of the views.
pub(super) const VIEWS: &[&str] = &["stored_moves", "stored_told"];

const OURS: &str = "only what facts say is stored";

/// What this store's own facts say of a card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Own {
    pub(super) card: StoredCard,
    pub(super) currency: Currency,
    pub(super) sum_minor: Minor,
}

pub(super) fn put_move(tx: &mut Tx, fact: FactId, moved: &StoredMove) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stored_moves (fact_id, part, card_id, kind, last_four, currency, amount_minor)
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (fact_id, part) DO NOTHING",
        params![
            fact.to_bytes(),
            moved.part,
            moved.card.id.to_bytes(),
            moved.card.kind.word(),
            &moved.card.last_four,
            moved.currency.code(),
            moved.amount_minor.0,
        ],
    )?;
    Ok(())
}

/// Returns what this store's own facts say of a card, if they name it.
pub(super) fn own(tx: &mut Tx, card: StoredId) -> Result<Option<Own>, DbError> {
    let rows = tx.query_all(
        "SELECT kind, last_four, currency, amount_minor FROM stored_moves WHERE card_id = $1",
        params![card.to_bytes()],
    )?;
    let Some(first) = rows.first() else {
        return Ok(None);
    };
    let (kind, currency): (String, String) = (first.read(0)?, first.read(2)?);
    // Added up here: a sum beyond all money must not stop the till.
    let mut sum: i64 = 0;
    for row in &rows {
        sum = sum.saturating_add(row.read(3)?);
    }
    Ok(Some(Own {
        card: StoredCard {
            id: card,
            kind: StoredKind::from_word(&kind).expect(OURS),
            last_four: first.read(1)?,
        },
        currency: currency.parse().expect(OURS),
        sum_minor: Minor(sum),
    }))
}

pub(super) fn put_told(tx: &mut Tx, told: &StoredTold) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stored_told (card_id, body) VALUES ($1, $2)
         ON CONFLICT (card_id) DO UPDATE SET body = excluded.body",
        params![told.card.id.to_bytes(), json(told)],
    )?;
    Ok(())
}

/// Returns how the hub says a card stands, if it did.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn told(tx: &mut Tx, card: StoredId) -> Result<Option<StoredTold>, DbError> {
    let row = tx.query_opt(
        "SELECT body FROM stored_told WHERE card_id = $1",
        params![card.to_bytes()],
    )?;
    row.map(|row| parsed(&row, 0)).transpose()
}

pub(super) fn put_answer(
    tx: &mut Tx,
    answered: &StoredAnswered,
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stored_answers (card_id, body, at_ms) VALUES ($1, $2, $3)
         ON CONFLICT (card_id) DO UPDATE SET body = excluded.body, at_ms = excluded.at_ms",
        params![answered.card.id.to_bytes(), json(answered), at_ms],
    )?;
    Ok(())
}

/// Returns what the hub answered last about a card, and when, in milliseconds UTC.
pub(super) fn answer(
    tx: &mut Tx,
    card: StoredId,
) -> Result<Option<(StoredAnswered, i64)>, DbError> {
    let row = tx.query_opt(
        "SELECT body, at_ms FROM stored_answers WHERE card_id = $1",
        params![card.to_bytes()],
    )?;
    row.map(|row| Ok((parsed(&row, 0)?, row.read(1)?)))
        .transpose()
}

fn json<T: serde::Serialize>(body: &T) -> String {
    serde_json::to_string(body).expect("it has texts as keys")
}

fn parsed<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T, DbError> {
    let text: String = row.read(column)?;
    serde_json::from_str(&text).map_err(|wrong| DbError::Corrupt {
        detail: format!("what is known of a card cannot be read: {wrong}"),
    })
}

/// Notes that the hub is about to be asked, before it is: an answer that never comes must not
/// leave money held back for ever.
pub(super) fn put_hold(
    tx: &mut Tx,
    hold: HoldId,
    (card, register): (StoredId, RegisterId),
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stored_holds (hold_id, card_id, register, state, asked_at_ms)
         VALUES ($1, $2, $3, 'asked', $4)",
        params![hold.to_bytes(), card.to_bytes(), register.0, now_ms],
    )?;
    Ok(())
}

/// Notes that held money was given for the basket of its register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn mark_given(tx: &mut Tx, hold: HoldId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stored_holds SET state = 'given' WHERE hold_id = $1",
        params![hold.to_bytes()],
    )?;
    Ok(())
}

/// Forgets the held money that was given for the basket of a register: its sale is stated, and the
/// fact ends it at the hub.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn end_holds(tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM stored_holds WHERE register = $1 AND state = 'given'",
        params![register.0],
    )?;
    Ok(())
}

/// Lets the held money go that was given for the basket of a register: nothing comes of it.
pub(super) fn give_up(tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stored_holds SET state = 'free' WHERE register = $1 AND state = 'given'",
        params![register.0],
    )?;
    Ok(())
}

/// Lets all held money go: what it was given for belongs to an earlier life.
///
/// # Errors
///
/// Those of the database.
pub fn forget_work(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute("UPDATE stored_holds SET state = 'free'", params![])?;
    Ok(())
}

/// Lets held money go that nothing was done with.
pub(super) fn free_unused(tx: &mut Tx, hold: HoldId) -> Result<(), DbError> {
    tx.execute(
        "UPDATE stored_holds SET state = 'free' WHERE hold_id = $1 AND state = 'asked'",
        params![hold.to_bytes()],
    )?;
    Ok(())
}

pub(super) fn drop_hold(tx: &mut Tx, hold: HoldId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM stored_holds WHERE hold_id = $1 AND state <> 'given'",
        params![hold.to_bytes()],
    )?;
    Ok(())
}

/// Returns the money that is to be let go, the oldest first, at most `limit`; what was asked for
/// before `asked_before_ms` and never given belongs to a command that is no more.
pub(super) fn to_release(
    tx: &mut Tx,
    asked_before_ms: i64,
    limit: u32,
) -> Result<Vec<(HoldId, StoredId)>, DbError> {
    let rows = tx.query_all(
        "SELECT hold_id, card_id FROM stored_holds
         WHERE state = 'free' OR (state = 'asked' AND asked_at_ms < $1)
         ORDER BY asked_at_ms LIMIT $2",
        params![asked_before_ms, limit],
    )?;
    rows.iter()
        .map(|row| {
            let hold = HoldId::from_bytes(row.read(0)?);
            Ok((hold, StoredId::from_bytes(row.read(1)?)))
        })
        .collect()
}
