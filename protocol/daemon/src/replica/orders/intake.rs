//! Taking a peer's change of an order in.

use counterpart_protocol::documents::{OrderChange, admit_to_order};
use counterpart_protocol::ids::{DocumentId, EdgeNumber, OrderId};
use counterpart_protocol::sync::{FeedId, Offered, Verdict};

use super::super::Replica;
use super::super::feeds::{Direction, head_of, put_change};
use super::super::inbound::{Believed, NotTaken, check_record, project, put_fact, writer_of};
use super::super::outbound::Entry;
use super::super::projection::{Origin, Projected};
use super::super::sender::Sender;
use super::rows::{
    NewChange, actor_of, change_under, depth_of, document_of, is_awaited, put_order_change,
};
use crate::db::Tx;

impl Replica {
    /// Believes a change of an order: it joins the document, goes on to the order's other readers
    /// and into the views. A view that cannot use it does not keep it out of the document, where
    /// others follow it.
    pub(in super::super) fn believe_order(
        &self,
        tx: &mut Tx,
        sender: &Sender<'_>,
        order: OrderId,
        offered: &Offered,
    ) -> Result<Believed, NotTaken> {
        let change =
            admit_to_order(&offered.change).map_err(|e| NotTaken::Content(e.to_string()))?;
        check_record(&change.fact, offered)?;
        let writer = change.key.writer;
        let speaker = writer_of(sender, offered.head.feed);
        let from_sender = writer == speaker;
        // A new life sends again what an earlier one wrote, under that one's key.
        let of_earlier = writer.edge == speaker.edge && writer.incarnation < speaker.incarnation;
        // The hub forwards what others wrote; an edge speaks for itself only.
        if !from_sender && !of_earlier && sender.peer != EdgeNumber::HUB {
            let reason = format!("the change under {} is not its sender's own", change.key);
            return Err(NotTaken::Content(reason));
        }
        if held_already(tx, sender, order, offered, &change)? {
            return Ok(Believed::As(Verdict::Duplicate));
        }
        // The sender registered its actor; another's is remembered from its first change on.
        let of_another = change.actor == sender.me.actor
            || (from_sender && change.actor != sender.actor)
            || (of_earlier && !was_written_by(tx, sender, &change)?)
            || actor_of(tx, writer, change.actor)? != Some(change.actor);
        if of_another {
            let reason = format!(
                "the change under {} was written by another actor than its writer's",
                change.key
            );
            return Err(NotTaken::Content(reason));
        }
        let row = document_of(tx, order)?;
        let missing = check_place(tx, order, &change)?;
        put_change(tx, offered.record.change, &offered.change)?;
        let new = NewChange {
            key: change.key,
            fact: &change.fact,
            hash: offered.record.change,
            head: change.head,
            depth: change.depth,
            deps: &change.deps,
            missing: &missing,
        };
        put_order_change(tx, order, row, &new)?;
        if sender.me.writer.edge == EdgeNumber::HUB {
            let entry = Entry::of(&change.fact, order.into(), offered.record.change);
            // What the hub takes back after a restore is known to whoever sent it back.
            let knows = match sender.stream.direction {
                Direction::Out => sender.stream.peer,
                Direction::In => change.key.writer.edge,
            };
            self.forward(tx, &sender.me, knows, order, &entry)?;
        }
        self.fold_received(tx, order, offered, &change)
    }

    pub(in super::super) fn fold_received(
        &self,
        tx: &mut Tx,
        order: OrderId,
        offered: &Offered,
        change: &OrderChange,
    ) -> Result<Believed, NotTaken> {
        let projected = Projected {
            fact: &change.fact,
            origin: Origin {
                writer: change.key.writer,
                seq: u64::from(change.key.seq),
            },
            document: DocumentId::Order(order),
            epoch: Some(change.key.epoch),
        };
        let folded = tx.savepoint(|tx| {
            if !put_fact(tx, &change.fact, offered)? {
                return Ok(Verdict::Duplicate);
            }
            self.note_unread(tx, &change.fact)?;
            for view in self.interested(change.fact.kind()) {
                project(tx, view, &projected)?;
            }
            Ok(Verdict::Stored)
        });
        match folded {
            Ok(verdict) => Ok(Believed::As(verdict)),
            Err(NotTaken::Content(reason)) => Ok(Believed::Unfolded(reason)),
            Err(NotTaken::Db(error)) => Err(NotTaken::Db(error)),
        }
    }
}

/// Tells whether a change of an earlier life of its sender has the actor that life registered, as
/// far as we met it.
fn was_written_by(
    tx: &mut Tx,
    sender: &Sender<'_>,
    change: &OrderChange,
) -> Result<bool, NotTaken> {
    let feed = FeedId(change.key.writer.incarnation.0);
    let met = head_of(tx, sender.stream, feed)?;
    Ok(met.is_none_or(|row| row.actor == change.actor))
}

/// Tells whether exactly this change is held, by whatever way it came; another one under its key
/// can only mean that its writer exists twice.
fn held_already(
    tx: &mut Tx,
    sender: &Sender<'_>,
    order: OrderId,
    offered: &Offered,
    change: &OrderChange,
) -> Result<bool, NotTaken> {
    let OrderChange { key, .. } = change;
    let (edge, me) = (key.writer.edge, sender.me.writer);
    match change_under(tx, order, key.writer, key.seq)? {
        Some((held, _)) if held == offered.record.change => Ok(true),
        Some(_) => Err(NotTaken::Content(format!(
            "another change stands under {key}: its writer was cloned"
        ))),
        None if edge == me.edge && key.writer.incarnation >= me.incarnation => {
            Err(NotTaken::Content(format!(
                "the change under {key} is said to be ours and is not: we were cloned"
            )))
        }
        None => Ok(false),
    }
}

/// Returns what the change follows and is not here. Its depth must count on from what is; and a
/// writer's changes follow each other directly, as Automerge writes them.
fn check_place(
    tx: &mut Tx,
    order: OrderId,
    change: &OrderChange,
) -> Result<Vec<[u8; 32]>, NotTaken> {
    let mut missing = Vec::new();
    let mut deepest = 0;
    for dep in &change.deps {
        match depth_of(tx, order, dep)? {
            Some(depth) => deepest = deepest.max(depth),
            None => missing.push(*dep),
        }
    }
    let counts_on = match missing.is_empty() {
        true => change.depth == deepest + 1,
        false => change.depth > deepest,
    };
    let (writer, seq) = (change.key.writer, change.key.seq);
    let follows_own = match change_under(tx, order, writer, seq - 1)? {
        Some((_, before)) => change.deps.contains(&before),
        None => seq == 1 || !missing.is_empty(),
    };
    let followed_by_own =
        change_under(tx, order, writer, seq + 1)?.is_none() || is_awaited(tx, order, &change.head)?;
    if counts_on && follows_own && followed_by_own {
        Ok(missing)
    } else {
        Err(NotTaken::Content(format!(
            "the change under {} does not count on from those it follows",
            change.key
        )))
    }
}
