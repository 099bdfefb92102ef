//! A hub and its stores that write the same orders, and a view that folds them.

use counterpart_protocol::facts::{Kind, ReferencePublished};
use counterpart_protocol::ids::{DocumentId, EdgeNumber, OrderId};
use counterpart_protocol::sync::{EdgeSession, Exchange, Reply, Step, WithHashes};

use super::{Node, place};
use crate::db::Tx;
use crate::params;
use crate::replica::{
    Answer, OrderFact, Projected, Projection, ProjectionFailed, Replica, ReplicaFailed, order_facts,
};

pub(super) const A: EdgeNumber = EdgeNumber(7);
pub(super) const B: EdgeNumber = EdgeNumber(8);

pub(super) fn order(number: u128) -> OrderId {
    OrderId::from_parts(1_763_890_000_000, number)
}

/// What a test says in an order, where slices say what happened.
pub(super) fn said(text: &str) -> ReferencePublished {
    ReferencePublished {
        reference: text.to_owned(),
        version: 1,
        sha256: [0; 32],
    }
}

/// A view that writes down every order from its first fact to its last, anew with each of them.
pub(super) struct Timelines;

impl Projection for Timelines {
    fn name(&self) -> &'static str {
        "timelines"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::ReferencePublished]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let DocumentId::Order(order) = projected.document else {
            return Ok(());
        };
        let text = projected.fact.read::<ReferencePublished>()?.reference;
        if text == "unusable" {
            return Err(ProjectionFailed::Content("says nothing usable".to_owned()));
        }
        assert!(projected.epoch.is_some(), "orders have epochs");
        let document = projected.document.to_string();
        tx.execute(
            "DELETE FROM timelines WHERE document = $1",
            params![&document],
        )?;
        for (place, line) in (0_u32..).zip(order_facts(tx, order)?) {
            tx.execute(
                "INSERT INTO timelines (document, place, line) VALUES ($1, $2, $3)",
                params![&document, place, shown(&line)],
            )?;
        }
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        &["timelines"]
    }
}

/// A fact of an order as a test compares it: who, under which custody, which of theirs, and what.
pub(super) fn shown(line: &OrderFact) -> String {
    let text = match line.fact.kind() {
        Some(_) => line.fact.read::<ReferencePublished>().unwrap().reference,
        None => format!("of kind {}", line.fact.kind_number),
    };
    let OrderFact {
        writer, epoch, seq, ..
    } = line;
    format!(
        "{}/{}/{seq}/{epoch} {text}",
        writer.edge, writer.incarnation
    )
}

impl Node {
    pub(super) fn state(&self, order: OrderId, epoch: u32, text: &str) {
        self.try_state(order, epoch, text).unwrap();
    }

    pub(super) fn try_state(
        &self,
        order: OrderId,
        epoch: u32,
        text: &str,
    ) -> Result<u64, ReplicaFailed> {
        let body = said(text);
        self.try_write(move |replica, tx| {
            let recorded = replica.record_order(tx, order, epoch, place(), &body)?;
            Ok(recorded.seq)
        })
    }

    pub(super) fn share(&self, order: OrderId, peer: EdgeNumber) -> u64 {
        self.write(move |replica, tx| replica.share_order(tx, order, peer))
    }

    /// What the order's facts are.
    pub(super) fn lines(&self, order: OrderId) -> Vec<String> {
        let facts = self.write(move |replica, tx| replica.order_facts(tx, order));
        facts.iter().map(shown).collect()
    }

    /// What the order's facts say.
    pub(super) fn words(&self, order: OrderId) -> Vec<String> {
        let lines = self.lines(order);
        let word = |line: &String| line.split_once(' ').unwrap().1.to_owned();
        lines.iter().map(word).collect()
    }

    /// What the view made of all orders.
    pub(super) fn timelines(&self) -> Vec<(String, i64, String)> {
        self.write(|_, tx| {
            let sql = "SELECT document, place, line FROM timelines ORDER BY document, place";
            tx.query_all(sql, params![])?
                .iter()
                .map(|row| Ok((row.read(0)?, row.read(1)?, row.read(2)?)))
                .collect()
        })
    }

    pub(super) fn document_state(&self, order: OrderId) -> String {
        self.write(move |_, tx| {
            let sql = "SELECT state FROM documents WHERE document = $1";
            let document = DocumentId::Order(order).to_string();
            Ok(tx.query_one(sql, params![document])?.read(0)?)
        })
    }
}

/// A store and its session with the hub.
pub(super) struct Store {
    pub(super) number: EdgeNumber,
    pub(super) node: Node,
    pub(super) session: EdgeSession,
}

impl Store {
    pub(super) fn new(number: EdgeNumber, seed: u64) -> Self {
        Self {
            number,
            node: Node::new(number, seed),
            session: EdgeSession::new(0),
        }
    }

    pub(super) fn ask(&self) -> Exchange {
        let Step::Exchange {
            after_seq,
            with_hashes,
        } = self.session.exchange()
        else {
            panic!("the session stopped: {:?}", self.session.phase());
        };
        self.ask_after(after_seq, with_hashes)
    }

    pub(super) fn ask_after(&self, after_seq: u64, with_hashes: WithHashes) -> Exchange {
        self.node
            .write(move |replica, tx| replica.ask(tx, after_seq, with_hashes))
    }

    pub(super) fn hear(&mut self, reply: &Reply) -> Step {
        let (reply, mut session) = (reply.clone(), self.session.clone());
        let (heard, session) = self.node.write(move |replica, tx| {
            let heard = replica.hear(tx, &mut session, &reply)?;
            Ok((heard, session))
        });
        self.session = session;
        heard.step
    }
}

/// A hub with two stores.
pub(super) struct Shop {
    pub(super) hub: Node,
    pub(super) a: Store,
    pub(super) b: Store,
}

impl Shop {
    pub(super) fn new() -> Self {
        Self {
            hub: Node::new(EdgeNumber::HUB, 2),
            a: Store::new(A, 1),
            b: Store::new(B, 3),
        }
    }

    pub(super) fn answer(&self, edge: EdgeNumber, exchange: Exchange) -> Reply {
        answer(&self.hub, edge, exchange)
    }

    /// Lets both stores exchange until nobody has anything left to say.
    pub(super) fn settle(&mut self) {
        for _ in 0..4 {
            settle(&self.hub, &mut self.a);
            settle(&self.hub, &mut self.b);
        }
    }
}

pub(super) fn answer(hub: &Node, edge: EdgeNumber, exchange: Exchange) -> Reply {
    match hub.write(move |replica: &Replica, tx| replica.answer(tx, edge, &exchange)) {
        Answer::Reply(reply) => reply,
        other => panic!("the hub refused: {other:?}"),
    }
}

/// Lets one store exchange until it has nothing left to say or hear.
pub(super) fn settle(hub: &Node, store: &mut Store) {
    for _ in 0..200 {
        let reply = answer(hub, store.number, store.ask());
        if store.hear(&reply) == Step::Listen {
            return;
        }
    }
    panic!("store {} does not settle", store.number);
}
