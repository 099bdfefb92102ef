//! Folds an order's facts into the views of lists: the whole order anew with each of them.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed, order_facts};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::ids::DocumentId;
use counterpart_protocol::orders::{Order, order_kinds};

use crate::orders::{rules, store};

/// Returns the views this slice keeps.
#[must_use]
pub fn projections() -> Vec<Box<dyn Projection>> {
    vec![Box::new(Orders)]
}

/// The views of orders.
struct Orders;

const KINDS: [Kind; 15] = order_kinds();

impl Projection for Orders {
    fn name(&self) -> &'static str {
        "orders"
    }

    fn kinds(&self) -> &'static [Kind] {
        &KINDS
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        // An exception of a transfer is settled in a journal: no order's affair.
        let DocumentId::Order(id) = projected.document else {
            return Ok(());
        };
        let facts = order_facts(tx, id)?;
        let order = Order::fold(&facts)?;
        let todo = rules::todo(&order, &facts)?;
        store::put_order(tx, id, &order, &todo)?;
        Ok(())
    }

    fn tables(&self) -> &'static [&'static str] {
        store::VIEWS
    }
}
