//! The SQL of order documents: their rows, changes, missing parts, readers and writers' actors.

use counterpart_protocol::documents::{Actor, ChangeHash};
use counterpart_protocol::facts::{Fact, Importance};
use counterpart_protocol::ids::{DocumentId, EdgeNumber, OrderId, OrderKey, Writer};

use crate::db::{DbError, Row, Tx};
use crate::params;
use crate::replica::identity::Identity;

/// The stored state of an order document.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct DocumentRow {
    /// The changes nothing follows yet, sorted.
    pub(super) heads: Vec<[u8; 32]>,
    /// How many changes it holds.
    pub(super) facts: u32,
}

/// A change on its way into an order document.
pub(super) struct NewChange<'a> {
    pub(super) key: OrderKey,
    pub(super) fact: &'a Fact,
    pub(super) hash: ChangeHash,
    pub(super) head: [u8; 32],
    pub(super) depth: u32,
    /// What it follows.
    pub(super) deps: &'a [[u8; 32]],
    /// What of that is not here.
    pub(super) missing: &'a [[u8; 32]],
}

pub(super) fn name(order: OrderId) -> String {
    DocumentId::Order(order).to_string()
}

/// Returns the row of an order document. Nobody else writes it before this transaction ends: every
/// engine lets one transaction write at a time.
pub(super) fn document_of(tx: &mut Tx, order: OrderId) -> Result<Option<DocumentRow>, DbError> {
    let row = tx.query_opt(
        "SELECT head, facts FROM documents WHERE document = $1",
        params![name(order)],
    )?;
    row.as_ref().map(document_row).transpose()
}

fn document_row(row: &Row) -> Result<DocumentRow, DbError> {
    let heads: Vec<u8> = row.read(0)?;
    let (heads, rest) = heads.as_chunks::<32>();
    assert!(rest.is_empty(), "heads are stored whole");
    Ok(DocumentRow {
        heads: heads.to_vec(),
        facts: row.read(1)?,
    })
}

/// Adds a change to its document: it is a head unless something that came earlier follows it, and
/// what it follows is one no more. The document lacks something while anything is missing.
pub(super) fn put_order_change(
    tx: &mut Tx,
    order: OrderId,
    before: Option<DocumentRow>,
    new: &NewChange<'_>,
) -> Result<(), DbError> {
    let document = name(order);
    insert_change(tx, &document, new)?;
    for head in new.missing {
        tx.execute(
            "INSERT INTO order_missing (document, head) VALUES ($1, $2)
             ON CONFLICT (document, head) DO NOTHING",
            params![&document, head],
        )?;
    }
    let awaited = tx.execute(
        "DELETE FROM order_missing WHERE document = $1 AND head = $2",
        params![&document, new.head],
    )?;
    let before = before.unwrap_or_default();
    let mut heads = before.heads;
    heads.retain(|head| !new.deps.contains(head));
    if awaited == 0 {
        heads.push(new.head);
        heads.sort_unstable();
    }
    let state = match lacks_something(tx, order)? {
        true => "incomplete",
        false => "open",
    };
    tx.execute(
        "INSERT INTO documents (document, head, facts, state) VALUES ($1, $2, $3, $4)
         ON CONFLICT (document) DO UPDATE SET head = excluded.head, facts = excluded.facts,
             state = excluded.state",
        params![&document, heads.concat(), before.facts + 1, state],
    )?;
    Ok(())
}

fn insert_change(tx: &mut Tx, document: &str, new: &NewChange<'_>) -> Result<(), DbError> {
    let OrderKey { writer, seq, epoch } = new.key;
    tx.execute(
        "INSERT INTO order_changes (document, edge, incarnation, seq, epoch, depth, head,
             change_hash, kind, schema_version, must_understand, business_date, hlc)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            document,
            writer.edge.0,
            writer.incarnation.0,
            seq,
            epoch,
            new.depth,
            new.head,
            new.hash.0,
            new.fact.kind_number,
            new.fact.schema,
            new.fact.importance == Importance::MustUnderstand,
            new.fact.header.business_date.days(),
            new.fact.header.hlc.0.cast_signed(),
        ],
    )?;
    Ok(())
}

/// Tells whether changes of this order follow others that never came.
pub(super) fn lacks_something(tx: &mut Tx, order: OrderId) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT head FROM order_missing WHERE document = $1 LIMIT 1",
        params![name(order)],
    )?;
    Ok(row.is_some())
}

/// Returns whose stock an order is about: at the hub those that read it or wrote in it, at a store
/// what it has from the hub.
pub(in super::super) fn concerned(
    tx: &mut Tx,
    me: &Identity,
    order: OrderId,
) -> Result<Vec<EdgeNumber>, DbError> {
    if me.writer.edge != EdgeNumber::HUB {
        return Ok(vec![EdgeNumber::HUB]);
    }
    let rows = tx.query_all(
        "SELECT peer FROM order_readers WHERE document = $1
         UNION SELECT edge FROM order_changes WHERE document = $1",
        params![name(order)],
    )?;
    rows.iter().map(|row| row.read(0).map(EdgeNumber)).collect()
}

/// Opens an order document again that was left as damaged, once its bytes were made right: one that
/// lacks something else, or is damaged elsewhere too, is found out again by whoever writes to it.
pub(in super::super) fn reopen(tx: &mut Tx, order: OrderId) -> Result<(), DbError> {
    if lacks_something(tx, order)? {
        return Ok(());
    }
    tx.execute(
        "UPDATE documents SET state = 'open' WHERE document = $1 AND state = 'incomplete'",
        params![name(order)],
    )?;
    Ok(())
}

/// Returns the change that stands under a writer's sequence in an order, whatever its epoch, and
/// its head.
pub(super) fn change_under(
    tx: &mut Tx,
    order: OrderId,
    writer: Writer,
    seq: u32,
) -> Result<Option<(ChangeHash, [u8; 32])>, DbError> {
    let row = tx.query_opt(
        "SELECT change_hash, head FROM order_changes
         WHERE document = $1 AND edge = $2 AND incarnation = $3 AND seq = $4",
        params![name(order), writer.edge.0, writer.incarnation.0, seq],
    )?;
    row.map(|row| Ok((ChangeHash(row.read(0)?), row.read(1)?)))
        .transpose()
}

/// Tells whether a change that is held follows the one with this head, which is not.
pub(super) fn is_awaited(tx: &mut Tx, order: OrderId, head: &[u8; 32]) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT head FROM order_missing WHERE document = $1 AND head = $2",
        params![name(order), head],
    )?;
    Ok(row.is_some())
}

/// Returns the depth of the change with this head, if it is held.
pub(super) fn depth_of(
    tx: &mut Tx,
    order: OrderId,
    head: &[u8; 32],
) -> Result<Option<u32>, DbError> {
    let row = tx.query_opt(
        "SELECT depth FROM order_changes WHERE document = $1 AND head = $2",
        params![name(order), head],
    )?;
    row.map(|row| row.read(0)).transpose()
}

/// Returns the actor this writer is known by, which is `actor` if it was not known before; nothing
/// when that actor is another writer's.
pub(super) fn actor_of(
    tx: &mut Tx,
    writer: Writer,
    actor: Actor,
) -> Result<Option<Actor>, DbError> {
    let who = params![writer.edge.0, writer.incarnation.0];
    let sql = "SELECT actor FROM writer_actors WHERE edge = $1 AND incarnation = $2";
    let mut known = tx.query_opt(sql, who)?;
    if known.is_none() {
        tx.execute(
            "INSERT INTO writer_actors (edge, incarnation, actor) VALUES ($1, $2, $3)
             ON CONFLICT DO NOTHING",
            params![writer.edge.0, writer.incarnation.0, actor.0],
        )?;
        known = tx.query_opt(sql, who)?;
    }
    known.map(|row| row.read(0).map(Actor)).transpose()
}

/// Returns the edges that read an order, in one order for everybody.
pub(super) fn readers(tx: &mut Tx, order: OrderId) -> Result<Vec<EdgeNumber>, DbError> {
    let rows = tx.query_all(
        "SELECT peer FROM order_readers WHERE document = $1 ORDER BY peer",
        params![name(order)],
    )?;
    rows.iter().map(|row| row.read(0).map(EdgeNumber)).collect()
}

/// Makes an edge a reader of an order; false if it is one.
pub(super) fn put_reader(tx: &mut Tx, order: OrderId, peer: EdgeNumber) -> Result<bool, DbError> {
    let added = tx.execute(
        "INSERT INTO order_readers (document, peer) VALUES ($1, $2)
         ON CONFLICT (document, peer) DO NOTHING",
        params![name(order), peer.0],
    )?;
    Ok(added == 1)
}

/// Returns at most `limit` orders after `after`, by id.
pub(in super::super) fn order_documents(
    tx: &mut Tx,
    after: Option<OrderId>,
    limit: u32,
) -> Result<Vec<OrderId>, DbError> {
    // Segments begin with a digit and so come before.
    let after = after.map_or_else(|| "order".to_owned(), name);
    let rows = tx.query_all(
        "SELECT document FROM documents WHERE document > $1 ORDER BY document LIMIT $2",
        params![after, limit],
    )?;
    rows.iter()
        .map(|row| match row.read::<String>(0)?.parse() {
            Ok(DocumentId::Order(order)) => Ok(order),
            Ok(DocumentId::Segment(_)) | Err(_) => {
                unreachable!("only orders have names that begin so")
            }
        })
        .collect()
}
