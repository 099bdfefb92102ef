//! What a program of tomorrow states: a fact of today with a field nobody knows yet.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::Replica;
use counterpart_protocol::facts::{Body, Kind};
use counterpart_protocol::ids::{DeliveryId, EdgeNumber};
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine};
use minicbor::{Decode, Encode};
use serde::Serialize;

use super::super::oracle::Said;
use super::{Deed, Done};

/// Goods that came in, and at which door.
#[derive(Serialize, Encode, Decode)]
#[cbor(map)]
struct ReceivedTomorrow {
    #[n(0)]
    delivery_id: DeliveryId,
    #[n(1)]
    received_as: ReceivedAs,
    #[n(2)]
    reference: Option<String>,
    #[n(3)]
    lines: Vec<ReceivedLine>,
    #[n(40)]
    door: String,
}

impl Body for ReceivedTomorrow {
    const KIND: Kind = Kind::StockReceived;
    const SCHEMA: u32 = 2;
}

impl Deed {
    /// Takes a delivery in as a program of tomorrow does.
    pub fn receive_as_tomorrow(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let body = ReceivedTomorrow {
            delivery_id: DeliveryId::from_parts(1, u128::from(self.number)),
            received_as: ReceivedAs::Delivery,
            reference: None,
            lines: vec![ReceivedLine {
                sku: self.sku(),
                quantity_milli: self.milli(),
            }],
            door: "north".to_owned(),
        };
        let (store, sku, units) = (self.store, self.sku, self.units);
        let said = Said::Received { store, sku, units };
        self.journal(replica, tx, EdgeNumber::HUB, &body, said)?;
        Ok(true)
    }
}
