//! The lines between stores and hub: exchanges and replies that are lost, repeated, late, damaged.

use counterpart_daemon::replica::Answer;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Batch, Exchange, Reply, Step};

use super::cover::State;
use super::dice::Dice;
use super::oracle::Violation;
use super::world::World;

impl World {
    pub(super) fn ask(&mut self, which: usize, dice: &mut Dice) -> Result<(), Violation> {
        let deed = self.nobody(which);
        let Step::Exchange {
            after_seq,
            with_hashes,
        } = self.stores[which - 1].node.session.exchange()
        else {
            return Err(Violation(format!("the session of store {which} stopped")));
        };
        let asked = self.at(which, State::Asking, &deed, None, move |_, replica, tx| {
            replica.ask(tx, after_seq, with_hashes)
        })?;
        let store = &mut self.stores[which - 1];
        if let (Some(mut exchange), false) = (asked, store.cut.0) {
            spoil(exchange.up.as_mut(), dice);
            store.asked.push(exchange);
        }
        Ok(())
    }

    /// Delivers any exchange that is on its way, which may then come again.
    pub(super) fn answer(&mut self, which: usize, dice: &mut Dice) -> Result<(), Violation> {
        let store = &mut self.stores[which - 1];
        if store.asked.is_empty() {
            return Ok(());
        }
        let at = dice.place(store.asked.len());
        let exchange = match dice.happens(80) {
            true => store.asked.remove(at),
            false => store.asked[at].clone(),
        };
        if dice.happens(10) {
            return Ok(());
        }
        let Some(mut reply) = self.answered(which, exchange)? else {
            return Ok(());
        };
        let store = &mut self.stores[which - 1];
        if !store.cut.1 {
            spoil(reply.down.as_mut(), dice);
            store.replied.push(reply);
        }
        Ok(())
    }

    pub(super) fn answered(
        &mut self,
        which: usize,
        exchange: Exchange,
    ) -> Result<Option<Reply>, Violation> {
        let deed = self.nobody(which);
        let edge = deed.edge_number();
        let answer = self.at(0, State::Answering, &deed, None, move |_, replica, tx| {
            replica.answer(tx, edge, &exchange)
        })?;
        match answer {
            None => Ok(None),
            Some(Answer::Reply(reply)) => Ok(Some(reply)),
            Some(Answer::Refused(greeting)) => Err(Violation(format!(
                "the hub refused the honest store {which}: {greeting:?}"
            ))),
        }
    }

    pub(super) fn hear(&mut self, which: usize, dice: &mut Dice) -> Result<(), Violation> {
        let store = &mut self.stores[which - 1];
        if store.replied.is_empty() {
            return Ok(());
        }
        let at = dice.place(store.replied.len());
        let reply = match dice.happens(80) {
            true => store.replied.remove(at),
            false => store.replied[at].clone(),
        };
        self.heard(which, reply).map(drop)
    }

    pub(super) fn heard(&mut self, which: usize, reply: Reply) -> Result<Option<Step>, Violation> {
        let deed = self.nobody(which);
        // A process that starts with this message has a new session.
        self.at(which, State::Starting, &deed, None, |_, _, _| Ok(()))?;
        let mut session = self.stores[which - 1].node.session.clone();
        let heard = self.at(which, State::Hearing, &deed, None, move |_, replica, tx| {
            let heard = replica.hear(tx, &mut session, &reply)?;
            let acked = replica.held_seq(tx, EdgeNumber::HUB)?;
            Ok((heard.step, session, acked))
        })?;
        let Some((step, session, acked)) = heard else {
            return Ok(None);
        };
        self.stores[which - 1].node.session = session;
        if step == Step::Stop {
            return Err(Violation(format!("an honest reply stopped store {which}")));
        }
        self.ack_is_durable(which, acked)?;
        Ok(Some(step))
    }
}

/// Damages, now and then, one byte of one change of a batch: more often where each record carries
/// its hash, which comes after a damage and costs the one record itself.
fn spoil(batch: Option<&mut Batch>, dice: &mut Dice) {
    let Some(batch) = batch else { return };
    let percent = if batch.hashes.is_some() { 40 } else { 8 };
    if dice.happens(percent) {
        let at = dice.place(batch.records.len());
        let change = &mut batch.records[at].change;
        let at = dice.place(change.len());
        change[at] ^= 0x10;
    }
}
