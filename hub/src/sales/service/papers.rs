//! Folds invoices and their copies into the views.

use counterpart_daemon::db::Tx;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::Kind;
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{InvoiceIssued, InvoiceReprinted};

use crate::sales::store::{self, Issued};

/// The views of numbered papers.
pub(super) struct Papers;

impl Projection for Papers {
    fn name(&self) -> &'static str {
        "papers"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::InvoiceIssued,
            Kind::InvoiceReprinted,
            Kind::ReturnRecorded,
        ]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let (fact, edge) = (projected.fact, projected.origin.writer.edge);
        if fact.kind() == Some(Kind::InvoiceReprinted) {
            let reprinted: InvoiceReprinted = fact.read()?;
            return Ok(store::count_paper_copy(tx, edge, &reprinted)?);
        }
        let (sale_id, number) = if fact.kind() == Some(Kind::ReturnRecorded) {
            let stated: ReturnRecorded = fact.read()?;
            (stated.sale_id, stated.number)
        } else {
            let stated: InvoiceIssued = fact.read()?;
            (stated.sale_id, stated.number)
        };
        let issued = Issued {
            edge,
            sale_id: sale_id.to_bytes(),
            number: &number,
            business_date: fact.header.business_date,
            at_ms: i64::try_from(fact.header.hlc.at_ms()).unwrap_or(i64::MAX),
            staff_id: fact.header.staff,
        };
        Ok(store::put_paper(tx, &issued)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        store::PAPER_VIEWS
    }
}
