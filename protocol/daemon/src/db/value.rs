//! The closed set of values that go into and come out of both engines.
//!
//! It holds no domain type: a slice converts its newtypes at its own border, in `store.rs`.

use std::fmt;

/// A value of a column or a parameter.
///
/// Truth is stored as 0 or 1, times as milliseconds UTC, money in minor units: all `Int`. There is
/// deliberately no floating point (architecture.md, decision 11).
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// SQL `NULL`.
    Null,
    /// `INTEGER` or `BIGINT`.
    Int(i64),
    /// `TEXT`.
    Text(String),
    /// `BLOB` or `BYTEA`.
    Bytes(Vec<u8>),
}

impl Value {
    fn kind(&self) -> &'static str {
        match self {
            Self::Null => "nothing",
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
        }
    }
}

/// Shows the kind and size of texts and bytes, not their contents: values reach logs through
/// errors, and may be names or secrets.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("Null"),
            Self::Int(number) => write!(f, "Int({number})"),
            Self::Text(text) => write!(f, "Text({} bytes)", text.len()),
            Self::Bytes(bytes) => write!(f, "Bytes({} bytes)", bytes.len()),
        }
    }
}

/// A column held something else than was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("holds {found} where {expected} was expected")]
pub struct ValueMismatch {
    /// What was found, without its contents.
    pub found: String,
    /// What the caller asked for.
    pub expected: String,
}

impl ValueMismatch {
    /// Returns a mismatch between `found` and what was `expected`.
    #[must_use]
    pub fn new(found: &Value, expected: impl Into<String>) -> Self {
        Self {
            found: found.kind().to_owned(),
            expected: expected.into(),
        }
    }
}

/// A type that a column can be read as.
pub trait FromValue: Sized {
    /// Reads the value.
    ///
    /// # Errors
    ///
    /// [`ValueMismatch`] when the value is of another kind, or out of the type's range.
    fn from_value(value: &Value) -> Result<Self, ValueMismatch>;
}

macro_rules! integers {
    ($($number:ty),*) => {$(
        impl From<$number> for Value {
            fn from(number: $number) -> Self {
                Self::Int(i64::from(number))
            }
        }

        impl FromValue for $number {
            fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
                let expected = concat!("an integer in the range of ", stringify!($number));
                match value {
                    Value::Int(number) => Self::try_from(*number).map_err(|_| ValueMismatch {
                        found: number.to_string(),
                        expected: expected.to_owned(),
                    }),
                    other => Err(ValueMismatch::new(other, expected)),
                }
            }
        }
    )*};
}

integers!(i64, i32, i16, u32, u16, u8);

impl From<bool> for Value {
    fn from(truth: bool) -> Self {
        Self::Int(i64::from(truth))
    }
}

impl FromValue for bool {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        match value {
            Value::Int(0) => Ok(false),
            Value::Int(1) => Ok(true),
            other => Err(ValueMismatch::new(other, "0 or 1")),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl FromValue for String {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        match value {
            Value::Text(text) => Ok(text.clone()),
            other => Err(ValueMismatch::new(other, "text")),
        }
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&Vec<u8>> for Value {
    fn from(bytes: &Vec<u8>) -> Self {
        Self::Bytes(bytes.clone())
    }
}

impl FromValue for Vec<u8> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        match value {
            Value::Bytes(bytes) => Ok(bytes.clone()),
            other => Err(ValueMismatch::new(other, "bytes")),
        }
    }
}

impl<const N: usize> From<[u8; N]> for Value {
    fn from(bytes: [u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> From<&[u8; N]> for Value {
    fn from(bytes: &[u8; N]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl<const N: usize> FromValue for [u8; N] {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        match value {
            Value::Bytes(bytes) => Self::try_from(bytes.as_slice()).map_err(|_| ValueMismatch {
                found: format!("{} bytes", bytes.len()),
                expected: format!("{N} bytes"),
            }),
            other => Err(ValueMismatch::new(other, format!("{N} bytes"))),
        }
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(maybe: Option<T>) -> Self {
        maybe.map_or(Self::Null, Into::into)
    }
}

impl<T: FromValue> FromValue for Option<T> {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        match value {
            Value::Null => Ok(None),
            other => T::from_value(other).map(Some),
        }
    }
}

impl FromValue for Value {
    fn from_value(value: &Value) -> Result<Self, ValueMismatch> {
        Ok(value.clone())
    }
}

/// Builds the parameters of a statement, `$1` first: `params![sale_id, total_minor]`.
#[macro_export]
macro_rules! params {
    () => { &[] as &[$crate::db::Value] };
    ($($value:expr),+ $(,)?) => { &[$($crate::db::Value::from($value)),+] };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_refused<T: FromValue + fmt::Debug>(value: Value, sentence: &str) {
        let mismatch = T::from_value(&value).expect_err("this value must not fit");
        assert_eq!(mismatch.to_string(), sentence);
    }

    #[test]
    fn a_value_that_does_not_fit_is_refused_with_what_was_found() {
        check_refused::<i64>(
            Value::Text("12".into()),
            "holds text where an integer in the range of i64 was expected",
        );
        check_refused::<u8>(
            Value::Int(256),
            "holds 256 where an integer in the range of u8 was expected",
        );
        check_refused::<u32>(
            Value::Int(-1),
            "holds -1 where an integer in the range of u32 was expected",
        );
        check_refused::<bool>(Value::Int(2), "holds an integer where 0 or 1 was expected");
        check_refused::<String>(Value::Null, "holds nothing where text was expected");
        check_refused::<[u8; 16]>(
            Value::Bytes(vec![0; 15]),
            "holds 15 bytes where 16 bytes was expected",
        );
        check_refused::<Option<i64>>(
            Value::Bytes(vec![]),
            "holds bytes where an integer in the range of i64 was expected",
        );
    }

    #[test]
    fn what_is_shown_of_a_value_never_holds_a_customers_name() {
        assert_eq!(
            format!("{:?}", Value::from("Mrs. Somebody")),
            "Text(13 bytes)"
        );
    }
}
