//! The SQL of cards, of what moved them, of what is held back and of what stores were told.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{EdgeNumber, FactId, HoldId, SaleId, StoredId};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::stored::{StoredCard, StoredKind, StoredMove, StoredTold};

use super::rules::Card;

/// The tables of the views.
pub(super) const VIEWS: &[&str] = &["stored_cards", "stored_moves", "stored_told"];

const OURS: &str = "only what facts say is stored";

/// A move as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Moved {
    pub(super) fact_id: FactId,
    pub(super) edge: EdgeNumber,
    pub(super) why: String,
    pub(super) amount_minor: Minor,
    pub(super) at_ms: i64,
    pub(super) sale_id: Option<SaleId>,
}

/// Money that is held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hold {
    pub(super) amount_minor: Minor,
    pub(super) is_open: bool,
}

/// What is owed to the holders of cards in a currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owed {
    pub(super) currency: String,
    pub(super) cards: i64,
    pub(super) owed_minor: i64,
    pub(super) over_minor: i64,
}

/// Adds a move, and makes the card's sum anew; the card's row is locked from here on.
pub(super) fn put_move(
    tx: &mut Tx,
    (fact_id, edge, at_ms): (FactId, EdgeNumber, i64),
    moved: &StoredMove,
    sale_id: Option<SaleId>,
) -> Result<(), DbError> {
    let card = moved.card.id.to_bytes();
    tx.execute(
        "INSERT INTO stored_cards (card_id, kind, last_four, currency, balance_minor, moved_at_ms)
         VALUES ($1, $2, $3, $4, 0, $5)
         ON CONFLICT (card_id) DO UPDATE SET moved_at_ms =
             CASE WHEN stored_cards.moved_at_ms < excluded.moved_at_ms
                  THEN excluded.moved_at_ms ELSE stored_cards.moved_at_ms END",
        params![
            card,
            moved.card.kind.word(),
            &moved.card.last_four,
            moved.currency.code(),
            at_ms,
        ],
    )?;
    tx.execute(
        "INSERT INTO stored_moves (fact_id, part, card_id, edge, why, amount_minor, at_ms, sale_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (fact_id, part) DO NOTHING",
        params![
            fact_id.to_bytes(),
            moved.part,
            card,
            edge.0,
            moved.why.word(),
            moved.amount_minor.0,
            at_ms,
            sale_id.map(SaleId::to_bytes),
        ],
    )?;
    let moves = moves(tx, moved.card.id)?;
    // Added up here: a sum beyond all money must not fail the whole batch for ever.
    let all = moves.iter().map(|it| it.amount_minor.0);
    let balance = all.fold(0, i64::saturating_add);
    tx.execute(
        "UPDATE stored_cards SET balance_minor = $2 WHERE card_id = $1",
        params![card, balance],
    )?;
    Ok(())
}

/// Locks a card's row until the transaction ends; returns the card, if it is known.
pub(super) fn locked(tx: &mut Tx, card: StoredId) -> Result<Option<Card>, DbError> {
    // An update that changes nothing: both engines keep others from the row until we are done.
    tx.execute(
        "UPDATE stored_cards SET balance_minor = balance_minor WHERE card_id = $1",
        params![card.to_bytes()],
    )?;
    by_id(tx, card)
}

const COLUMNS: &str = "card_id, kind, last_four, currency, balance_minor, moved_at_ms";

pub(super) fn by_id(tx: &mut Tx, card: StoredId) -> Result<Option<Card>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM stored_cards WHERE card_id = $1");
    let row = tx.query_opt(&sql, params![card.to_bytes()])?;
    row.as_ref().map(read_card).transpose()
}

fn read_card(row: &Row) -> Result<Card, DbError> {
    let (kind, currency): (String, String) = (row.read(1)?, row.read(3)?);
    Ok(Card {
        card: StoredCard {
            id: StoredId::from_bytes(row.read(0)?),
            kind: StoredKind::from_word(&kind).expect(OURS),
            last_four: row.read(2)?,
        },
        currency: currency.parse::<Currency>().expect(OURS),
        balance_minor: Minor(row.read(4)?),
        moved_at_ms: row.read(5)?,
    })
}

/// Returns the cards that moved last, at most `limit`; those with these last digits, if any are
/// given.
pub(super) fn latest(
    tx: &mut Tx,
    last_four: Option<&str>,
    limit: u32,
) -> Result<Vec<Card>, DbError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM stored_cards WHERE $1 = '' OR last_four = $1
         ORDER BY moved_at_ms DESC, card_id LIMIT $2"
    );
    let rows = tx.query_all(&sql, params![last_four.unwrap_or(""), limit])?;
    rows.iter().map(read_card).collect()
}

/// Returns what moved a card, the oldest first.
pub(super) fn moves(tx: &mut Tx, card: StoredId) -> Result<Vec<Moved>, DbError> {
    let rows = tx.query_all(
        "SELECT fact_id, edge, why, amount_minor, at_ms, sale_id FROM stored_moves
         WHERE card_id = $1 ORDER BY at_ms, fact_id, part",
        params![card.to_bytes()],
    )?;
    rows.iter()
        .map(|row| {
            Ok(Moved {
                fact_id: FactId::from_bytes(row.read(0)?),
                edge: EdgeNumber(row.read(1)?),
                why: row.read(2)?,
                amount_minor: Minor(row.read(3)?),
                at_ms: row.read(4)?,
                sale_id: row.read::<Option<[u8; 16]>>(5)?.map(SaleId::from_bytes),
            })
        })
        .collect()
}

/// Returns what is held back of a card beside `but`.
pub(super) fn held(tx: &mut Tx, card: StoredId, but: Option<HoldId>) -> Result<Minor, DbError> {
    let rows = tx.query_all(
        "SELECT hold_id, amount_minor FROM stored_holds WHERE card_id = $1 AND state = 'open'",
        params![card.to_bytes()],
    )?;
    let mut sum: i64 = 0;
    for row in &rows {
        let hold = HoldId::from_bytes(row.read(0)?);
        if Some(hold) != but {
            sum = sum.saturating_add(row.read(1)?);
        }
    }
    Ok(Minor(sum))
}

pub(super) fn hold(tx: &mut Tx, hold: HoldId) -> Result<Option<Hold>, DbError> {
    let row = tx.query_opt(
        "SELECT amount_minor, state FROM stored_holds WHERE hold_id = $1",
        params![hold.to_bytes()],
    )?;
    row.map(|row| {
        Ok(Hold {
            amount_minor: Minor(row.read(0)?),
            is_open: row.read::<String>(1)? == "open",
        })
    })
    .transpose()
}

pub(super) fn put_hold(
    tx: &mut Tx,
    hold: HoldId,
    (card, edge): (StoredId, EdgeNumber),
    amount_minor: Minor,
    now_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stored_holds (hold_id, card_id, edge, amount_minor, state, at_ms)
         VALUES ($1, $2, $3, $4, 'open', $5)",
        params![
            hold.to_bytes(),
            card.to_bytes(),
            edge.0,
            amount_minor.0,
            now_ms
        ],
    )?;
    Ok(())
}

/// Ends what is held back under a name, also one that was never heard of. Another edge's stays.
pub(super) fn end_hold(
    tx: &mut Tx,
    hold: HoldId,
    (card, edge): (StoredId, EdgeNumber),
    at_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stored_holds (hold_id, card_id, edge, amount_minor, state, at_ms)
         VALUES ($1, $2, $3, 0, 'ended', $4)
         ON CONFLICT (hold_id) DO UPDATE SET state = 'ended' WHERE stored_holds.edge = $3",
        params![hold.to_bytes(), card.to_bytes(), edge.0, at_ms],
    )?;
    Ok(())
}

/// Returns who blocked a card and when, in milliseconds UTC, if somebody did.
pub(super) fn block(tx: &mut Tx, card: StoredId) -> Result<Option<(String, i64)>, DbError> {
    let row = tx.query_opt(
        "SELECT blocked_by, blocked_at_ms FROM stored_blocks WHERE card_id = $1",
        params![card.to_bytes()],
    )?;
    row.map(|row| Ok((row.read(0)?, row.read(1)?))).transpose()
}

pub(super) fn put_block(tx: &mut Tx, card: StoredId, by: &str, at_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stored_blocks (card_id, blocked_at_ms, blocked_by) VALUES ($1, $2, $3)",
        params![card.to_bytes(), at_ms, by],
    )?;
    Ok(())
}

pub(super) fn drop_block(tx: &mut Tx, card: StoredId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM stored_blocks WHERE card_id = $1",
        params![card.to_bytes()],
    )?;
    Ok(())
}

pub(super) fn put_told(tx: &mut Tx, edge: EdgeNumber, told: &StoredTold) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO stored_told (card_id, edge, body) VALUES ($1, $2, $3)
         ON CONFLICT (card_id, edge) DO UPDATE SET body = excluded.body",
        params![told.card.id.to_bytes(), edge.0, json(told)],
    )?;
    Ok(())
}

fn json(told: &StoredTold) -> String {
    serde_json::to_string(told).expect("it has texts as keys")
}

/// Returns the edges that were told something of a card, and whether that is what `told` says.
pub(super) fn told_to(tx: &mut Tx, told: &StoredTold) -> Result<Vec<(EdgeNumber, bool)>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, body FROM stored_told WHERE card_id = $1",
        params![told.card.id.to_bytes()],
    )?;
    let wanted = json(told);
    rows.iter()
        .map(|row| Ok((EdgeNumber(row.read(0)?), row.read::<String>(1)? == wanted)))
        .collect()
}

/// Returns the cards stores may have to be told of: redeemed over, blocked, or told of before.
pub(super) fn to_look_at(tx: &mut Tx) -> Result<Vec<StoredId>, DbError> {
    let rows = tx.query_all(
        "SELECT card_id FROM stored_cards WHERE balance_minor < 0
         UNION SELECT card_id FROM stored_blocks
         UNION SELECT card_id FROM stored_told",
        params![],
    )?;
    rows.iter()
        .map(|row| Ok(StoredId::from_bytes(row.read(0)?)))
        .collect()
}

/// Returns what is owed, by currency.
pub(super) fn owed(tx: &mut Tx) -> Result<Vec<Owed>, DbError> {
    let rows = tx.query_all(
        "SELECT currency, balance_minor FROM stored_cards WHERE balance_minor <> 0
         ORDER BY currency",
        params![],
    )?;
    let mut all: Vec<Owed> = Vec::new();
    for row in &rows {
        let (currency, balance): (String, i64) = (row.read(0)?, row.read(1)?);
        if all.last().is_none_or(|last| last.currency != currency) {
            all.push(Owed {
                currency,
                cards: 0,
                owed_minor: 0,
                over_minor: 0,
            });
        }
        let last = all.last_mut().expect("one was just put there");
        last.cards += 1;
        match balance > 0 {
            true => last.owed_minor = last.owed_minor.saturating_add(balance),
            false => last.over_minor = last.over_minor.saturating_sub(balance),
        }
    }
    Ok(all)
}
