//! Prices changed by hand in a basket in work: typed ones stand in its lines, discounts in rows of
//! their own, which are few and saved whole.

use counterpart_daemon::db::{DbError, FromValue, Row, Tx, Value, ValueMismatch};
use counterpart_daemon::params;
use counterpart_protocol::ids::{RegisterId, StaffId};
use counterpart_protocol::money::Minor;
use counterpart_protocol::pricing::{Off, Percent};

use crate::sales::rules::{Basket, Discount, Given, PriceReason, TypedPrice};

/// The number that stands for the whole basket: lines count from 1.
const WHOLE: u16 = 0;

/// Loads the discounts of a basket.
pub(super) fn load(tx: &mut Tx, register: RegisterId, basket: &mut Basket) -> Result<(), DbError> {
    let rows = tx.query_all(
        "SELECT line, kind, value, reason, given_by, approved_by, allowed
         FROM basket_discounts WHERE register = $1 ORDER BY line, place",
        params![register.0],
    )?;
    for row in &rows {
        let number: u16 = row.read(0)?;
        let discount = discount(row)?;
        if number == WHOLE {
            basket.discounts.push(discount);
        } else if let Some(line) = basket.lines.iter_mut().find(|it| it.line == number) {
            line.discounts.push(discount);
        }
    }
    Ok(())
}

/// Saves the discounts of a basket, if they are others than `before`.
pub(super) fn save(
    tx: &mut Tx,
    register: RegisterId,
    before: Option<&Basket>,
    after: &Basket,
) -> Result<(), DbError> {
    if all(before) == all(Some(after)) {
        return Ok(());
    }
    tx.execute(
        "DELETE FROM basket_discounts WHERE register = $1",
        params![register.0],
    )?;
    for (line, place, discount) in all(Some(after)) {
        put(tx, (register, line, place), discount)?;
    }
    Ok(())
}

/// Returns the price a person typed, whose columns begin at `first`.
pub(super) fn typed(row: &Row, first: usize) -> Result<Option<TypedPrice>, DbError> {
    let Some(price_minor) = row.read::<Option<i64>>(first)? else {
        return Ok(None);
    };
    Ok(Some(TypedPrice {
        price_minor: Minor(price_minor),
        given: given(row, first + 1)?,
    }))
}

/// Returns every discount with its line and its place there.
fn all(basket: Option<&Basket>) -> Vec<(u16, u16, Discount)> {
    let Some(basket) = basket else {
        return Vec::new();
    };
    let of_lines = basket.lines.iter().map(|it| (it.line, &it.discounts));
    let all = std::iter::once((WHOLE, &basket.discounts)).chain(of_lines);
    all.flat_map(|(line, discounts)| {
        let placed = (1..).zip(discounts);
        placed.map(move |(place, discount)| (line, place, *discount))
    })
    .collect()
}

fn put(
    tx: &mut Tx,
    (register, line, place): (RegisterId, u16, u16),
    discount: Discount,
) -> Result<(), DbError> {
    let (kind, value) = match discount.off {
        Off::Percent(share) => ("percent", i64::from(share.0)),
        Off::Amount(amount) => ("amount", amount.0),
    };
    let given = discount.given;
    tx.execute(
        "INSERT INTO basket_discounts (register, line, place, kind, value, reason, given_by,
             approved_by, allowed)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            register.0,
            line,
            place,
            kind,
            value,
            given.reason.word(),
            given.by.to_bytes(),
            given.approved_by.map(StaffId::to_bytes),
            given.allowed.0,
        ],
    )?;
    Ok(())
}

fn discount(row: &Row) -> Result<Discount, DbError> {
    let kind: String = row.read(1)?;
    let off = match kind.as_str() {
        "percent" => Off::Percent(Percent(row.read(2)?)),
        _ => Off::Amount(Minor(row.read(2)?)),
    };
    Ok(Discount {
        off,
        given: given(row, 3)?,
    })
}

/// Reads reason, giver, approver and limit, from the column `first` on.
fn given(row: &Row, first: usize) -> Result<Given, DbError> {
    let approved_by: Option<[u8; 16]> = row.read(first + 2)?;
    Ok(Given {
        reason: row.read(first)?,
        by: StaffId::from_bytes(row.read(first + 1)?),
        approved_by: approved_by.map(StaffId::from_bytes),
        allowed: Percent(row.read(first + 3)?),
    })
}

impl FromValue for PriceReason {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        let word = String::from_value(value)?;
        Self::read(&word).map_err(|_| ValueMismatch::new(value, "why a price was changed"))
    }
}
