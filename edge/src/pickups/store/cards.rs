//! Lists of pickups as cards: by the promise's clock, what is done newest first.

use std::str::FromStr;

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::ids::{CustomerId, FulfilmentId, OrderId, Sku, StaffId};
use counterpart_protocol::quantity::Milli;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{read_fulfilment, read_sku};

/// Which pickups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum List {
    /// To be accepted, picked, staged or put away.
    #[default]
    ToDo,
    /// Waiting for the customer.
    Ready,
    /// Over.
    Done,
}

impl List {
    /// Every list, in the order of the tabs.
    pub(crate) const ALL: [Self; 3] = [Self::ToDo, Self::Ready, Self::Done];

    /// Returns its word in SQL, addresses and the API.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::ToDo => "to_do",
            Self::Ready => "ready",
            Self::Done => "done",
        }
    }
}

/// Where a page of a list begins: after this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cursor {
    at_ms: i64,
    fulfilment_id: FulfilmentId,
}

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is no place in this list: begin at its start")]
pub(crate) struct CursorRefused(String);

impl FromStr for Cursor {
    type Err = CursorRefused;

    fn from_str(text: &str) -> Result<Self, CursorRefused> {
        let refused = || CursorRefused(text.chars().take(80).collect());
        let (at_ms, id) = text.split_once('.').ok_or_else(refused)?;
        Ok(Self {
            at_ms: at_ms.parse().map_err(|_| refused())?,
            fulfilment_id: id.parse().map_err(|_| refused())?,
        })
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.at_ms, self.fulfilment_id)
    }
}

/// A pickup in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Card {
    /// The part.
    pub fulfilment_id: FulfilmentId,
    /// Its order.
    pub order_id: OrderId,
    /// What people call the order.
    pub reference: String,
    /// The channel it came through.
    pub channel: String,
    /// Who ordered, as a pseudonym.
    pub customer_id: Option<CustomerId>,
    /// How far it is, in a word.
    pub stage: String,
    /// By when the customer was told it is ready, in milliseconds UTC.
    pub promise_at_ms: i64,
    /// Where the bag stands.
    pub location: Option<String>,
    /// Until when it waits, in milliseconds UTC.
    pub held_until_ms: Option<i64>,
    /// Whether a cancellation waits for an answer.
    pub cancel_waits: bool,
    /// Who took it on.
    pub accepted_by: Option<StaffId>,
    /// When it came in, in milliseconds UTC.
    pub offered_at_ms: i64,
    /// When its newest fact was stated, in milliseconds UTC.
    pub changed_at_ms: i64,
    /// Whether something of it is to be put away.
    pub to_put_away: bool,
    /// When its bell began to ring, in milliseconds UTC.
    pub rung_at_ms: Option<i64>,
    /// When an open page first showed it, in milliseconds UTC.
    pub reached_at_ms: Option<i64>,
    /// Its lines.
    pub lines: Vec<CardLine>,
}

/// A line of a pickup in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CardLine {
    /// Its number.
    pub line: u16,
    /// What.
    pub sku: Sku,
    /// What people call it.
    pub description: String,
    /// Reserved and not consumed.
    pub remaining_milli: Milli,
    /// Still to be picked.
    pub to_pick_milli: Milli,
    /// In the bag.
    pub bag_milli: Milli,
    /// With the customer.
    pub handed_over_milli: Milli,
    /// Asked to be cancelled.
    pub cancel_milli: Milli,
}

impl Card {
    /// Returns where a page after this card begins in `list`.
    pub(crate) fn cursor(&self, list: List) -> Cursor {
        let at_ms = match list {
            List::ToDo | List::Ready => self.promise_at_ms,
            List::Done => self.changed_at_ms,
        };
        Cursor {
            at_ms,
            fulfilment_id: self.fulfilment_id,
        }
    }
}

const COLUMNS: &str = "p.fulfilment_id, p.order_id, p.reference, p.channel, p.customer_id, p.stage,
    p.promise_at_ms, p.location, p.held_until_ms, p.cancel_waits, p.accepted_by, p.offered_at_ms,
    p.changed_at_ms,
    EXISTS (SELECT 1 FROM pickup_put_aways a WHERE a.fulfilment_id = p.fulfilment_id),
    b.reached_at_ms, b.rung_at_ms
    FROM pickups p LEFT JOIN pickup_bells b ON b.fulfilment_id = p.fulfilment_id";

/// What makes a part stand in the list of what is to do although it is ready.
const PUT_AWAY: &str =
    "EXISTS (SELECT 1 FROM pickup_put_aways a WHERE a.fulfilment_id = p.fulfilment_id)";

/// Returns a page of a list, at most `limit` cards.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn cards(
    tx: &mut Tx,
    list: List,
    after: Option<Cursor>,
    limit: u32,
) -> Result<Vec<Card>, DbError> {
    let from = after.unwrap_or(Cursor {
        at_ms: match list {
            List::ToDo | List::Ready => i64::MIN,
            List::Done => i64::MAX,
        },
        fulfilment_id: FulfilmentId::from_bytes([0; 16]),
    });
    let id = from.fulfilment_id.to_bytes();
    let sql = match list {
        List::ToDo => format!(
            "SELECT {COLUMNS} WHERE (p.list = 'to_do' OR (p.list = 'ready' AND {PUT_AWAY}))
             AND (p.promise_at_ms, p.fulfilment_id) > ($1, $2)
             ORDER BY p.promise_at_ms, p.fulfilment_id LIMIT $3"
        ),
        List::Ready => format!(
            "SELECT {COLUMNS} WHERE p.list = 'ready'
             AND (p.promise_at_ms, p.fulfilment_id) > ($1, $2)
             ORDER BY p.promise_at_ms, p.fulfilment_id LIMIT $3"
        ),
        List::Done => format!(
            "SELECT {COLUMNS} WHERE p.list = 'done'
             AND (p.changed_at_ms < $1 OR (p.changed_at_ms = $1 AND p.fulfilment_id > $2))
             ORDER BY p.changed_at_ms DESC, p.fulfilment_id LIMIT $3"
        ),
    };
    let rows = tx.query_all(&sql, params![from.at_ms, id, limit])?;
    rows.iter().map(|row| read(tx, row)).collect()
}

/// Returns one pickup as its card, if this store has it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn card(tx: &mut Tx, fulfilment_id: FulfilmentId) -> Result<Option<Card>, DbError> {
    let sql = format!("SELECT {COLUMNS} WHERE p.fulfilment_id = $1");
    let row = tx.query_opt(&sql, params![fulfilment_id.to_bytes()])?;
    row.map(|row| read(tx, &row)).transpose()
}

/// Returns the parts of an order a customer knows by this number, the open ones first.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn by_reference(tx: &mut Tx, text: &str) -> Result<Vec<FulfilmentId>, DbError> {
    let rows = tx.query_all(
        "SELECT fulfilment_id FROM pickups WHERE reference = $1
         ORDER BY list = 'done', promise_at_ms LIMIT 10",
        params![text],
    )?;
    rows.iter().map(|row| read_fulfilment(row, 0)).collect()
}

/// Returns how many pickups stand in each list, in the order of [`List::ALL`].
///
/// # Errors
///
/// Those of the database.
pub(crate) fn counts(tx: &mut Tx) -> Result<[i64; 3], DbError> {
    let sql = format!(
        "SELECT COALESCE(SUM(p.list = 'to_do' OR (p.list = 'ready' AND {PUT_AWAY})), 0),
             COALESCE(SUM(p.list = 'ready'), 0), COALESCE(SUM(p.list = 'done'), 0) FROM pickups p"
    );
    let row = tx.query_one(&sql, params![])?;
    Ok([row.read(0)?, row.read(1)?, row.read(2)?])
}

fn read(tx: &mut Tx, row: &Row) -> Result<Card, DbError> {
    let fulfilment_id = read_fulfilment(row, 0)?;
    let lines = tx.query_all(
        "SELECT line, sku, description, remaining_milli, to_pick_milli, bag_milli,
             handed_over_milli, cancel_milli
         FROM pickup_lines WHERE fulfilment_id = $1 ORDER BY line",
        params![fulfilment_id.to_bytes()],
    )?;
    let lines: Result<Vec<CardLine>, DbError> = lines.iter().map(card_line).collect();
    Ok(Card {
        fulfilment_id,
        order_id: OrderId::from_bytes(row.read(1)?),
        reference: row.read(2)?,
        channel: row.read(3)?,
        customer_id: row.read::<Option<[u8; 16]>>(4)?.map(CustomerId::from_bytes),
        stage: row.read(5)?,
        promise_at_ms: row.read(6)?,
        location: row.read(7)?,
        held_until_ms: row.read(8)?,
        cancel_waits: row.read(9)?,
        accepted_by: row.read::<Option<[u8; 16]>>(10)?.map(StaffId::from_bytes),
        offered_at_ms: row.read(11)?,
        changed_at_ms: row.read(12)?,
        to_put_away: row.read(13)?,
        reached_at_ms: row.read(14)?,
        rung_at_ms: row.read(15)?,
        lines: lines?,
    })
}

fn card_line(row: &Row) -> Result<CardLine, DbError> {
    Ok(CardLine {
        line: row.read(0)?,
        sku: read_sku(row, 1)?,
        description: row.read(2)?,
        remaining_milli: Milli(row.read(3)?),
        to_pick_milli: Milli(row.read(4)?),
        bag_milli: Milli(row.read(5)?),
        handed_over_milli: Milli(row.read(6)?),
        cancel_milli: Milli(row.read(7)?),
    })
}
