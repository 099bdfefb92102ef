//! The lines between stores and hub: exchanges and replies that are lost, repeated, late, damaged.

use counterpart_daemon::params;
use counterpart_daemon::replica::Answer;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{Batch, Exchange, Reply, Step};

use super::cover::State;
use super::dice::Dice;
use super::oracle::Violation;
use super::world::World;

impl World {
    pub(super) fn ask(&mut self, which: usize, dice: &mut Dice) -> Result<(), Violation> {
        if self.stores[which - 1].life > 1 && self.recover(which, Some(&mut *dice))? {
            return Ok(());
        }
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
        store.actor = asked
            .as_ref()
            .map(|asked| asked.hello.actor)
            .or(store.actor);
        if let (Some(mut exchange), false) = (asked, store.cut.0) {
            self.spoilt += spoil(exchange.up.as_mut(), dice);
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
        let by = Some(exchange.hello.actor);
        let Some(mut reply) = self.answered(which, exchange)? else {
            return Ok(());
        };
        let store = &mut self.stores[which - 1];
        // A machine that is gone hears nothing.
        if !store.cut.1 && by == store.actor {
            self.spoilt += spoil(reply.down.as_mut(), dice);
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
        // A machine that is gone may have had the number of the one that goes on.
        let is_gone = Some(exchange.hello.actor) != self.stores[which - 1].actor;
        self.hub.next_turn();
        let answer = self.at(0, State::Answering, &deed, None, move |_, replica, tx| {
            replica.answer(tx, edge, &exchange)
        })?;
        match answer {
            None => Ok(None),
            Some(Answer::Refused(_)) if is_gone => Ok(None),
            Some(Answer::Reply(reply)) => {
                self.take_back_untold()?;
                Ok(Some(reply))
            }
            Some(turned @ (Answer::Refused(_) | Answer::Outlived(_))) => Err(Violation(format!(
                "the hub refused the honest store {which}: {turned:?}"
            ))),
        }
    }

    /// Somebody speaks as a store and is not it: an older life of it, a copy, or one whose feed
    /// forked. The hub goes on with none of them.
    pub(super) fn impostor(&mut self, which: usize, dice: &mut Dice) -> Result<(), Violation> {
        let store = &self.stores[which - 1];
        let is_genuine = |exchange: &&Exchange| Some(exchange.hello.actor) == store.actor;
        let Some(genuine) = store.asked.iter().find(is_genuine) else {
            return Ok(());
        };
        let life = store.life;
        let mut exchange = genuine.clone();
        let hello = &mut exchange.hello;
        let who = match dice.below(3) {
            0 => {
                hello.incarnation.0 -= 1;
                "an older life"
            }
            1 => {
                hello.actor.0[0] ^= 1;
                "a copy"
            }
            _ => {
                hello.up.seq = 0;
                hello.up.chain.0[0] ^= 1;
                "a forked feed"
            }
        };
        let deed = self.nobody(which);
        let edge = deed.edge_number();
        let answer = self.at(0, State::Answering, &deed, None, move |_, replica, tx| {
            // Who comes first is believed: that it may is for the certificate to say.
            let sql = "SELECT COUNT(*) FROM feed_heads
                       WHERE direction = 'in' AND peer = $1 AND feed = $2";
            match tx.query_one(sql, params![edge.0, life])?.read::<i64>(0)? {
                0 => Ok(None),
                _ => replica.answer(tx, edge, &exchange).map(Some),
            }
        })?;
        match answer.flatten() {
            // A life that is over is heard, and nothing goes on with it.
            Some(Answer::Reply(reply))
                if who == "an older life"
                    && reply.welcome.fenced_by.is_some()
                    && reply.welcome.up.seq == 0
                    && reply.down.is_none() =>
            {
                Ok(())
            }
            Some(Answer::Reply(_)) => Err(Violation(format!(
                "the hub went on with {who} of store {which}"
            ))),
            Some(Answer::Refused(_) | Answer::Outlived(_)) | None => Ok(()),
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
/// its hash, which comes after a damage and costs the one record itself. Returns 1 if that record
/// is one of a journal.
fn spoil(batch: Option<&mut Batch>, dice: &mut Dice) -> i64 {
    let Some(batch) = batch else { return 0 };
    let percent = if batch.hashes.is_some() { 40 } else { 8 };
    if !dice.happens(percent) {
        return 0;
    }
    let at = dice.place(batch.records.len());
    let record = &mut batch.records[at];
    // What vanished from its writer's disk goes as nothing.
    if record.change.is_empty() {
        return 0;
    }
    let byte = dice.place(record.change.len());
    record.change[byte] ^= 0x10;
    i64::from(batch.hashes.is_some() && !batch.records[at].document.starts_with("order"))
}
