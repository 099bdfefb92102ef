//! Programs of different versions: facts of kinds a node does not know yet, upgrades and their
//! opposite, two hub processes that are exchanged one by one.
//!
//! A program of before is this one without some kinds (`Replica::without_kinds`): facts that the
//! other end writes and that it keeps, chains, counts and forwards without folding them. Facts with
//! fields of tomorrow are written by a body with one more.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::Replica;
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::EdgeNumber;

use super::cover::{Came, State};
use super::deeds::{Deed, Done};
use super::dice::Dice;
use super::node::End;
use super::oracle::Violation;
use super::world::World;

/// Which version of the program a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// This one.
    Newest,
    /// The one before, of two ways it may have been.
    Older(bool),
}

impl Program {
    /// Returns the kinds it does not know: none that it would have to write itself.
    #[must_use]
    pub const fn unknown(self, edge: EdgeNumber) -> &'static [Kind] {
        match (self, edge.0) {
            (Self::Newest, _) => &[],
            (Self::Older(false), 0) => &[Kind::SaleRecorded, Kind::UnitsReleased],
            (Self::Older(true), 0) => &[Kind::StockReceived, Kind::RightsGranted, Kind::HandedOver],
            (Self::Older(false), _) => &[Kind::CancelRequested, Kind::RightsReturned],
            (Self::Older(true), _) => &[Kind::CancelRequested, Kind::DayCountersigned],
        }
    }

    /// Draws one: of three two are of before.
    pub(super) fn draw(dice: &mut Dice) -> Self {
        match dice.below(3) {
            0 => Self::Newest,
            1 => Self::Older(false),
            _ => Self::Older(true),
        }
    }
}

impl World {
    /// What befalls a world of several versions beside a step.
    pub(super) fn versions_act(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        match dice.below(100) {
            0..2 => {
                let which = dice.place(self.stores.len() + 1);
                let process = dice.place(2);
                let program = Program::draw(dice);
                self.node(which).exchange(process, program);
                self.cover.came(Came::ProgramExchanged);
                self.tell(&format!("[{program:?} at {which}] "))
            }
            2..4 => self.ask_to_cancel(dice),
            _ => Ok(()),
        }
    }

    /// The hub asks the holder of an order to cancel it: an older store does not know such a fact,
    /// and must not hand over what it is about.
    fn ask_to_cancel(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        let Some(deed) = self.recent_order(dice) else {
            return Ok(());
        };
        let number = Some(deed.number);
        let asked = self.at(0, State::Withdrawing, &deed, number, Deed::ask_to_cancel)?;
        if asked == Some(true) {
            self.cover.came(Came::CancelAsked);
        }
        Ok(())
    }

    /// Everybody gets the newest program.
    pub(super) fn upgrade_all(&mut self) {
        if !self.climate.skews {
            return;
        }
        let mut dice = Dice::part(self.seed, u64::MAX);
        for which in 0..=self.stores.len() {
            let programs = self.node(which).programs();
            for (process, program) in programs.into_iter().enumerate() {
                if program != Program::Newest {
                    self.node(which).exchange(process, Program::Newest);
                    self.cover.came(Came::Upgraded);
                }
            }
            self.node(which).end(End::Killed, &mut dice);
        }
    }

    /// Returns how goods come in at step `index`: now and then as a program of tomorrow says it.
    pub(super) const fn receiving(&self, index: u64) -> fn(&Deed, &Replica, &mut Tx) -> Done {
        match self.climate.skews && index.is_multiple_of(3) {
            true => Deed::receive_as_tomorrow,
            false => Deed::receive,
        }
    }
}
