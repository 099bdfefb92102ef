//! Machines that were replaced by their backup and go on: they sell, hand over what they know of,
//! and tell the hub, until somebody switches them off.
//!
//! None goes on once the hub was lost too: an order that only a replaced machine was told of cannot
//! be told from one that nobody was told of. Nobody may rely on what such a machine promises, so it
//! is not asked to. What it did happened: it counts at the hub and at the machine that goes on.

use counterpart_daemon::clock::Clock as _;
use counterpart_daemon::replica::Answer;
use counterpart_protocol::ids::EdgeNumber;
use counterpart_protocol::sync::{EdgeSession, Step};

use super::cover::State;
use super::deeds::{Deed, Served};
use super::dice::Dice;
use super::disk::Disk;
use super::healing::TRIPS_MAX;
use super::node::Node;
use super::oracle::Violation;
use super::world::World;

/// The machines of replaced stores are numbered from here on.
const MACHINES_FROM: u32 = 50;

impl World {
    /// Lets the machine of a store go on beside the one that replaces it.
    pub(super) fn leave_behind(&mut self, which: usize, disk: &Disk) -> Result<(), Violation> {
        let number = u32::try_from(which).expect("few stores");
        let seed = self.seed ^ u64::from(self.stores[which - 1].life);
        let programs = self.stores[which - 1].node.programs();
        let mut ghost = Node::new(EdgeNumber(number), MACHINES_FROM + number, seed, &programs);
        ghost
            .clock
            .set_ms(self.stores[which - 1].node.clock.now_ms());
        ghost.restore(disk);
        ghost.disk(Disk::mend);
        self.stores[which - 1].ghost = Some(ghost);
        self.tell("its machine goes on beside another ")
    }

    /// Lets a replaced machine do something.
    pub(super) fn ghost_acts(
        &mut self,
        which: usize,
        mut deed: Deed,
        dice: &mut Dice,
    ) -> Result<(), Violation> {
        let at = self.stores.len() + which;
        match dice.below(10) {
            0..4 => self
                .at(at, State::Stating, &deed, None, Deed::sell)
                .map(drop),
            4 => self
                .at(at, State::Stating, &deed, None, Deed::receive)
                .map(drop),
            5..7 => {
                let Some(order) = self.order_of(which, dice) else {
                    return Ok(());
                };
                deed = order;
                let number = deed.number;
                let ended = self.oracle.ended_by(deed.store);
                let is_gone = ended.iter().any(|(_, order)| *order == number);
                if is_gone || !self.bags_gone.insert(number) {
                    return self.tell("there is no bag");
                }
                let served = self.at(
                    at,
                    State::Serving,
                    &deed,
                    Some(number),
                    move |deed, replica, tx| deed.serve(replica, tx, Served::HandedOver),
                )?;
                if served != Some(true) {
                    self.bags_gone.remove(&number);
                }
                Ok(())
            }
            _ => self
                .ghost_speaks(which, dice.happens(15), dice.happens(15))
                .map(drop),
        }
    }

    /// One exchange of a replaced machine, of which either half may be lost. Returns false once it
    /// has nothing more to say.
    fn ghost_speaks(
        &mut self,
        which: usize,
        asking_lost: bool,
        answer_lost: bool,
    ) -> Result<bool, Violation> {
        let at = self.stores.len() + which;
        let session = &self.node(at).session;
        let Step::Exchange {
            after_seq,
            with_hashes,
        } = session.exchange()
        else {
            return Ok(false);
        };
        let deed = self.nobody(which);
        let asked = self.at(at, State::Asking, &deed, None, move |_, replica, tx| {
            replica.ask(tx, after_seq, with_hashes)
        })?;
        let (Some(exchange), false) = (asked, asking_lost) else {
            return Ok(true);
        };
        let edge = deed.edge_number();
        let answer = self.at(0, State::Answering, &deed, None, move |_, replica, tx| {
            replica.answer(tx, edge, &exchange)
        })?;
        self.take_back_untold()?;
        let (Some(Answer::Reply(reply)), false) = (answer, answer_lost) else {
            return Ok(true);
        };
        let mut session = self.node(at).session.clone();
        let heard = self.at(at, State::Hearing, &deed, None, move |_, replica, tx| {
            let heard = replica.hear(tx, &mut session, &reply)?;
            Ok((heard.step, session))
        })?;
        let Some((step, session)) = heard else {
            return Ok(true);
        };
        self.node(at).session = session;
        Ok(!matches!(step, Step::Stop | Step::Listen))
    }

    /// Lets replaced machines tell everything before they are switched off.
    pub(super) fn lay_ghosts(&mut self) -> Result<(), Violation> {
        for which in 1..=self.stores.len() {
            let Some(ghost) = &mut self.stores[which - 1].ghost else {
                continue;
            };
            ghost.session = EdgeSession::new(0);
            let mut trips = 0;
            while self.ghost_speaks(which, false, false)? {
                trips += 1;
                if trips > TRIPS_MAX {
                    return Err(Violation(format!(
                        "the replaced machine of store {which} does not come to an end"
                    )));
                }
            }
            self.stores[which - 1].ghost = None;
        }
        Ok(())
    }
}
