//! The catalogue and the bad rows of a file as files to save.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use counterpart_daemon::db::{DbError, Tx};
use counterpart_daemon::http::{Path, Problem};
use counterpart_protocol::money::Currency;

use crate::catalog::rules::Column;
use crate::catalog::service::{self, id_of};
use crate::catalog::store::{self, ProductFilter};
use crate::context::Context;
use crate::users::{CatalogRead, Permitted};

/// Rows read at a time for a download.
const DOWNLOAD_CHUNK: u32 = 5_000;

/// Answers with the catalogue as a file that can be changed and uploaded again.
pub(super) async fn download(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
) -> Result<Response, Problem> {
    let text = context.db().read(|tx: &mut Tx| {
        let mut file = CsvText::new(&Column::ALL.map(Column::word));
        let Some(current) = store::current(tx)? else {
            return Ok(file.finish());
        };
        let mut filter = ProductFilter::default();
        loop {
            let rows = store::products(tx, current.version, &filter, DOWNLOAD_CHUNK)?;
            let Some(last) = rows.last() else {
                return Ok(file.finish());
            };
            filter.after = Some(last.sku.clone());
            for row in &rows {
                let price = row
                    .price_minor
                    .map(|minor| decimal(minor, current.currency));
                let price = price.unwrap_or_default();
                let cells = [
                    &row.sku,
                    &row.gtins,
                    &row.name,
                    &row.department,
                    &row.unit,
                    &price,
                    &row.tax_class,
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

/// Answers with the bad rows of a file.
pub(super) async fn download_problems(
    State(context): State<Context>,
    _: Permitted<CatalogRead>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (_, problems) = service::import(&context, id_of(&id)?).await?;
    let mut file = CsvText::new(&["row", "column", "problem"]);
    for problem in problems {
        file.row(&[&problem.row.to_string(), &problem.column, &problem.sentence]);
    }
    Ok(attachment("problems.csv", file.finish()))
}

fn attachment(name: &str, text: Vec<u8>) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{name}\""),
        ),
    ];
    (headers, text).into_response()
}

/// A file being written.
struct CsvText(csv::Writer<Vec<u8>>);

impl CsvText {
    fn new(head: &[&str]) -> Self {
        let mut text = Self(csv::Writer::from_writer(Vec::new()));
        text.row(head);
        text
    }

    fn row(&mut self, cells: &[&str]) {
        self.0
            .write_record(cells)
            .expect("memory takes every row of one length");
    }

    fn finish(self) -> Vec<u8> {
        self.0.into_inner().expect("memory takes every row")
    }
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
