//! What a business day came to, added up from its facts when the day is sealed.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::days::DayTally;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::sales::{InvoiceIssued, SaleRecorded};
use counterpart_protocol::time::BusinessDate;

/// Adds the sales and numbered papers of a day to what it came to.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// When a stored fact is not the one that was folded.
pub(crate) fn tally_day(
    tx: &mut Tx,
    date: BusinessDate,
    tally: &mut DayTally,
) -> Result<(), DbError> {
    let sales = tx.query_all(
        "SELECT fact FROM sales WHERE business_date = $1",
        params![date.days()],
    )?;
    for row in &sales {
        let sale: SaleRecorded = fact(&row.read::<Vec<u8>>(0)?)
            .read()
            .expect("a folded fact could be read");
        tally.sold(&sale);
    }
    // Invoices are few, and their view knows no day: every one of them is looked at.
    for row in &tx.query_all("SELECT fact FROM issued_papers", params![])? {
        let fact = fact(&row.read::<Vec<u8>>(0)?);
        if fact.header.business_date == date {
            let issued: InvoiceIssued = fact.read().expect("a folded fact could be read");
            tally.issued(&issued.number);
        }
    }
    Ok(())
}

fn fact(bytes: &[u8]) -> Fact {
    Fact::decode(bytes).expect("a folded fact is canonical")
}
