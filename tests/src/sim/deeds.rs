//! What people do in the world, each in one transaction with the product's own sums and records.
//!
//! Every deed first remembers the id it gave its fact, so that the oracle knows of facts whose
//! answer was lost.

use std::sync::{Arc, Mutex, PoisonError};

use counterpart_daemon::db::Tx;
use counterpart_daemon::params;
use counterpart_daemon::replica::{
    Place, Recorded, Replica, ReplicaFailed, is_recovering, lacks_facts, order_facts,
};
use counterpart_protocol::facts::{Body, Kind};
use counterpart_protocol::ids::{
    DeliveryId, DocumentId, EdgeNumber, FulfilmentId, OrderId, RegisterId, SaleId, ShiftId, Sku,
};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::orders::{AllocationWithdrawn, FulfilmentAllocated, Units, Withdrawal};
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::rights::{Rights, RightsGranted, RightsReturned, SkuUnits};
use counterpart_protocol::sales::{ReceiptNumber, SaleLine, SaleRecorded, Tender};
use counterpart_protocol::stock::{ReceivedAs, ReceivedLine, StockReceived};
use counterpart_protocol::tax::{Rate, summarise};
use counterpart_protocol::time::BusinessDate;

use super::oracle::{Id, Said};

mod bodies;
pub mod days;
mod lives;
mod serving;
mod tomorrow;

/// What the stores sell.
pub const SKUS: [&str; 2] = ["MUG", "TEE-M"];
/// What one unit costs.
const PRICE: i64 = 250;
/// The stores' name in the facts; views tell them apart by their edge.
const STORE: &str = "ghent";

/// The facts a deed stated, noted before anybody knows whether they stay.
pub type Notes = Arc<Mutex<Vec<(Id, Said)>>>;

/// What a deed came to.
pub type Done = Result<bool, ReplicaFailed>;

/// How a store ends an order it serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// The customer has the goods.
    HandedOver,
    /// Nobody came: the goods are back on the shelf.
    PutBack,
}

/// A deed under way: whose, on which day.
#[derive(Clone)]
pub struct Deed {
    /// The store it is about.
    pub store: u32,
    /// What.
    pub sku: usize,
    /// How many.
    pub units: i64,
    /// A number of its own.
    pub number: u64,
    /// The day it counts for, in days since 1970.
    pub day: i32,
    /// What it states.
    pub notes: Notes,
}

impl Deed {
    fn sku(&self) -> Sku {
        SKUS[self.sku].parse().expect("it is a SKU")
    }

    fn milli(&self) -> Milli {
        Milli(self.units * 1_000)
    }

    /// Returns the edge of the store it is about.
    #[must_use]
    pub fn edge_number(&self) -> EdgeNumber {
        EdgeNumber(self.store)
    }

    fn place(&self) -> Place {
        Place {
            business_date: BusinessDate::from_days(self.day).expect("a day of this century"),
            register: Some(RegisterId(1)),
            staff: None,
        }
    }

    fn lines(&self) -> Vec<SkuUnits> {
        vec![SkuUnits {
            sku: self.sku(),
            quantity_milli: self.milli(),
        }]
    }

    fn note(&self, recorded: Recorded, said: Said) {
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        notes.push((recorded.fact_id.to_bytes(), said));
    }

    fn journal<B: Body>(
        &self,
        replica: &Replica,
        tx: &mut Tx,
        peer: EdgeNumber,
        body: &B,
        said: Said,
    ) -> Result<(), ReplicaFailed> {
        let recorded = replica.record(tx, peer, self.place(), body)?;
        self.note(recorded, said);
        Ok(())
    }

    /// Sells to whoever stands there: nothing may refuse it.
    pub fn sell(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let series = lives::life(replica, tx)?;
        let row = tx.query_one(
            "SELECT COALESCE(MAX(number), 0) + 1 FROM sales WHERE series = $1",
            params![series],
        )?;
        let total = PRICE * self.units;
        let sale = SaleRecorded {
            sale_id: SaleId::from_parts(1, u128::from(self.number)),
            receipt: ReceiptNumber {
                register: RegisterId(1),
                series,
                number: row.read(0)?,
            },
            shift_id: ShiftId::from_parts(1, 1),
            currency: Currency::EUR,
            lines: vec![SaleLine {
                line: 1,
                sku: self.sku(),
                description: "simulated".to_owned(),
                quantity_milli: self.milli(),
                unit_price_minor: Minor(PRICE),
                amount_minor: Minor(total),
                tax_rate: Rate(21_000),
                pricing: None,
                remarks: None,
                added_tax_minor: None,
            }],
            taxes: summarise([(Rate(21_000), Minor(total))]).expect("small amounts add up"),
            total_minor: Minor(total),
            tenders: vec![Tender::cash(Minor(total + 50))],
            change_minor: Minor(50),
            voided: Vec::new(),
            catalog_version: 1,
            rounding_minor: None,
            sold_to: None,
            tax_parts: None,
            coupons: None,
        };
        let (store, sku, units) = (self.store, self.sku, self.units);
        let said = Said::Sold {
            store,
            sku,
            units,
            total,
        };
        self.journal(replica, tx, EdgeNumber::HUB, &sale, said)?;
        Ok(true)
    }

    /// Takes a delivery in.
    pub fn receive(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let body = StockReceived {
            delivery_id: DeliveryId::from_parts(1, u128::from(self.number)),
            received_as: ReceivedAs::Delivery,
            reference: None,
            lines: vec![ReceivedLine {
                sku: self.sku(),
                quantity_milli: self.milli(),
            }],
        };
        let (store, sku, units) = (self.store, self.sku, self.units);
        let said = Said::Received { store, sku, units };
        self.journal(replica, tx, EdgeNumber::HUB, &body, said)?;
        Ok(true)
    }

    /// Lets the hub promise units the store may promise itself.
    pub fn grant(&self, replica: &Replica, tx: &mut Tx) -> Done {
        if is_recovering(tx)? || lacks_facts(tx, EdgeNumber::HUB)? {
            return Ok(false);
        }
        let sql = "SELECT on_hand_milli FROM stock_on_hand WHERE sku = $1";
        let row = tx.query_opt(sql, params![SKUS[self.sku]])?;
        let on_hand = Milli(row.map_or(Ok(0), |row| row.read(0))?);
        if rights(tx, self)?.store_may_promise(on_hand) < self.milli() {
            return Ok(false);
        }
        let (store, sku, units) = (self.store, self.sku, self.units);
        let body = RightsGranted {
            lines: self.lines(),
        };
        let said = Said::Granted { store, sku, units };
        self.journal(replica, tx, EdgeNumber::HUB, &body, said)?;
        Ok(true)
    }

    /// Gives a store rights back, at the hub.
    pub fn give_back(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let edge = self.edge_number();
        if replica.unheard(tx)?.holds(edge) || lacks_facts(tx, edge)? {
            return Ok(false);
        }
        if rights(tx, self)?.hub_may_promise() < self.milli() {
            return Ok(false);
        }
        let (store, sku, units) = (self.store, self.sku, self.units);
        let body = RightsReturned {
            lines: self.lines(),
        };
        let said = Said::Returned { store, sku, units };
        self.journal(replica, tx, self.edge_number(), &body, said)?;
        Ok(true)
    }

    /// Returns how many whole units the hub believes it may promise, whomever it has heard.
    pub fn promisable(&self, tx: &mut Tx) -> Result<i64, ReplicaFailed> {
        Ok(rights(tx, self)?.hub_may_promise().0 / 1_000)
    }

    /// Takes an order, reserves its units under rights and gives custody, at the hub; returns the
    /// number in the store's feed up to which the store must be sent to know of it.
    pub fn order(&self, replica: &Replica, tx: &mut Tx) -> Result<Option<u64>, ReplicaFailed> {
        if replica.unheard(tx)?.holds(self.edge_number()) {
            return Ok(None);
        }
        let sku = self.sku();
        let held = counterpart_hub::rights::to_reserve_from(
            tx,
            self.edge_number(),
            std::slice::from_ref(&sku),
        )?;
        if held[&sku].hub_may_promise() < self.milli() {
            return Ok(None);
        }
        let order = self.order_id();
        let recorded = replica.record_order(tx, order, 0, self.place(), &self.placed())?;
        self.note(recorded, Said::Placed);
        let body = FulfilmentAllocated {
            fulfilment_id: self.fulfilment(),
            store: STORE.parse().expect("it is a slug"),
            edge: self.edge_number(),
            units: self.units(),
        };
        let recorded = replica.record_order(tx, order, 1, self.place(), &body)?;
        let (store, sku, units) = (self.store, self.sku, self.units);
        self.note(recorded, Said::Reserved { store, sku, units });
        let recorded = replica.record_order(tx, order, 1, self.place(), &self.custody())?;
        self.note(recorded, Said::Custody);
        replica.share_order(tx, order, self.edge_number()).map(Some)
    }

    /// Lets one more store read the order.
    pub fn share(&self, replica: &Replica, tx: &mut Tx, reader: u32) -> Done {
        replica.share_order(tx, self.order_id(), EdgeNumber(reader))?;
        Ok(true)
    }

    /// Withdraws an order's units at the hub, if nothing up to `seq` was framed to the store.
    pub fn withdraw(&self, replica: &Replica, tx: &mut Tx, seq: u64) -> Done {
        if self.is_over(tx)? || replica.sent_seq(tx, self.edge_number())? >= seq {
            return Ok(false);
        }
        self.take_back(replica, tx)
    }

    fn take_back(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let body = AllocationWithdrawn {
            fulfilment_id: self.fulfilment(),
            edge: self.edge_number(),
            units: self.units(),
            because: Withdrawal::Cancelled,
        };
        let (store, sku, units) = (self.store, self.sku, self.units);
        let recorded = replica.record_order(tx, self.order_id(), 1, self.place(), &body)?;
        self.note(recorded, Said::Withdrawn { store, sku, units });
        Ok(true)
    }

    /// Withdraws an order's units at a restored hub if their store was never told: once every store
    /// was heard, for any of them may know that it was withdrawn before.
    pub fn take_back_untold(&self, replica: &Replica, tx: &mut Tx) -> Done {
        let (order, edge) = (self.order_id(), self.edge_number());
        let allocated = Some(Kind::FulfilmentAllocated);
        let known = order_facts(tx, order)?;
        if !known.iter().any(|one| one.fact.kind() == allocated)
            || self.is_over(tx)?
            || replica.reads(tx, order, edge)?
            || !replica.unheard(tx)?.is_empty()
        {
            return Ok(false);
        }
        self.take_back(replica, tx)
    }

    fn is_over(&self, tx: &mut Tx) -> Result<bool, ReplicaFailed> {
        let ends = [
            Some(Kind::HandedOver),
            Some(Kind::UnitsReleased),
            Some(Kind::AllocationWithdrawn),
        ];
        let known = order_facts(tx, self.order_id())?;
        Ok(known.iter().any(|one| ends.contains(&one.fact.kind())))
    }

    fn order_id(&self) -> OrderId {
        OrderId::from_parts(1, u128::from(self.number))
    }

    fn fulfilment(&self) -> FulfilmentId {
        FulfilmentId::from_parts(1, u128::from(self.number))
    }

    fn units(&self) -> Vec<Units> {
        vec![Units::of(1, &self.sku(), self.milli())]
    }
}

/// Returns the document of an order.
pub(super) fn document_of(number: u64) -> String {
    let order = OrderId::from_parts(1, u128::from(number));
    DocumentId::Order(order).to_string()
}

/// Reads the sums of rights from the product's view, which has the same columns at both sides.
fn rights(tx: &mut Tx, deed: &Deed) -> Result<Rights, ReplicaFailed> {
    let row = tx.query_opt(
        "SELECT granted_milli, returned_milli, reserved_milli, released_milli, consumed_milli
         FROM rights WHERE edge = $1 AND sku = $2",
        params![deed.store, SKUS[deed.sku]],
    )?;
    let Some(row) = row else {
        return Ok(Rights::default());
    };
    Ok(Rights {
        granted: Milli(row.read(0)?),
        returned: Milli(row.read(1)?),
        reserved: Milli(row.read(2)?),
        released: Milli(row.read(3)?),
        consumed: Milli(row.read(4)?),
    })
}
