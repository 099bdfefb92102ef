//! Sales of other stores this store may refund, and what came back of them elsewhere.

use counterpart_daemon::db::{DbError, Row, Tx};
use counterpart_daemon::params;
use counterpart_protocol::facts::Fact;
use counterpart_protocol::ids::{ReturnId, SaleId, StoreId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::returns::{CameBack, LineBack, RefundRightGranted};
use counterpart_protocol::sales::ReceiptNumber;
use counterpart_protocol::tax::Rate;

/// Keeps a sale whose right came here with what came back of it so far.
pub(super) fn put(tx: &mut Tx, fact: &Fact, body: &RefundRightGranted) -> Result<(), DbError> {
    let passed = &body.passed;
    let (sale_id, receipt) = (passed.sale.sale_id, passed.sale.receipt);
    tx.execute(
        "INSERT INTO foreign_sales (sale_id, sold_by, register, series, number, fact)
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (sale_id) DO NOTHING",
        params![
            sale_id.to_bytes(),
            passed.sold_by.as_str(),
            receipt.register.0,
            receipt.series,
            receipt.number,
            fact.encode_said(),
        ],
    )?;
    for back in &passed.before {
        put_back(tx, sale_id, back)?;
    }
    Ok(())
}

/// Counts what came back of a sale elsewhere, once.
pub(super) fn put_back(tx: &mut Tx, sale_id: SaleId, back: &CameBack) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO foreign_returns (return_id, sale_id, cards_minor, accounts_minor)
         VALUES ($1, $2, $3, $4) ON CONFLICT (return_id) DO NOTHING",
        params![
            back.return_id.to_bytes(),
            sale_id.to_bytes(),
            back.cards_minor.0,
            back.accounts_minor.0,
        ],
    )?;
    for (place, line) in (0_u32..).zip(&back.lines) {
        tx.execute(
            "INSERT INTO foreign_return_lines (return_id, place, line, quantity_milli,
                 amount_minor, tax_rate)
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (return_id, place) DO NOTHING",
            params![
                back.return_id.to_bytes(),
                place,
                line.line,
                line.quantity_milli.0,
                line.amount_minor.0,
                line.tax_rate.0,
            ],
        )?;
    }
    Ok(())
}

/// Returns the fact that granted the right to refund a sale of another store.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// When the stored fact is not the one that was folded.
pub(crate) fn foreign_sale(
    tx: &mut Tx,
    sale_id: SaleId,
) -> Result<Option<RefundRightGranted>, DbError> {
    let row = tx.query_opt(
        "SELECT fact FROM foreign_sales WHERE sale_id = $1",
        params![sale_id.to_bytes()],
    )?;
    let granted = |row: Row| {
        let bytes: Vec<u8> = row.read(0)?;
        let fact = Fact::decode(&bytes).expect("a folded fact is canonical");
        Ok(fact.read().expect("a folded fact could be read"))
    };
    row.map(granted).transpose()
}

/// Returns the sale of another store's receipt, if this store may refund it or could once.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn foreign_receipt(
    tx: &mut Tx,
    store: &StoreId,
    receipt: ReceiptNumber,
) -> Result<Option<SaleId>, DbError> {
    let row = tx.query_opt(
        "SELECT sale_id FROM foreign_sales
         WHERE sold_by = $1 AND register = $2 AND series = $3 AND number = $4",
        params![
            store.as_str(),
            receipt.register.0,
            receipt.series,
            receipt.number,
        ],
    )?;
    row.map(|row| Ok(SaleId::from_bytes(row.read(0)?)))
        .transpose()
}

/// Returns what came back of a sale elsewhere, as whoever passed its right said. What came back
/// here is left out: it counts by its own fact.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn came_back(tx: &mut Tx, sale_id: SaleId) -> Result<Vec<CameBack>, DbError> {
    let rows = tx.query_all(
        "SELECT return_id, cards_minor, accounts_minor FROM foreign_returns f
         WHERE sale_id = $1
             AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.return_id = f.return_id)
         ORDER BY return_id",
        params![sale_id.to_bytes()],
    )?;
    let mut all = Vec::new();
    for row in &rows {
        let return_id = ReturnId::from_bytes(row.read(0)?);
        let lines = tx.query_all(
            "SELECT line, quantity_milli, amount_minor, tax_rate FROM foreign_return_lines
             WHERE return_id = $1 ORDER BY place",
            params![return_id.to_bytes()],
        )?;
        all.push(CameBack {
            return_id,
            lines: lines.iter().map(line_back).collect::<Result<_, _>>()?,
            cards_minor: Minor(row.read(1)?),
            accounts_minor: Minor(row.read(2)?),
        });
    }
    Ok(all)
}

fn line_back(row: &Row) -> Result<LineBack, DbError> {
    Ok(LineBack {
        line: row.read(0)?,
        quantity_milli: Milli(row.read(1)?),
        amount_minor: Minor(row.read(2)?),
        tax_rate: Rate(row.read(3)?),
    })
}
