//! Values on their way to PostgreSQL and back, in its binary form.
//!
//! Parameters are declared by what they are (an integer is `BIGINT`), so the server need not guess;
//! answers may have more types than columns have: a sum of integers is `NUMERIC`, a comparison is
//! `BOOLEAN`, a literal is 32 bits.

use std::error::Error;

use bytes::BytesMut;
use postgres::types::{FromSql, IsNull, ToSql, Type, to_sql_checked};

use crate::db::value::Value;

/// A parameter.
#[derive(Debug)]
pub(super) struct Param<'a>(pub(super) &'a Value);

/// A column of an answer.
pub(super) struct Fetched(pub(super) Value);

/// Returns the type a parameter is declared with; of a missing value only the server can tell.
pub(super) fn declared(value: &Value) -> Type {
    match value {
        Value::Null => Type::UNKNOWN,
        Value::Int(_) => Type::INT8,
        Value::Text(_) => Type::TEXT,
        Value::Bytes(_) => Type::BYTEA,
    }
}

impl ToSql for Param<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self.0 {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(number) => number.to_sql(ty, out),
            Value::Text(text) => text.to_sql(ty, out),
            Value::Bytes(bytes) => bytes.to_sql(ty, out),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

impl<'a> FromSql<'a> for Fetched {
    fn from_sql(ty: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        let value = match *ty {
            Type::INT8 => Value::Int(i64::from_sql(ty, raw)?),
            Type::INT4 => Value::Int(i32::from_sql(ty, raw)?.into()),
            Type::INT2 => Value::Int(i16::from_sql(ty, raw)?.into()),
            Type::BOOL => Value::Int(bool::from_sql(ty, raw)?.into()),
            Type::NUMERIC => Value::Int(whole_number(raw)?),
            Type::TEXT | Type::VARCHAR | Type::NAME | Type::UNKNOWN => {
                Value::Text(String::from_sql(ty, raw)?)
            }
            Type::BYTEA => Value::Bytes(raw.to_vec()),
            _ => return Err(format!("columns of the type {ty} are never stored").into()),
        };
        Ok(Self(value))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

/// Reads a `NUMERIC` in its binary form: a count of digits to the base 10,000, the weight of the
/// first, a sign, a display scale and the digits, all of 16 bits (PostgreSQL, `numeric_send`).
fn whole_number(raw: &[u8]) -> Result<i64, Box<dyn Error + Sync + Send>> {
    let refused = || "a number that is not whole, or too large, is never stored";
    let words: Vec<i16> = raw
        .chunks_exact(2)
        .map(|pair| i16::from_be_bytes([pair[0], pair[1]]))
        .collect();
    let [count, weight, sign, _scale, digits @ ..] = words.as_slice() else {
        return Err(refused().into());
    };
    if digits.len() != usize::try_from(*count)? || !matches!(*sign, 0 | 0x4000) {
        return Err(refused().into());
    }
    let mut number: i128 = 0;
    for place in 0..=i32::from(*weight) {
        let digit = usize::try_from(place)
            .ok()
            .and_then(|place| digits.get(place));
        number = number
            .checked_mul(10_000)
            .and_then(|number| number.checked_add(digit.copied().unwrap_or(0).into()))
            .ok_or_else(refused)?;
    }
    let whole = usize::try_from(i32::from(*weight) + 1).unwrap_or(0);
    if digits.iter().skip(whole).any(|digit| *digit != 0) {
        return Err(refused().into());
    }
    let signed = if *sign == 0 { number } else { -number };
    Ok(i64::try_from(signed)?)
}

#[cfg(test)]
mod tests {
    use super::whole_number;

    fn raw(words: &[i16]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    #[test]
    fn a_sum_is_read_whole_or_not_at_all() {
        let read = |words: &[i16]| whole_number(&raw(words)).ok();
        assert_eq!(read(&[0, 0, 0, 0]), Some(0));
        assert_eq!(read(&[1, 0, 0, 0, 42]), Some(42));
        assert_eq!(read(&[1, 1, 0, 0, 3]), Some(30_000));
        assert_eq!(read(&[2, 1, 0x4000, 0, 1, 2345]), Some(-12_345));
        let lowest = [5, 4, 0x4000, 0, 922, 3372, 368, 5477, 5808];
        assert_eq!(read(&lowest), Some(i64::MIN));
        assert_eq!(
            read(&[5, 4, 0, 0, 922, 3372, 368, 5477, 5808]),
            None,
            "one too large"
        );
        assert_eq!(read(&[1, -1, 0, 1, 5000]), None, "a half");
        assert_eq!(read(&[0, 0, -16_384, 0]), None, "not a number");
        assert_eq!(read(&[1, 0, 0, 0]), None, "cut off");
    }
}
