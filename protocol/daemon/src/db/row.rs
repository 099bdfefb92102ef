//! One row of an answer, owned, so that a transaction can go on while it is read.
//!
//! It knows no column names: a slice's `store.rs` reads by place, beside the statement's text.

use std::sync::Arc;

use super::error::DbError;
use super::value::{FromValue, Value, ValueMismatch};

/// One row of an answer.
#[derive(Debug, Clone)]
pub struct Row {
    pub(super) sql: Arc<str>,
    pub(super) values: Vec<Value>,
}

impl Row {
    /// Reads the column at `index`, counted from 0.
    ///
    /// # Errors
    ///
    /// [`DbError::Column`] when the column holds something else, or there is no such column.
    pub fn read<T: FromValue>(&self, index: usize) -> Result<T, DbError> {
        let read = self.values.get(index).map_or_else(
            || {
                Err(ValueMismatch {
                    found: format!("{} columns", self.values.len()),
                    expected: "one more column".to_owned(),
                })
            },
            T::from_value,
        );
        read.map_err(|mismatch| DbError::Column {
            column: index,
            sql: self.sql.clone(),
            mismatch,
        })
    }

    /// Returns every column, for whoever compares tables without knowing them.
    pub(crate) fn values(&self) -> &[Value] {
        &self.values
    }

    /// Returns how many columns the row has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.values.len()
    }
}
