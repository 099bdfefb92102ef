//! Stating a fact in an order, and letting an edge read one.

use std::collections::BTreeSet;

use counterpart_protocol::documents::OrderAppended;
use counterpart_protocol::facts::{Body, Fact, Header};
use counterpart_protocol::ids::{DocumentId, EdgeNumber, OrderId};

use super::super::Replica;
use super::super::batches::own_head;
use super::super::days::day_of;
use super::super::feeds::{Direction, Stream, put_change};
use super::super::identity::Identity;
use super::super::outbound::{Entry, OpenFeeds, append_entry, last_hlc};
use super::super::projection::{Origin, Projected};
use super::super::record::{Place, Recorded, ReplicaFailed, put_own_fact};
use super::facts::rows_of;
use super::hot;
use super::rows::{NewChange, actor_of, document_of, put_order_change, put_reader, readers};
use crate::db::{DbError, Tx};
use crate::seeded::{self, Bug};

impl Replica {
    /// States a fact in an order document, under custody epoch `epoch` (0 for what is said of the
    /// order as a whole). At an edge the change goes into the feed for the hub, at the hub into
    /// those of all edges that read the order. The returned `seq` counts what this node wrote into
    /// the document.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::OrderIncomplete`] while changes are missing that others of the order
    /// follow, [`ReplicaFailed::Order`] when the document is damaged, full or the fact too large;
    /// the caller returns it, so that the whole command is rolled back.
    pub fn record_order<B: Body>(
        &self,
        tx: &mut Tx,
        order: OrderId,
        epoch: u32,
        place: Place,
        body: &B,
    ) -> Result<Recorded, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let day = day_of(tx, &me, place.business_date)?;
        let row = document_of(tx, order)?;
        let mut hot = self.take_document(tx, &me, order, row.as_ref())?;
        let hlc = last_hlc(tx)?.tick(self.wall_ms());
        let header = Header {
            id: self.new_fact_id(),
            hlc,
            business_date: day.counts_for,
            register: place.register,
            staff: place.staff,
        };
        let mut fact = Fact::new(header, body);
        fact.late_for = day.late_for;
        let deps = hot.document.heads();
        let appended = hot.document.append(epoch, &fact.encode())?;
        hot.grew(&appended.change);
        hot::keep(tx, hot);
        tx.scratch::<OpenFeeds>().hlc = Some(hlc);
        actor_of(tx, me.writer, me.actor)?;
        put_change(tx, appended.hash, &appended.change)?;
        put_own_fact(tx, header.id, appended.hash)?;
        let new = NewChange {
            key: appended.key,
            fact: &fact,
            hash: appended.hash,
            head: appended.head,
            depth: appended.depth,
            deps: &deps,
            missing: &[],
        };
        put_order_change(tx, order, row, &new)?;
        self.send(tx, &me, order, &fact, &appended)?;
        let seq = u64::from(appended.key.seq);
        let projected = Projected {
            fact: &fact,
            origin: Origin {
                writer: me.writer,
                seq,
            },
            document: DocumentId::Order(order),
            epoch: Some(epoch),
        };
        self.fold_own(tx, &projected)?;
        Ok(Recorded {
            fact_id: header.id,
            seq,
            hlc,
        })
    }

    fn send(
        &self,
        tx: &mut Tx,
        me: &Identity,
        order: OrderId,
        fact: &Fact,
        appended: &OrderAppended,
    ) -> Result<(), DbError> {
        let peers = match me.writer.edge {
            EdgeNumber::HUB => readers(tx, order)?,
            _ => vec![EdgeNumber::HUB],
        };
        let entry = Entry::of(fact, order.into(), appended.hash);
        for peer in peers {
            let head = append_entry(tx, me, peer, &entry)?;
            self.wake(tx, peer, head.seq);
        }
        Ok(())
    }

    /// Forwards a change that came from an edge to the other readers of its order; `writer` is the
    /// edge that knows it.
    pub(super) fn forward(
        &self,
        tx: &mut Tx,
        me: &Identity,
        writer: EdgeNumber,
        order: OrderId,
        entry: &Entry,
    ) -> Result<(), DbError> {
        for peer in readers(tx, order)? {
            if peer != writer && !seeded::has(Bug::NotForwarded) {
                let head = append_entry(tx, me, peer, entry)?;
                self.wake(tx, peer, head.seq);
            }
        }
        Ok(())
    }

    /// Lets an edge read an order from now on (at the hub): everything that others wrote into it
    /// goes into the edge's feed, whatever it follows first, and so does what comes later. Returns
    /// the feed's last number; for an edge that reads the order already nothing else happens.
    ///
    /// # Errors
    ///
    /// [`ReplicaFailed::NoIdentity`] when the hub has none; those of the database.
    pub fn share_order(
        &self,
        tx: &mut Tx,
        order: OrderId,
        peer: EdgeNumber,
    ) -> Result<u64, ReplicaFailed> {
        let me = self.identity(tx)?.ok_or(ReplicaFailed::NoIdentity)?;
        let stream = Stream {
            direction: Direction::Out,
            peer,
        };
        let mut head = own_head(tx, &me, stream)?;
        if put_reader(tx, order, peer)? {
            for row in rows_of(tx, order)? {
                if row.key.writer.edge != peer && !seeded::has(Bug::SharedWithoutHistory) {
                    head = append_entry(tx, &me, peer, &row.entry(order))?;
                }
            }
            self.wake(tx, peer, head.seq);
        }
        Ok(head.seq)
    }

    /// Tells whether an edge reads an order: whether it was ever sent anything of it (at the hub).
    ///
    /// # Errors
    ///
    /// Those of the database.
    pub fn reads(&self, tx: &mut Tx, order: OrderId, peer: EdgeNumber) -> Result<bool, DbError> {
        Ok(readers(tx, order)?.contains(&peer))
    }

    /// Lets an edge read an order again that sent `changes` of it back (at a restored hub): what
    /// others wrote into it since goes into its feed; some of that it may have.
    pub(in super::super) fn share_again(
        &self,
        tx: &mut Tx,
        me: &Identity,
        order: OrderId,
        peer: EdgeNumber,
        changes: &BTreeSet<[u8; 32]>,
    ) -> Result<(), DbError> {
        let rows = rows_of(tx, order)?;
        // What was set aside makes nobody a reader.
        let is_believed = rows.iter().any(|row| changes.contains(&row.hash.0));
        if !is_believed || !put_reader(tx, order, peer)? {
            return Ok(());
        }
        for row in rows {
            if row.key.writer.edge != peer && !changes.contains(&row.hash.0) {
                let head = append_entry(tx, me, peer, &row.entry(order))?;
                self.wake(tx, peer, head.seq);
            }
        }
        Ok(())
    }
}
