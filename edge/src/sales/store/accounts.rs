//! The view of what was sold on account, and the question what an account bought in a month.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_daemon::replica::{Projected, Projection, ProjectionFailed};
use counterpart_protocol::facts::{Fact, Kind};
use counterpart_protocol::money::{Currency, Minor};
use counterpart_protocol::returns::ReturnRecorded;
use counterpart_protocol::sales::{SaleRecorded, Tender};
use counterpart_protocol::time::BusinessDate;

/// Returns what this store sold to an account from the first of the month of `date` on, less what
/// came back.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn used_on_account(
    tx: &mut Tx,
    account: &str,
    currency: Currency,
    date: BusinessDate,
) -> Result<Minor, DbError> {
    let first = date.civil().first_of_month();
    let first = BusinessDate::from_civil(first).unwrap_or(date);
    let rows = tx.query_all(
        "SELECT amount_minor FROM account_moves
         WHERE account = $1 AND currency = $2 AND business_date >= $3",
        params![account, currency.code(), first.days()],
    )?;
    // Added up here: a sum beyond all money must not stop the till.
    let mut used: i64 = 0;
    for row in &rows {
        used = used.saturating_add(row.read(0)?);
    }
    Ok(Minor(used))
}

/// Folds sales and returns into what accounts bought.
pub(crate) struct AccountsProjection;

impl Projection for AccountsProjection {
    fn name(&self) -> &'static str {
        "account_moves"
    }

    fn kinds(&self) -> &'static [Kind] {
        &[Kind::SaleRecorded, Kind::ReturnRecorded]
    }

    fn project(&self, tx: &mut Tx, projected: &Projected<'_>) -> Result<(), ProjectionFailed> {
        let fact = projected.fact;
        if fact.kind() == Some(Kind::SaleRecorded) {
            let sale: SaleRecorded = fact.read()?;
            Ok(fold(tx, fact, sale.currency, &sale.tenders, 1)?)
        } else {
            let back: ReturnRecorded = fact.read()?;
            Ok(fold(tx, fact, back.currency, &back.tenders, -1)?)
        }
    }

    fn tables(&self) -> &'static [&'static str] {
        &["account_moves"]
    }
}

fn fold(
    tx: &mut Tx,
    fact: &Fact,
    currency: Currency,
    tenders: &[Tender],
    sign: i64,
) -> Result<(), DbError> {
    for tender in tenders {
        let Some(of) = &tender.account else { continue };
        tx.execute(
            "INSERT INTO account_moves (fact_id, account, business_date, currency, amount_minor)
             VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (fact_id, account) DO UPDATE SET
                 amount_minor = amount_minor + excluded.amount_minor",
            params![
                fact.header.id.to_bytes(),
                of.account.as_str(),
                fact.header.business_date.days(),
                currency.code(),
                tender.amount_minor.0.saturating_mul(sign),
            ],
        )?;
    }
    Ok(())
}
