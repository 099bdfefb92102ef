//! What people do with orders: the hub takes and withdraws them, stores serve them.

use super::cover::State;
use super::deeds::{Deed, Notes, Served};
use super::dice::Dice;
use super::oracle::Violation;
use super::world::{Order, STORES, World};

impl World {
    pub(super) fn order(&mut self, deed: Deed, dice: &mut Dice) -> Result<(), Violation> {
        let number = deed.number;
        let taken = self.at(0, State::Promising, &deed, Some(number), Deed::order)?;
        let Some(Some(seq)) = taken else {
            return Ok(());
        };
        self.oracle.shared(number, deed.store);
        if dice.happens(30) {
            let reader = STORES + 1 - deed.store;
            let shared = self.at(
                0,
                State::Promising,
                &deed,
                Some(number),
                move |deed, r, tx| deed.share(r, tx, reader),
            )?;
            if shared.is_some() {
                self.oracle.shared(number, reader);
            }
        }
        self.orders.push(Order { deed, seq });
        Ok(())
    }

    fn some_order(&mut self, dice: &mut Dice) -> Option<(Deed, u64)> {
        if self.orders.is_empty() {
            return None;
        }
        // The newest are what people deal with.
        let recent = self.orders.len().saturating_sub(6);
        let order = &self.orders[recent + dice.place(self.orders.len() - recent)];
        let mut deed = order.deed.clone();
        deed.day = self.day;
        deed.notes = Notes::default();
        Some((deed, order.seq))
    }

    /// Returns an order that people deal with.
    pub(super) fn recent_order(&mut self, dice: &mut Dice) -> Option<Deed> {
        self.some_order(dice).map(|(deed, _)| deed)
    }

    /// Returns an order of a store that people deal with.
    pub(super) fn order_of(&mut self, store: usize, dice: &mut Dice) -> Option<Deed> {
        let (deed, _) = self.some_order(dice)?;
        (deed.store as usize == store).then_some(deed)
    }

    pub(super) fn withdraw(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        let Some((deed, seq)) = self.some_order(dice) else {
            return Ok(());
        };
        let number = Some(deed.number);
        self.at(
            0,
            State::Withdrawing,
            &deed,
            number,
            move |deed, replica, tx| deed.withdraw(replica, tx, seq),
        )
        .map(drop)
    }

    pub(super) fn serve(&mut self, dice: &mut Dice) -> Result<(), Violation> {
        let Some((deed, _)) = self.some_order(dice) else {
            return Ok(());
        };
        if self.bags_gone.contains(&deed.number) {
            return self.tell("there is no bag");
        }
        let (number, which) = (Some(deed.number), deed.store as usize);
        let how = match dice.happens(70) {
            true => Served::HandedOver,
            false => Served::PutBack,
        };
        self.at(
            which,
            State::Serving,
            &deed,
            number,
            move |deed, replica, tx| deed.serve(replica, tx, how),
        )
        .map(drop)
    }
}
