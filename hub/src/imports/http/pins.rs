//! Files that people save: the bad rows of one, and the PINs that were made, once.

use axum::extract::State;
use axum::response::Response;
use counterpart_daemon::http::{IdempotencyKey, Path, Problem};

use super::permit;
use crate::context::Context;
use crate::imports::rules::Subject;
use crate::imports::service::{self, ImportFailed, id_of};
use crate::imports::store;
use crate::users::{Caller, CatalogRead, Permitted};
use crate::web::{CsvText, attachment};

/// Hands out the PINs that were made for a staff file, once. The answer is not remembered under
/// the key, because PINs are not kept.
#[utoipa::path(
    post, path = "/v1/imports/{import}/pins", tag = "imports",
    params(
        ("import" = String, Path, description = "the file's id", format = "ulid"),
        IdempotencyKey,
    ),
    responses(
        (status = 200, description = "`store_id,name,pin`", body = String,
            content_type = "text/csv"),
        (status = 409, description = "`no_pins`"),
    )
)]
pub(super) async fn pins(
    State(context): State<Context>,
    operator: Permitted<CatalogRead>,
    Path(id): Path<String>,
    _: IdempotencyKey,
) -> Result<Response, Problem> {
    take_pins(&context, &operator, id_of(&id)?).await
}

/// Hands out the PINs of a file as CSV, for the API and the page.
pub(in crate::imports) async fn take_pins(
    context: &Context,
    operator: &Caller,
    id: [u8; 16],
) -> Result<Response, Problem> {
    permit(operator, Subject::Staff)?;
    let taken = context.db().write(move |tx| {
        let pins = store::take_pins(tx, id)?;
        match pins.is_empty() {
            true => Err(ImportFailed::NoPins),
            false => Ok(pins),
        }
    });
    let mut file = CsvText::new(&["store_id", "name", "pin"]);
    for pin in taken.await? {
        file.row(&[&pin.store_id, &pin.name, &pin.pin]);
    }
    tracing::info!(by = operator.name, "handed out PINs that were made");
    Ok(attachment("pins.csv", file.finish()))
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
