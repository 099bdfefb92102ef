//! Baskets in work: rows of lines and of what was given, loaded and saved whole.

use counterpart_daemon::db::{DbError, Row, Tx, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::catalog::Unit;
use counterpart_protocol::ids::{RegisterId, SaleId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::quantity::Milli;
use counterpart_protocol::sales::{LineRemarks, SoldTo, Tender, TenderKind};
use counterpart_protocol::tax::Rate;
use serde::de::DeserializeOwned;

use super::prices;
use crate::sales::rules::{Basket, BasketLine, Item, Voided};

/// Forgets every basket and scan in work: a basket has the id its sale will have, and an earlier
/// life of this store may have paid it.
///
/// # Errors
///
/// Those of the database.
pub fn forget_work(tx: &mut Tx) -> Result<(), DbError> {
    for table in [
        "basket_tenders",
        "basket_discounts",
        "suspended_baskets",
        "basket_lines",
        "baskets",
        "waiting_scans",
        "register_screens",
    ] {
        tx.execute(&format!("DELETE FROM {table}"), params![])?;
    }
    Ok(())
}

/// Returns the basket of a register, if one was begun.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn basket(tx: &mut Tx, register: RegisterId) -> Result<Option<Basket>, DbError> {
    let row = tx.query_opt(
        "SELECT sale_id, sold_to, coupons FROM baskets WHERE register = $1",
        params![register.0],
    )?;
    let Some(row) = row else {
        return Ok(None);
    };
    let sale_id = SaleId::from_bytes(row.read(0)?);
    let sold_to = json(&row.read::<String>(1)?, 1)?;
    let coupons = json(&row.read::<String>(2)?, 2)?;
    let rows = tx.query_all(
        "SELECT line, sku, description, unit, quantity_milli, unit_price_minor, tax_rate, touched,
             voided, voided_by, department, typed_price_minor, typed_reason, typed_by,
             typed_approved_by, typed_allowed, remarks
         FROM basket_lines WHERE register = $1 ORDER BY line",
        params![register.0],
    )?;
    let lines: Result<Vec<BasketLine>, DbError> = rows.iter().map(basket_line).collect();
    let mut basket = Basket {
        lines: lines?,
        sold_to,
        coupons,
        ..Basket::new(sale_id)
    };
    prices::load(tx, register, &mut basket)?;
    Ok(Some(basket))
}

/// Returns to whom the basket of a register is sold.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn sold_to(tx: &mut Tx, register: RegisterId) -> Result<SoldTo, DbError> {
    let sql = "SELECT sold_to FROM baskets WHERE register = $1";
    match tx.query_opt(sql, params![register.0])? {
        Some(row) => json(&row.read::<String>(0)?, 0),
        None => Ok(SoldTo::default()),
    }
}

/// Tells whether a coupon lies in the basket of a register.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn has_coupons(tx: &mut Tx, register: RegisterId) -> Result<bool, DbError> {
    let sql = "SELECT 1 FROM baskets WHERE register = $1 AND coupons <> '[]'";
    Ok(tx.query_opt(sql, params![register.0])?.is_some())
}

/// Tells whether a sale is in work at a register, or waits to be recalled.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn is_in_work(tx: &mut Tx, sale_id: SaleId) -> Result<bool, DbError> {
    let row = tx.query_opt(
        "SELECT 1 FROM baskets WHERE sale_id = $1
         UNION ALL
         SELECT 1 FROM suspended_baskets WHERE sale_id = $1 AND recalled_at_ms IS NULL",
        params![sale_id.to_bytes()],
    )?;
    Ok(row.is_some())
}

/// Returns when the basket of a register was begun, in milliseconds UTC.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn begun_at(tx: &mut Tx, register: RegisterId) -> Result<Option<i64>, DbError> {
    let row = tx.query_opt(
        "SELECT begun_at_ms FROM baskets WHERE register = $1",
        params![register.0],
    )?;
    row.map(|row| row.read(0)).transpose()
}

/// Stores a basket; `before` is what was loaded, so that only what changed is written.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn save_basket(
    tx: &mut Tx,
    register: RegisterId,
    before: Option<&Basket>,
    after: &Basket,
    now_ms: i64,
) -> Result<(), DbError> {
    let sold_to = || serde_json::to_string(&after.sold_to).expect("it has texts as keys");
    let coupons = || serde_json::to_string(&after.coupons).expect("it has texts as keys");
    match before {
        None => {
            tx.execute(
                "INSERT INTO baskets (register, sale_id, begun_at_ms, sold_to, coupons)
                 VALUES ($1, $2, $3, $4, $5)",
                params![
                    register.0,
                    after.sale_id.to_bytes(),
                    now_ms,
                    sold_to(),
                    coupons()
                ],
            )?;
        }
        Some(before) if before.sold_to != after.sold_to || before.coupons != after.coupons => {
            tx.execute(
                "UPDATE baskets SET sold_to = $2, coupons = $3 WHERE register = $1",
                params![register.0, sold_to(), coupons()],
            )?;
        }
        Some(_) => {}
    }
    let known = before.map_or(&[][..], |before| before.lines.as_slice());
    for line in after.lines.iter().filter(|line| !known.contains(line)) {
        put_line(tx, register, line)?;
    }
    prices::save(tx, register, before, after)
}

/// Puts a basket that was begun at `begun_at_ms` (milliseconds UTC) to a register that has none.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn put_basket(
    tx: &mut Tx,
    register: RegisterId,
    basket: &Basket,
    begun_at_ms: i64,
) -> Result<(), DbError> {
    save_basket(tx, register, None, basket, begun_at_ms)
}

/// Forgets the basket of a register and what was given for it.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn clear_basket(tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM baskets WHERE register = $1",
        params![register.0],
    )?;
    Ok(())
}

/// Returns what was given for the basket of a register, in order.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn tenders(tx: &mut Tx, register: RegisterId) -> Result<Vec<Tender>, DbError> {
    let rows = tx.query_all(
        "SELECT amount_minor, card, other FROM basket_tenders WHERE register = $1
         ORDER BY tender",
        params![register.0],
    )?;
    rows.iter()
        .map(|row| {
            let amount_minor = Minor(row.read(0)?);
            let (card, other): (Option<String>, Option<String>) = (row.read(1)?, row.read(2)?);
            Ok(match (card, other) {
                (Some(card), _) => Tender::card(amount_minor, json(&card, 1)?),
                (None, Some(other)) => json(&other, 2)?,
                (None, None) => Tender::cash(amount_minor),
            })
        })
        .collect()
}

fn json<T: DeserializeOwned>(text: &str, column: usize) -> Result<T, DbError> {
    serde_json::from_str(text).map_err(|wrong| DbError::Column {
        column,
        sql: "a basket in work".into(),
        mismatch: ValueMismatch {
            found: wrong.to_string(),
            expected: "what is known of a basket or a tender".to_owned(),
        },
    })
}

/// Adds something that was given.
///
/// # Errors
///
/// Those of the database.
///
/// # Panics
///
/// Never: what is known of a tender can be written as JSON.
pub(crate) fn add_tender(
    tx: &mut Tx,
    register: RegisterId,
    tender: &Tender,
) -> Result<(), DbError> {
    let card = tender.card.as_ref();
    let other = match tender.kind {
        TenderKind::Cash | TenderKind::Card => None,
        TenderKind::GiftCard
        | TenderKind::StoreCredit
        | TenderKind::Voucher
        | TenderKind::ForeignCash
        | TenderKind::OnAccount
        | TenderKind::Exchanged => Some(tender),
    };
    tx.execute(
        "INSERT INTO basket_tenders (register, tender, kind, amount_minor, intent, card, other)
         SELECT $1, COALESCE(MAX(tender), 0) + 1, $2, $3, $4, $5, $6
         FROM basket_tenders WHERE register = $1",
        params![
            register.0,
            tender.kind.word(),
            tender.amount_minor.0,
            card.map(|card| card.intent.clone()),
            card.map(|card| serde_json::to_string(card).expect("it has texts as keys")),
            other.map(|other| serde_json::to_string(other).expect("it has texts as keys")),
        ],
    )?;
    Ok(())
}

/// Forgets what was given but what a card paid: it went back to the customer, and that stays until
/// its terminal gave it back.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn clear_given(tx: &mut Tx, register: RegisterId) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM basket_tenders WHERE register = $1 AND kind <> 'card'",
        params![register.0],
    )?;
    Ok(())
}

/// Forgets what a card paid: its terminal gave it back.
///
/// # Errors
///
/// Those of the database.
pub(crate) fn drop_card(tx: &mut Tx, register: RegisterId, intent: &str) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM basket_tenders WHERE register = $1 AND intent = $2",
        params![register.0, intent],
    )?;
    Ok(())
}

fn put_line(tx: &mut Tx, register: RegisterId, line: &BasketLine) -> Result<(), DbError> {
    let voided_by = line.voided.and_then(|voided| voided.by);
    let given = line.typed.map(|typed| typed.given);
    tx.execute(
        "INSERT INTO basket_lines (register, line, sku, description, unit, quantity_milli,
             unit_price_minor, tax_rate, touched, voided, voided_by, department,
             typed_price_minor, typed_reason, typed_by, typed_approved_by, typed_allowed, remarks)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
         ON CONFLICT (register, line) DO UPDATE SET quantity_milli = excluded.quantity_milli,
             unit_price_minor = excluded.unit_price_minor, touched = excluded.touched,
             voided = excluded.voided, voided_by = excluded.voided_by,
             typed_price_minor = excluded.typed_price_minor, typed_reason = excluded.typed_reason,
             typed_by = excluded.typed_by, typed_approved_by = excluded.typed_approved_by,
             typed_allowed = excluded.typed_allowed, remarks = excluded.remarks",
        params![
            register.0,
            line.line,
            line.item.sku.as_str(),
            &line.item.description,
            line.item.unit.word(),
            line.quantity_milli.0,
            line.item.unit_price_minor.0,
            line.item.tax_rate.0,
            line.touched,
            line.voided.is_some(),
            voided_by.map(StaffId::to_bytes),
            &line.item.department,
            line.typed.map(|typed| typed.price_minor.0),
            given.map(|given| given.reason.word()),
            given.map(|given| given.by.to_bytes()),
            given
                .and_then(|given| given.approved_by)
                .map(StaffId::to_bytes),
            given.map(|given| given.allowed.0),
            serde_json::to_string(&line.remarks).expect("remarks have texts as keys"),
        ],
    )?;
    Ok(())
}

fn basket_line(row: &Row) -> Result<BasketLine, DbError> {
    let sku: String = row.read(1)?;
    let voided_by: Option<[u8; 16]> = row.read(9)?;
    let voided: bool = row.read(8)?;
    Ok(BasketLine {
        line: row.read(0)?,
        item: Item {
            sku: sku.parse().expect("only checked SKUs are stored"),
            description: row.read(2)?,
            department: row.read(10)?,
            unit: unit(&row.read::<String>(3)?)?,
            unit_price_minor: Minor(row.read(5)?),
            tax_rate: Rate(row.read(6)?),
        },
        quantity_milli: Milli(row.read(4)?),
        touched: row.read(7)?,
        voided: voided.then_some(Voided {
            by: voided_by.map(StaffId::from_bytes),
        }),
        typed: prices::typed(row, 11)?,
        discounts: Vec::new(),
        remarks: remarks(&row.read::<String>(16)?)?,
    })
}

fn remarks(json: &str) -> Result<LineRemarks, DbError> {
    serde_json::from_str(json).map_err(|wrong| DbError::Column {
        column: 16,
        sql: "basket_lines.remarks".into(),
        mismatch: ValueMismatch {
            found: wrong.to_string(),
            expected: "what is said of a line".to_owned(),
        },
    })
}

fn unit(word: &str) -> Result<Unit, DbError> {
    [Unit::Piece, Unit::Kilogram]
        .into_iter()
        .find(|unit| unit.word() == word)
        .ok_or_else(|| DbError::Column {
            column: 3,
            sql: "basket_lines.unit".into(),
            mismatch: ValueMismatch {
                found: word.to_owned(),
                expected: "a unit".to_owned(),
            },
        })
}
