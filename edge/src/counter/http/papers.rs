//! Sending papers to another printer over HTTP.

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use counterpart_daemon::http::{Form, IdempotencyKey, Json, Path, Problem, ToProblem};
use counterpart_daemon::web::live::leave_for;
use counterpart_protocol::ids::{PrintJobId, RegisterId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PAGE;
use crate::command::{Command, form_key};
use crate::context::Context;
use crate::counter::service::papers::{PaperError, PaperView, reroute as send};
use crate::staff::Visitor;

/// Which printer prints a paper.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PaperRequest {
    /// The register whose printer prints it.
    register: RegisterId,
}

/// Sends a receipt or another paper that waits or failed to another register's printer, or tries it
/// again at its own. It stays the original; a label goes by `/v1/labels/{job_id}/printer`.
#[utoipa::path(
    post, path = "/v1/prints/{job_id}/printer", tag = "registers",
    params(("job_id" = String, Path, description = "its print job"), IdempotencyKey),
    request_body = PaperRequest,
    responses(
        (status = 200, description = "it waits for that printer now", body = PaperView),
        (status = 404, description = "there is no such print"),
        (status = 409, description = "`no_printer`, `other_printer`: its bytes would come out \
            wrong, `print_not_waiting`: it may be on paper"),
    )
)]
pub(super) async fn reroute(
    State(ctx): State<Context>,
    visitor: Visitor,
    Path(job_id): Path<PrintJobId>,
    key: IdempotencyKey,
    Json(request): Json<PaperRequest>,
) -> Result<Json<PaperView>, Problem> {
    let what = format!("POST prints/{job_id}/printer");
    let command = Command::new(principal(&visitor), key, &what, &request);
    Ok(Json(send(&ctx, job_id, request.register, command).await?))
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct PaperForm {
    register: u16,
    #[serde(default, skip_serializing)]
    command_id: String,
}

pub(super) async fn reroute_form(
    State(ctx): State<Context>,
    visitor: Visitor,
    headers: HeaderMap,
    Path(job_id): Path<PrintJobId>,
    Form(form): Form<PaperForm>,
) -> Result<Response, Problem> {
    let key = form_key(&headers, &form.command_id)?;
    let what = format!("devices/papers/{job_id}");
    let command = Command::new(principal(&visitor), key, &what, &form);
    send(&ctx, job_id, RegisterId(form.register), command).await?;
    Ok(leave_for(&headers, PAGE))
}

fn principal(visitor: &Visitor) -> String {
    format!("staff/{}", visitor.latest().staff_id)
}

impl ToProblem for PaperError {
    fn to_problem(&self) -> Problem {
        let code = match self {
            Self::Unknown(_) => return Problem::not_found(self.to_string()),
            Self::NoPrinter(_) => "no_printer",
            Self::OtherPrinter(_) => "other_printer",
            Self::NotWaiting => "print_not_waiting",
            Self::Command(failed) => return failed.to_problem(),
            Self::Db(failed) => return failed.to_problem(),
        };
        Problem::refused(code, self.to_string())
    }
}
