//! The catalogue as a file to save.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::Problem;
use counterpart_protocol::money::Currency;

use crate::catalog::store::{self, ProductFilter};
use crate::context::Context;
use crate::imports;
use crate::users::{CatalogRead, Permitted};
use crate::web::{CsvText, attachment};

/// Rows read at a time for a download.
const DOWNLOAD_CHUNK: u32 = 5_000;

/// Answers with the catalogue as a file that can be changed and uploaded again.
pub(super) async fn download(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Response, Problem> {
    let text = context.db().read(|tx: &mut Tx| {
        let nothing = String::new();
        let mut file = CsvText::new(&imports::product_columns());
        let Some(current) = store::current(tx)? else {
            return Ok(file.finish());
        };
        // What goes with others stands above them, as an import wants it.
        let mut filter = ProductFilter {
            attached: Some(false),
            ..ProductFilter::default()
        };
        loop {
            let rows = store::products(tx, current.version, &filter, DOWNLOAD_CHUNK)?;
            let Some(last) = rows.last() else {
                if filter.attached == Some(true) {
                    return Ok(file.finish());
                }
                filter = ProductFilter {
                    attached: Some(true),
                    ..ProductFilter::default()
                };
                continue;
            };
            filter.after = Some(last.sku.clone());
            for row in &rows {
                let price = row
                    .price_minor
                    .map(|minor| decimal(minor, current.currency));
                let price = price.unwrap_or_default();
                let age_min = row
                    .age_min
                    .map_or_else(String::new, |years| years.to_string());
                let cells = [
                    &row.sku,
                    &row.gtins,
                    &row.name,
                    &row.department,
                    &row.unit,
                    &price,
                    &row.tax_class,
                    &row.class,
                    row.group.as_ref().unwrap_or(&nothing),
                    row.group_name.as_ref().unwrap_or(&nothing),
                    row.options.as_ref().unwrap_or(&nothing),
                    row.picture.as_ref().unwrap_or(&nothing),
                    &age_min,
                    row.goes_with.as_ref().unwrap_or(&nothing),
                    row.traced.as_ref().unwrap_or(&nothing),
                ];
                file.row(&cells.map(String::as_str));
            }
        }
    });
    let text = text
        .await
        .map_err(|failed: DbError| Problem::from(failed))?;
    Ok(attachment("products.csv", text))
}

fn decimal(minor: i64, currency: Currency) -> String {
    let unit = 10_i64.pow(u32::from(currency.decimals()));
    match currency.decimals() {
        0 => minor.to_string(),
        decimals => format!(
            "{}.{:0width$}",
            minor / unit,
            minor % unit,
            width = usize::from(decimals)
        ),
    }
}
