//! Reading an order: its facts in one order for everybody, and whether this program understands it.

use std::collections::HashSet;

use counterpart_protocol::documents::{ChangeHash, OrderDocumentFailed, stored_fact};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{EdgeNumber, FactId, Incarnation, OrderId, OrderKey, Writer};
use counterpart_protocol::orders::OrderFact;
use counterpart_protocol::time::BusinessDate;

use super::super::Replica;
use super::super::outbound::Entry;
use super::super::packing::Packs;
use super::super::record::ReplicaFailed;
use super::rows::name;
use crate::db::{DbError, Row, Tx};
use crate::params;
use crate::seeded::{self, Bug};

/// A stored change of an order.
pub(in super::super) struct OrderRow {
    pub(in super::super) key: OrderKey,
    pub(in super::super) hash: ChangeHash,
    pub(in super::super) bytes: Vec<u8>,
    pub(in super::super) kind_number: u32,
    schema: u32,
    business_date: BusinessDate,
    hlc: Hlc,
}

impl OrderRow {
    /// Returns what a feed says of it.
    pub(super) fn entry(&self, order: OrderId) -> Entry {
        Entry {
            kind_number: self.kind_number,
            schema: self.schema,
            document: order.into(),
            change: self.hash,
            business_date: self.business_date,
            hlc: self.hlc,
        }
    }
}

/// Returns the stored changes of an order so that each comes after all it follows, and everywhere
/// in the same order: by depth, which is in the change itself, then by writer.
pub(in super::super) fn rows_of(tx: &mut Tx, order: OrderId) -> Result<Vec<OrderRow>, DbError> {
    let rows = tx.query_all(
        "SELECT o.edge, o.incarnation, o.seq, o.epoch, o.change_hash, o.kind, o.schema_version,
             o.business_date, o.hlc, c.bytes
         FROM order_changes o LEFT JOIN changes c ON c.change_hash = o.change_hash
         WHERE o.document = $1 ORDER BY o.depth, o.edge, o.incarnation, o.seq",
        params![name(order)],
    )?;
    rows.iter().map(order_row).collect()
}

fn order_row(row: &Row) -> Result<OrderRow, DbError> {
    let writer = Writer {
        edge: EdgeNumber(row.read(0)?),
        incarnation: Incarnation(row.read(1)?),
    };
    let business_date = BusinessDate::from_days(row.read(7)?);
    Ok(OrderRow {
        key: OrderKey {
            writer,
            seq: row.read(2)?,
            epoch: row.read(3)?,
        },
        hash: ChangeHash(row.read(4)?),
        // Gone is damaged: no bytes have the hash.
        bytes: row.read::<Option<Vec<u8>>>(9)?.unwrap_or_else(Vec::new),
        kind_number: row.read(5)?,
        schema: row.read(6)?,
        business_date: business_date.expect("only checked dates are stored"),
        hlc: Hlc(row.read::<i64>(8)?.cast_unsigned()),
    })
}

/// Returns the facts of an order, each once: whatever it follows comes before it, and every
/// replica that holds the same facts returns them in the same order. For views, which have no
/// replica at hand; see [`Replica::order_facts`].
///
/// # Errors
///
/// [`ReplicaFailed::Order`] when a stored change is damaged: a fold over the others could take
/// back what happened.
pub fn order_facts(tx: &mut Tx, order: OrderId) -> Result<Vec<OrderFact>, ReplicaFailed> {
    let mut seen = HashSet::new();
    let mut facts = Vec::new();
    for row in rows_of(tx, order)? {
        let Some(fact) = stored_fact(&row.bytes, row.hash) else {
            let what = format!("the change under {} is not what was stored", row.key);
            return Err(OrderDocumentFailed::Damaged { order, what }.into());
        };
        if seen.insert(fact.header.id) {
            facts.push(OrderFact {
                fact,
                writer: row.key.writer,
                epoch: row.key.epoch,
                seq: u64::from(row.key.seq),
            });
        }
    }
    Ok(facts)
}

/// Returns a fact this node holds, whatever document it stands in; nothing when it has not arrived
/// or its bytes are damaged.
///
/// # Errors
///
/// Those of the database.
pub fn fact(tx: &mut Tx, fact_id: FactId) -> Result<Option<Fact>, DbError> {
    let row = tx.query_opt(
        "SELECT f.change_hash, c.bytes, f.pack FROM facts f
         LEFT JOIN changes c ON c.change_hash = f.change_hash WHERE f.fact_id = $1",
        params![fact_id.to_bytes()],
    )?;
    let Some(row) = row else { return Ok(None) };
    let hash = ChangeHash(row.read(0)?);
    let bytes = Packs::default().bytes(tx, hash, row.read(1)?, row.read(2)?)?;
    Ok(bytes.and_then(|bytes| stored_fact(&bytes, hash)))
}

/// Tells whether an order holds a fact that must be understood and is of a kind this program does
/// not know: until an upgrade nothing may be promised or handed over for it.
///
/// # Errors
///
/// Those of the database.
pub fn is_blocked(tx: &mut Tx, order: OrderId) -> Result<bool, DbError> {
    is_blocked_for(tx, order, Kind::from_number)
}

fn is_blocked_for(
    tx: &mut Tx,
    order: OrderId,
    known: impl Fn(u32) -> Option<Kind>,
) -> Result<bool, DbError> {
    if seeded::has(Bug::BlockIgnored) {
        return Ok(false);
    }
    let rows = tx.query_all(
        "SELECT DISTINCT kind FROM order_changes WHERE document = $1 AND must_understand = 1",
        params![name(order)],
    )?;
    for row in &rows {
        if known(row.read(0)?).is_none() {
            return Ok(true);
        }
    }
    Ok(false)
}

impl Replica {
    /// Returns the facts of an order, each once: whatever it follows comes before it, and every
    /// replica that holds the same facts returns them in the same order, however they came.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::Order`] when a stored change is damaged; those of the database.
    pub fn order_facts(
        &self,
        tx: &mut Tx,
        order: OrderId,
    ) -> Result<Vec<OrderFact>, ReplicaFailed> {
        order_facts(tx, order)
    }

    /// Tells whether an order holds a fact that this program must understand and does not: until an
    /// upgrade nothing may be promised or handed over for it.
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn is_blocked(&self, tx: &mut Tx, order: OrderId) -> Result<bool, DbError> {
        is_blocked_for(tx, order, |number| self.known_kind(number))
    }
}
