//! The view of the journal: entries, and what they are found by.

mod finding;

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{self, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::hlc::Hlc;
use counterpart_protocol::ids::{ReturnId, SaleId, StaffId};

pub(crate) use finding::{Found, named, search};

use super::rules::{Entries, Entry, entries_of};

/// Folds what registers did into the journal.
pub(crate) struct Projected;

impl Projection for Projected {
    fn name(&self) -> &'static str {
        "journal"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[
            Kind::SaleRecorded,
            Kind::BasketVoided,
            Kind::ShiftOpened,
            Kind::ShiftClosed,
            Kind::ReceiptReprinted,
            Kind::InvoiceIssued,
            Kind::InvoiceReprinted,
            Kind::CashMoved,
            Kind::ReportReprinted,
            Kind::DrawerOpened,
            Kind::ReturnRecorded,
            Kind::CardGivenBack,
            Kind::CardSettled,
            Kind::GiftReceiptPrinted,
            Kind::CashierChanged,
            Kind::SafeBooked,
            Kind::TerminalCounted,
            Kind::ApprovalRefused,
            Kind::ApprovalGiven,
            Kind::OperationRefused,
            Kind::OperationApproved,
        ]
    }

    fn project(
        &self,
        tx: &mut Tx,
        projected: &replica::Projected<'_>,
    ) -> Result<(), ProjectionFailed> {
        let made = entries_of(projected.fact)?;
        for entry in &made.entries {
            put(tx, projected.fact, entry)?;
        }
        Ok(put_found_by(tx, projected.fact, &made)?)
    }

    fn tables(&self) -> &'static [&'static str] {
        &[
            "journal_entries",
            "journal_items",
            "journal_names",
            "journal_cards",
        ]
    }
}

fn put(tx: &mut Tx, fact: &Fact, entry: &Entry) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO journal_entries (fact_id, kind, hlc, business_date, register, staff_id,
             approved_by, number, tail, sale_id, return_id, amount_minor, why)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        params![
            entry.fact_id.to_bytes(),
            entry.kind.word(),
            stored(entry.hlc),
            fact.header.business_date.days(),
            entry.register.map(|register| register.0),
            entry.staff.map(StaffId::to_bytes),
            entry.approved_by.map(StaffId::to_bytes),
            entry.number.clone(),
            entry.tail,
            entry.sale_id.map(SaleId::to_bytes),
            entry.return_id.map(ReturnId::to_bytes),
            entry.amount_minor.map(|amount| amount.0),
            entry.why.join(","),
        ],
    )?;
    Ok(())
}

/// Writes a time as the tables hold it; no fact has one that does not fit.
pub(super) fn stored(hlc: Hlc) -> i64 {
    i64::try_from(hlc.0).expect("no fact has a time after the last one")
}

fn put_found_by(tx: &mut Tx, fact: &Fact, made: &Entries) -> Result<(), DbError> {
    let fact_id = fact.header.id.to_bytes();
    for (kind, sku) in &made.items {
        tx.execute(
            "INSERT INTO journal_items (sku, fact_id, kind) VALUES ($1, $2, $3)",
            params![sku.as_str(), fact_id, kind.word()],
        )?;
    }
    for (sku, name) in &made.names {
        tx.execute(
            "INSERT INTO journal_names (name, sku) VALUES ($1, $2)
             ON CONFLICT (name, sku) DO NOTHING",
            params![name, sku.as_str()],
        )?;
    }
    for (kind, last_four) in &made.cards {
        tx.execute(
            "INSERT INTO journal_cards (last_four, fact_id, kind) VALUES ($1, $2, $3)",
            params![last_four, fact_id, kind.word()],
        )?;
    }
    Ok(())
}
