//! The table of edges: who was enrolled for which store, and what was last heard of each.
//!
//! It decides nothing about them; whether an edge may go on is `exchange.rs`'s question.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::{EdgeNumber, Incarnation, StoreId};
use counterpart_protocol::stores::DayEnd;
use jiff::tz::TimeZone;

use crate::context::StoreDays;

/// An edge as the hub knows it.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Its number.
    pub number: EdgeNumber,
    /// Whose edge it is.
    pub store_id: StoreId,
    /// The store's business days, for the one a fact counts for.
    pub days: StoreDays,
    /// When it was enrolled, in milliseconds UTC.
    pub enrolled_at_ms: i64,
    /// The serial number of its certificate, in hexadecimal digits.
    pub certificate_serial: String,
    /// When its certificate ends, in milliseconds UTC.
    pub certificate_until_ms: i64,
    /// Since when it may no longer sync, in milliseconds UTC.
    pub blocked_at_ms: Option<i64>,
    /// What it said last.
    pub heard: Heard,
    /// The last time the hub would not go on with it.
    pub refused: Option<Refused>,
    /// When another machine that bears its identity was last turned away, in milliseconds UTC.
    pub copied_at_ms: Option<i64>,
}

/// What an edge said last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Heard {
    /// The newest of its lives.
    pub incarnation: Option<Incarnation>,
    /// How far it said its feed goes.
    pub said_seq: i64,
    /// How much of that the hub holds.
    pub held_seq: i64,
    /// Its clock less the hub's, in milliseconds.
    pub clock_off_ms: Option<i64>,
    /// When, in milliseconds UTC.
    pub contact_at_ms: Option<i64>,
}

impl Heard {
    /// Returns how many records it has that the hub lacks.
    #[must_use]
    pub fn lag(&self) -> i64 {
        (self.said_seq - self.held_seq).max(0)
    }
}

/// The edge that serves a store, and when it was last heard of: what is asked of a thousand stores
/// at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its number.
    pub edge: EdgeNumber,
    /// Whose edge it is.
    pub store_id: StoreId,
    /// When its last exchange was, in milliseconds UTC.
    pub contact_at_ms: Option<i64>,
    /// Whether it may not sync any more.
    pub blocked: bool,
}

/// A refusal an edge was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// When, in milliseconds UTC.
    pub at_ms: i64,
    /// The sentence.
    pub because: String,
}

/// What enrolment knows of a new edge.
#[derive(Debug, Clone)]
pub struct NewEdge {
    /// Its number, from [`next_number`] in the same transaction.
    pub number: EdgeNumber,
    /// Whose edge it is.
    pub store_id: StoreId,
    /// The store's time zone, by its IANA name.
    pub time_zone: String,
    /// When the store's business day ends.
    pub day_end: DayEnd,
    /// The serial number of its certificate, in hexadecimal digits.
    pub certificate_serial: String,
    /// When its certificate ends, in milliseconds UTC.
    pub certificate_until_ms: i64,
}

const COLUMNS: &str = "edge, store_id, time_zone, enrolled_at_ms, certificate_serial,
    certificate_until_ms, blocked_at_ms, incarnation, said_seq, held_seq, clock_off_ms,
    contact_at_ms, refused_at_ms, refused_because, day_end_minutes, copied_at_ms";

/// How many edges may have been enrolled between a backup and its restore.
const NUMBERS_LEFT_OUT: u32 = 1_000;

/// A parsed text of a row.
struct Parsed<T>(T);

impl<T: std::str::FromStr> FromValue for Parsed<T> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let text = String::from_value(value)?;
        text.parse()
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "a well-formed id"))
    }
}

/// A time zone by its IANA name.
struct Zone(TimeZone);

impl FromValue for Zone {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let name = String::from_value(value)?;
        TimeZone::get(&name)
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "a time zone this machine knows"))
    }
}

/// The end of a business day, in minutes after midnight.
struct End(DayEnd);

impl FromValue for End {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        DayEnd::try_from(u16::from_value(value)?)
            .map(Self)
            .map_err(|_| ValueMismatch::new(value, "the end of a business day"))
    }
}

fn edge(row: &Row) -> Result<Edge, DbError> {
    let refused = match (row.read(12)?, row.read(13)?) {
        (Some(at_ms), Some(because)) => Some(Refused { at_ms, because }),
        _ => None,
    };
    Ok(Edge {
        number: EdgeNumber(row.read(0)?),
        store_id: row.read::<Parsed<StoreId>>(1)?.0,
        days: StoreDays {
            zone: row.read::<Zone>(2)?.0,
            end: row.read::<End>(14)?.0,
        },
        enrolled_at_ms: row.read(3)?,
        certificate_serial: row.read(4)?,
        certificate_until_ms: row.read(5)?,
        blocked_at_ms: row.read(6)?,
        heard: Heard {
            incarnation: row.read::<Option<u32>>(7)?.map(Incarnation),
            said_seq: row.read(8)?,
            held_seq: row.read(9)?,
            clock_off_ms: row.read(10)?,
            contact_at_ms: row.read(11)?,
        },
        refused,
        copied_at_ms: row.read(15)?,
    })
}

/// Returns the number of the next edge to enrol.
///
/// # Errors
/// Those of the database.
pub fn next_number(tx: &mut Tx) -> Result<EdgeNumber, DbError> {
    let row = tx.query_one("SELECT COALESCE(MAX(edge), 0) + 1 FROM edges", params![])?;
    let next: u32 = row.read(0)?;
    let row = tx.query_one(
        "SELECT COALESCE(MAX(from_edge), 0) FROM edge_numbers",
        params![],
    )?;
    Ok(EdgeNumber(next.max(row.read(0)?)))
}

/// Leaves out the numbers that may have been given to edges since the backup this hub was restored
/// from: they are enrolled, and no other edge may write in their names.
///
/// # Errors
/// Those of the database.
pub fn leave_numbers_out(tx: &mut Tx) -> Result<(), DbError> {
    let from = next_number(tx)?.0.saturating_add(NUMBERS_LEFT_OUT);
    tx.execute("DELETE FROM edge_numbers", params![])?;
    tx.execute(
        "INSERT INTO edge_numbers (singleton, from_edge) VALUES (1, $1)",
        params![from],
    )?;
    Ok(())
}

/// Tells whether a number is left out and free: an edge of after the restored backup may have it.
///
/// # Errors
/// Those of the database.
pub fn is_left_out(tx: &mut Tx, number: EdgeNumber) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT from_edge FROM edge_numbers WHERE from_edge > $1 AND from_edge - $2 <= $1
             AND NOT EXISTS (SELECT 1 FROM edges WHERE edge = $1)",
        params![number.0, NUMBERS_LEFT_OUT],
    )?;
    Ok(row.is_some())
}

/// Adds an edge that was just certified.
///
/// # Errors
/// Those of the database.
pub fn add(tx: &mut Tx, new: &NewEdge, now_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO edges (edge, store_id, time_zone, enrolled_at_ms, certificate_serial,
             certificate_until_ms, day_end_minutes)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            new.number.0,
            new.store_id.as_str(),
            &new.time_zone,
            now_ms,
            &new.certificate_serial,
            new.certificate_until_ms,
            new.day_end.minutes(),
        ],
    )?;
    Ok(())
}

/// Remembers the certificate an edge was given instead of its last one.
///
/// # Errors
/// Those of the database.
pub fn renew(
    tx: &mut Tx,
    number: EdgeNumber,
    certificate_serial: &str,
    certificate_until_ms: i64,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE edges SET certificate_serial = $2, certificate_until_ms = $3 WHERE edge = $1",
        params![number.0, certificate_serial, certificate_until_ms],
    )?;
    Ok(())
}

/// Returns an edge by its number.
///
/// # Errors
/// Those of the database.
pub fn by_number(tx: &mut Tx, number: EdgeNumber) -> Result<Option<Edge>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM edges WHERE edge = $1");
    let row = tx.query_opt(&sql, params![number.0])?;
    row.as_ref().map(edge).transpose()
}

/// Returns the edges of a store, the newest last.
///
/// # Errors
/// Those of the database.
pub fn of_store(tx: &mut Tx, store_id: &StoreId) -> Result<Vec<Edge>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM edges WHERE store_id = $1 ORDER BY edge");
    let rows = tx.query_all(&sql, params![store_id.as_str()])?;
    rows.iter().map(edge).collect()
}

/// Returns every edge, by number.
///
/// # Errors
/// Those of the database.
pub fn all(tx: &mut Tx) -> Result<Vec<Edge>, DbError> {
    let sql = format!("SELECT {COLUMNS} FROM edges ORDER BY edge");
    let rows = tx.query_all(&sql, params![])?;
    rows.iter().map(edge).collect()
}

/// Returns which of a store's edges, the newest last, serves it: the newest that has called. One
/// that was enrolled and never called is still in its box.
#[must_use]
pub fn serving(edges: &[Edge]) -> Option<&Edge> {
    let called = |edge: &&Edge| edge.heard.incarnation.is_some();
    edges.iter().rfind(called).or(edges.last())
}

/// Returns the edge that serves each store, as [`serving`] says, by store.
///
/// # Errors
/// Those of the database.
pub fn contacts(tx: &mut Tx) -> Result<Vec<Contact>, DbError> {
    let rows = tx.query_all(
        "SELECT edge, store_id, contact_at_ms, blocked_at_ms, incarnation FROM edges
         ORDER BY store_id, edge",
        params![],
    )?;
    let mut serving: Vec<(Contact, bool)> = Vec::new();
    for row in &rows {
        let contact = Contact {
            edge: EdgeNumber(row.read(0)?),
            store_id: row.read::<Parsed<StoreId>>(1)?.0,
            contact_at_ms: row.read(2)?,
            blocked: row.read::<Option<i64>>(3)?.is_some(),
        };
        let called = row.read::<Option<u32>>(4)?.is_some();
        match serving.last_mut() {
            Some((before, before_called)) if before.store_id == contact.store_id => {
                if called || !*before_called {
                    (*before, *before_called) = (contact, called);
                }
            }
            Some(_) | None => serving.push((contact, called)),
        }
    }
    Ok(serving.into_iter().map(|(contact, _)| contact).collect())
}

/// Remembers what an edge said in an exchange that went well.
///
/// # Errors
/// Those of the database.
pub fn note_heard(tx: &mut Tx, number: EdgeNumber, heard: Heard) -> Result<(), DbError> {
    tx.execute(
        "UPDATE edges SET incarnation = $2, said_seq = $3, held_seq = $4, clock_off_ms = $5,
             contact_at_ms = $6, refused_at_ms = NULL, refused_because = NULL
         WHERE edge = $1",
        params![
            number.0,
            heard.incarnation.map(|incarnation| incarnation.0),
            heard.said_seq,
            heard.held_seq,
            heard.clock_off_ms,
            heard.contact_at_ms,
        ],
    )?;
    Ok(())
}

/// Remembers that the hub would not go on with an edge.
///
/// # Errors
/// Those of the database.
pub fn note_refused(tx: &mut Tx, number: EdgeNumber, refused: &Refused) -> Result<(), DbError> {
    tx.execute(
        "UPDATE edges SET refused_at_ms = $2, refused_because = $3, contact_at_ms = $2
         WHERE edge = $1",
        params![number.0, refused.at_ms, &refused.because],
    )?;
    Ok(())
}

/// Remembers that a second machine showed an edge's identity. What the genuine one says later does
/// not clear it.
///
/// # Errors
/// Those of the database.
pub fn note_copied(tx: &mut Tx, number: EdgeNumber, now_ms: i64) -> Result<(), DbError> {
    tx.execute(
        "UPDATE edges SET copied_at_ms = $2 WHERE edge = $1",
        params![number.0, now_ms],
    )?;
    Ok(())
}

/// Blocks an edge from `now_ms` on, or lets it sync again with nothing.
///
/// # Errors
/// Those of the database.
pub fn set_blocked(
    tx: &mut Tx,
    number: EdgeNumber,
    blocked_at_ms: Option<i64>,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE edges SET blocked_at_ms = $2 WHERE edge = $1",
        params![number.0, blocked_at_ms],
    )?;
    Ok(())
}

/// Gives a store's edges its time zone and the end of its business day: the hub's later facts count
/// on these days.
///
/// # Errors
/// Those of the database.
pub fn set_days(
    tx: &mut Tx,
    store_id: &StoreId,
    time_zone: &str,
    day_end: DayEnd,
) -> Result<(), DbError> {
    tx.execute(
        "UPDATE edges SET time_zone = $2, day_end_minutes = $3 WHERE store_id = $1",
        params![store_id.as_str(), time_zone, day_end.minutes()],
    )?;
    Ok(())
}
