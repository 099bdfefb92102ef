//! What is in a document: its facts in order, with who, when and under which change.

use std::fmt;

use counterpart_protocol::documents::{Actor, ChangeHash, Expected, admit, stored_fact};
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{DocumentId, OrderId, SegmentId, Writer};
use serde::Serialize;
use serde_json::Value;

use super::super::Replica;
use super::super::feeds::unsigned;
use super::super::orders::rows_of;
use super::super::packing::{PACK_OF_RECORD, Packs};
use super::time;
use crate::db::{DbError, Tx};
use crate::params;

/// Why a document could not be shown.
#[derive(Debug, thiserror::Error)]
pub enum InspectFailed {
    /// None has the name.
    #[error(
        "there is no document {0} here: a journal's are named edge/incarnation/segment, such as \
         7/1/0, an order's order/ and its id; the command feed lists them"
    )]
    Unknown(String),
    /// The database failed.
    #[error("could not read the document")]
    Db(#[from] DbError),
}

/// A document and what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Inspected {
    /// Its name.
    pub document: String,
    /// `open`, `closed` or `incomplete`.
    pub state: String,
    /// Its facts, each after all that it follows.
    pub facts: Vec<Statement>,
}

/// One fact of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Who wrote it: `edge/incarnation`, and the sequence there.
    pub writer: String,
    /// Its number: in the feed for a journal, in the order for an order.
    pub seq: u64,
    /// The custody epoch, in an order.
    pub epoch: Option<u32>,
    /// The change, by its SHA-256.
    pub change: String,
    /// The fact, or why it cannot be read.
    #[serde(flatten)]
    pub said: Said,
}

/// What a change says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Said {
    /// A fact.
    Fact {
        /// Its id.
        fact_id: String,
        /// The word for its kind, or its number if a newer version wrote it.
        kind: String,
        /// The schema of its body.
        schema: u32,
        /// When, by the writer's clock, as RFC 3339 in UTC.
        at: String,
        /// The day it counts for.
        business_date: String,
        /// The day it happened on, if that one was over already.
        #[serde(skip_serializing_if = "Option::is_none")]
        late_for: Option<String>,
        /// The register, if it happened at one.
        register: Option<u16>,
        /// Who did it, as a pseudonym.
        staff_id: Option<String>,
        /// What it says.
        body: Value,
    },
    /// Nothing that can be read.
    Unreadable {
        /// Why.
        unreadable: String,
    },
}

impl fmt::Display for Inspected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| fmt::Error)?;
        f.write_str(&text)
    }
}

impl Replica {
    /// Returns a document with its facts. What is about a person stands in none: facts hold
    /// pseudonyms.
    ///
    /// # Errors
    ///
    /// [`InspectFailed`].
    pub fn inspect(&self, tx: &mut Tx, name: &str) -> Result<Inspected, InspectFailed> {
        let unknown = || InspectFailed::Unknown(name.to_owned());
        let document: DocumentId = name.parse().map_err(|_| unknown())?;
        let row = tx.query_opt(
            "SELECT state FROM documents WHERE document = $1",
            params![document.to_string()],
        )?;
        let state: String = row.ok_or_else(unknown)?.read(0)?;
        let facts = match document {
            DocumentId::Segment(segment) => journal(tx, segment)?,
            DocumentId::Order(order) => order_facts(tx, order)?,
        };
        Ok(Inspected {
            document: document.to_string(),
            state,
            facts,
        })
    }
}

fn journal(tx: &mut Tx, segment: SegmentId) -> Result<Vec<Statement>, DbError> {
    let sql = format!(
        "SELECT r.seq, r.change_hash, h.actor, COALESCE(c.bytes, q.bytes), q.reason,
             CASE WHEN c.bytes IS NULL AND q.bytes IS NULL THEN {PACK_OF_RECORD} END
         FROM feed_records r
         JOIN feed_heads h ON h.direction = r.direction AND h.peer = r.peer AND h.feed = r.feed
         LEFT JOIN changes c ON c.change_hash = r.change_hash
         LEFT JOIN quarantine q ON q.direction = r.direction AND q.peer = r.peer
             AND q.feed = r.feed AND q.seq = r.seq
         WHERE r.document = $1 ORDER BY r.seq"
    );
    let rows = tx.query_all(&sql, params![segment.to_string()])?;
    let mut packs = Packs::default();
    rows.iter()
        .map(|row| {
            let seq = unsigned(row, 0)?;
            let change = ChangeHash(row.read(1)?);
            let actor = Actor(row.read(2)?);
            let bytes = packs.bytes(tx, change, row.read(3)?, row.read(5)?)?;
            let aside: Option<String> = row.read(4)?;
            let expected = Expected {
                document: segment,
                actor,
                seq,
            };
            let bytes = bytes.ok_or("its bytes are gone".to_owned());
            let read = bytes
                .and_then(|bytes| admit(&bytes, &expected).map_err(|refused| refused.to_string()));
            let said = match (read, aside) {
                (Ok(admitted), None) => Said::of(&admitted.fact),
                (_, Some(reason)) => Said::Unreadable {
                    unreadable: format!("in quarantine: {reason}"),
                },
                (Err(unreadable), None) => Said::Unreadable { unreadable },
            };
            Ok(Statement {
                writer: named(segment.writer),
                seq,
                epoch: None,
                change: change.to_string(),
                said,
            })
        })
        .collect()
}

fn order_facts(tx: &mut Tx, order: OrderId) -> Result<Vec<Statement>, DbError> {
    let rows = rows_of(tx, order)?;
    let statements = rows.iter().map(|row| Statement {
        writer: named(row.key.writer),
        seq: u64::from(row.key.seq),
        epoch: Some(row.key.epoch),
        change: row.hash.to_string(),
        said: stored_fact(&row.bytes, row.hash).map_or_else(
            || Said::Unreadable {
                unreadable: "the change is not what was stored".to_owned(),
            },
            |fact| Said::of(&fact),
        ),
    });
    Ok(statements.collect())
}

fn named(writer: Writer) -> String {
    format!("{}/{}", writer.edge.0, writer.incarnation.0)
}

impl Said {
    pub(super) fn of(fact: &Fact) -> Self {
        let header = &fact.header;
        let at_ms = i64::try_from(header.hlc.at_ms()).unwrap_or(i64::MAX);
        let body = match fact.body_json() {
            Ok(body) => body,
            Err(refused) => Value::String(refused.to_string()),
        };
        Self::Fact {
            fact_id: header.id.to_string(),
            kind: fact.kind().map_or_else(
                || fact.kind_number.to_string(),
                |kind| kind.word().to_owned(),
            ),
            schema: fact.schema,
            at: time(at_ms),
            business_date: header.business_date.to_string(),
            late_for: fact.late_for.map(|date| date.to_string()),
            register: header.register.map(|register| register.0),
            staff_id: header.staff.map(|staff| staff.to_string()),
            body,
        }
    }
}
