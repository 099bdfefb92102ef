//! A store that serves an order, and a hub that asks it not to.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::{
    Replica, ReplicaFailed, is_half_heard, is_recovering, order_facts,
};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::orders::{
    CancelReason, CancelRequested, HandedOver, HandoverCheck, ReleaseReason, UnitsReleased,
};

use super::super::oracle::Said;
use super::{Deed, Done, Served};

impl Deed {
    /// Hands an order's units over, or puts them back, at the store that knows of it.
    pub fn serve(&self, replica: &Replica, tx: &mut Tx, how: Served) -> Done {
        let known = order_facts(tx, self.order_id())?;
        let custody = Some(Kind::CustodyGranted);
        let held = known.iter().any(|one| one.fact.kind() == custody);
        let asked = known
            .iter()
            .any(|one| one.fact.kind() == Some(Kind::CancelRequested));
        let must_wait = is_recovering(tx)?
            || is_half_heard(tx, self.order_id())?
            || replica.is_blocked(tx, self.order_id())?;
        // What a program does not know it does not see.
        let sees = replica.known_kind(Kind::CancelRequested.number()).is_some();
        let is_cancelled = asked && sees && how == Served::HandedOver;
        if is_cancelled || !held || must_wait || self.is_over(tx)? {
            return Ok(false);
        }
        let (order, place) = (self.order_id(), self.place());
        let (store, sku, units) = (self.store, self.sku, self.units);
        if how == Served::HandedOver {
            let body = HandedOver {
                fulfilment_id: self.fulfilment(),
                units: self.units(),
                checked_by: HandoverCheck::Code,
                approved_by: None,
            };
            let recorded = replica.record_order(tx, order, 1, place, &body)?;
            self.note(recorded, Said::HandedOver { store, sku, units });
            assert!(!asked, "goods left although it was asked to cancel them");
        } else {
            let body = UnitsReleased {
                fulfilment_id: self.fulfilment(),
                units: self.units(),
                because: ReleaseReason::Expired,
            };
            let recorded = replica.record_order(tx, order, 1, place, &body)?;
            self.note(recorded, Said::Released { store, sku, units });
        }
        Ok(true)
    }

    /// Asks whoever holds an order to cancel it, at the hub.
    pub fn ask_to_cancel(&self, replica: &Replica, tx: &mut Tx) -> Result<bool, ReplicaFailed> {
        let custody = Some(Kind::CustodyGranted);
        let known = order_facts(tx, self.order_id())?;
        if !known.iter().any(|one| one.fact.kind() == custody) || self.is_over(tx)? {
            return Ok(false);
        }
        let body = CancelRequested {
            fulfilment_id: self.fulfilment(),
            units: self.units(),
            because: CancelReason::Customer,
        };
        let recorded = replica.record_order(tx, self.order_id(), 1, self.place(), &body)?;
        self.note(recorded, Said::CancelAsked);
        Ok(true)
    }
}
