//! The departments of the catalogue in use, each with the taxes its products bear.

use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::params;
use counterpart_protocol::catalog::TaxClass;
use counterpart_protocol::tax::Rate;

use super::finding::IN_USE;

/// A department at one tax: one whose products bear two is there twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Department {
    /// Its name.
    pub name: String,
    /// The tax.
    pub tax: TaxClass,
    /// How many products it has at this tax.
    pub products: i64,
}

/// Returns the departments of the catalogue in use by name, each with its most usual tax first, at
/// most 200.
///
/// # Errors
///
/// Those of the database.
pub fn departments(tx: &mut Tx) -> Result<Vec<Department>, DbError> {
    let sql = format!(
        "SELECT p.department, t.tax_class, t.name, t.rate, COUNT(*) AS products
         FROM products p
         JOIN tax_classes t ON t.generation = p.generation AND t.tax_class = p.tax_class
         WHERE p.generation = {IN_USE}
         GROUP BY p.department, t.tax_class, t.name, t.rate
         ORDER BY p.department, products DESC, t.tax_class LIMIT 200"
    );
    let rows = tx.query_all(&sql, params![])?;
    rows.iter()
        .map(|row| {
            Ok(Department {
                name: row.read(0)?,
                tax: TaxClass {
                    id: row.read(1)?,
                    name: row.read(2)?,
                    rate: Rate(row.read(3)?),
                },
                products: row.read(4)?,
            })
        })
        .collect()
}
